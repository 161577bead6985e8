"""Assistants in the tests of the core: made, asked, and answering without any model."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.support.world import World
from trialogue.core import assistants, conversations, runs, wire
from trialogue.core.events import ReplyQueued
from trialogue.core.policy import Actor
from trialogue.core.promises import Lease, Work

NODE = "node-of-the-test"


def assistant(world: World, owner: Actor, name: str = "Helper", **facts: Any) -> wire.Assistant:
    """A new assistant; `owner` must be the workspace's."""
    made: wire.Assistant = world.do(assistants.create, owner, name=name, **facts)
    return made


def conversation(world: World, actor: Actor, helper: wire.Assistant) -> str:
    """A new conversation of one person with an assistant; its id."""
    found, _ = world.do(conversations.create_assistant, actor, assistant_id=helper.id)
    return str(found.id)


def queued(world: World) -> list[ReplyQueued]:
    """The promises that were heard of since the last call."""
    return [event.data for event in world.events() if isinstance(event.data, ReplyQueued)]


def claim(world: World, conversation_id: str, helper: wire.Assistant, node: str = NODE) -> Any:
    """Take the next promise, as a runner does; None where there is none."""
    until = (world.at or world.database.now()) + timedelta(seconds=15)
    return world.do(runs.claim, conversation_id, helper.id, Lease(node, until))


def end(
    world: World,
    work: Work,
    text: str,
    state: wire.ReplyState = "done",
    finish: wire.Finish | None = None,
) -> Any:
    """End a reply with its text."""
    final = replace(work.reply, state=state, provider="demo", finish=finish)
    return world.do(runs.finish, work, final, text).message


def answer(world: World, conversation_id: str, helper: wire.Assistant, text: str) -> Any:
    """Claim the next promise and answer it."""
    return end(world, claim(world, conversation_id, helper), text)


def texts(messages: Iterable[wire.LiveMessage]) -> list[str]:
    """What messages say."""
    return [message.content for message in messages]
