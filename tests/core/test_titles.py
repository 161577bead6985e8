"""Names of conversations with an assistant: given once, whatever became of the first answer."""

from dataclasses import replace

import pytest

from tests.support.assistants import assistant, claim, conversation, end
from tests.support.world import World
from trialogue.core import conversations, messages, replies, runs, titles, wire
from trialogue.core.policy import Actor

ASKED = "What is a lease,\nand why?"
NAME = "What is a lease, and why?"


def begun(world: World) -> tuple[Actor, str, wire.Assistant]:
    """A person who has asked an assistant something in a conversation without a name."""
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, ASKED)
    world.events()
    return ada, room, helper


def name(world: World, ada: Actor, room: str) -> str | None:
    shown: wire.Conversation = world.do(conversations.get, ada, room)
    return shown.name


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is a lease?", "What is a lease?"),
        ("  two\n lines ", "two lines"),
        ("word " * 30, f"{'word ' * 11}word…"),
        ("租" * 100, "租" * titles.MOST + "…"),
        ("", ""),
    ],
)
def test_a_title_is_made_of_the_first_words(question: str, title: str) -> None:
    assert titles.first_words(question) == title


def test_a_conversation_without_a_name_is_given_one_once(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    assert work.untitled
    world.do(titles.give, room, "Leases")
    world.do(titles.give, room, "Fences")
    assert name(world, ada, room) == "Leases"
    end(world, work, "A lease is …")
    world.post(ada, room, "And a fence?")
    assert not claim(world, room, helper).untitled


@pytest.mark.parametrize("state", ["failed", "interrupted"])
def test_what_was_not_answered_is_named_by_its_question(
    world: World, state: wire.ReplyState
) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.events()
    error = wire.ReplyError("unavailable", "Nobody answers.")
    world.do(runs.finish, work, replace(work.reply, state=state, error=error), "A lea")
    assert name(world, ada, room) == NAME
    told = [(event.name, event.rev) for event in world.events()]
    assert told == [("message.updated", work.rev + 1), ("conversation.updated", work.rev + 2)]
    world.post(ada, room, "And a fence?")
    assert not claim(world, room, helper).untitled


def test_what_was_stopped_is_named_before_its_beginning_too(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.do(replies.cancel, ada, work.reply.id, text="A lea")
    assert name(world, ada, room) == NAME
    other = conversation(world, ada, helper)
    question = world.post(ada, other, "And a fence?")
    (waiting,) = world.do(replies.to, question.id)
    world.do(replies.cancel, ada, waiting)
    assert name(world, ada, other) == "And a fence?"


def test_what_a_dead_server_left_is_named(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.do(runs.interrupt, work.reply.id, sole=True)
    assert name(world, ada, room) == NAME


def test_what_was_answered_waits_for_its_title(world: World) -> None:
    ada, room, helper = begun(world)
    end(world, claim(world, room, helper), "A lease is …")
    assert name(world, ada, room) is None


def test_a_question_that_was_recalled_names_nothing(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.do(messages.retract, ada, work.reply.trigger_id)
    world.do(replies.cancel, ada, work.reply.id)
    assert name(world, ada, room) is None
