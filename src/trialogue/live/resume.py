"""`sync.resume`: what a client missed in all of its conversations, in one answer.

Bounded: what goes beyond the answer's measure is left to the next one (`more`).
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from trialogue.core import changes, wire
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.live.presence import Presence
from trialogue.live.receipts import Receipts
from trialogue.store.database import Database

CURSORS_MOST = 200
AT_ONCE = 10  # conversations in one read: what stands in memory at a time
CHARACTERS_MOST = 4 * 1024 * 1024  # of message text, in one answer


async def resume(
    door: Database,
    presence: Presence,
    receipts: Receipts,
    actor: Actor,
    cursors: Mapping[str, int],
) -> dict[str, object]:
    """For each conversation the changes after the `rev` that the client has, or the error
    that says to forget it."""
    answers: dict[str, object] = {}
    characters = 0
    rest = iter(cursors.items())
    while some := dict(islice(rest, AT_ONCE)):
        limit = changes.MOST if characters < CHARACTERS_MOST else 1
        found = await door.read(changes.resume, actor, some, limit=limit)
        for conversation_id, missed in found.items():
            answers[conversation_id] = _shown(presence, missed)
            if isinstance(missed, wire.Changes):
                receipts.caught_up(actor.user_id, missed)
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
