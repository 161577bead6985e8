"""`sync.resume`: what a client missed in all of its conversations, in one answer.

Bounded: what goes beyond the answer's measure is left to the next one (`more`).
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Protocol

from trialogue.core import changes, wire
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.live.floor import Floor
from trialogue.live.presence import Presence

CURSORS_MOST = 200
CHARACTERS_MOST = 4 * 1024 * 1024  # of message text, in one answer
FULL_MOST = 10  # conversations looked at by one read when the answer is full: few of them get in


class Asker(Protocol):
    """The connection of who asks."""

    actor: Actor

    @property
    def ended(self) -> bool:
        """Whether nobody waits for the answer any more."""


async def resume(floor: Floor, asker: Asker, cursors: Mapping[str, int]) -> dict[str, object]:
    """For each conversation the changes after the `rev` that the client has, or the error
    that says to forget it. Each read is a turn of its own, the first one before those who
    come in: a long answer lets others pass."""
    answers: dict[str, object] = {}
    characters = 0
    rest = dict(cursors)
    while rest:
        full = characters >= CHARACTERS_MOST
        some = dict(islice(rest.items(), FULL_MOST)) if full else rest
        limit = 1 if full else changes.MOST
        async with floor.turnstile.turn(first=not answers):
            if asker.ended:
                return {}
            found = await floor.door.read(changes.resume, asker.actor, some, limit=limit)
        for conversation_id, missed in found.items():
            del rest[conversation_id]
            answers[conversation_id] = _shown(floor.presence, missed)
            if isinstance(missed, wire.Changes):
                floor.receipts.caught_up(asker.actor.user_id, missed)
                characters += sum(len(message.content) for message in missed.messages)
    return answers


def _shown(presence: Presence, missed: wire.Changes | ChatError) -> object:
    if isinstance(missed, ChatError):
        return {"error": {"code": missed.code, "detail": missed.detail}}
    members = [
        replace(member, user=replace(member.user, online=presence.is_online(member.user.id)))
        for member in missed.members
    ]
    return replace(missed, members=members)
