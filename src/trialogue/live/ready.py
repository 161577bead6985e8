"""The first frame of a socket: who came, and where all of their conversations stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from trialogue.core import conversations, members, users, wire, workspaces
from trialogue.core.errors import ChatError
from trialogue.core.members import Standing
from trialogue.core.policy import Actor
from trialogue.live.channel import Channel
from trialogue.live.frames import encode_event

SHOWN_MOST = 200  # conversations


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who comes in. `scope` is the one conversation to be heard, None for all; `likely` are
    the conversations they are in, or were a moment ago."""

    actor: Actor
    user: wire.Me
    generation: int
    scope: str | None
    likely: Sequence[str]


def arrive(db: Any, actor: Actor, target: str | None) -> Arrival:
    """Who comes, to all conversations or to the `target`: the id of one, or of one of its
    sessions. ChatError `not_member` or `not_found`."""
    scope = None if target is None else _locate(db, actor, target)
    return Arrival(
        actor=actor,
        user=users.me(db, actor),
        generation=workspaces.generation(db, actor.workspace_id),
        scope=scope,
        likely=members.conversation_ids(db, actor.user_id) if scope is None else [scope],
    )


def _locate(db: Any, actor: Actor, target: str) -> str:
    try:
        return conversations.locate(db, actor, str(UUID(target)))
    except ValueError:
        raise ChatError("not_found", "There is no such conversation.") from None


def ready_frame(
    arrival: Arrival,
    standings: Sequence[Standing],
    *,
    connection_id: str,
    heartbeat: int,
    online: Sequence[str],
    limits: Mapping[str, int],
) -> bytes:
    """The frame `ready`: the conversations with the latest activity, whether there are more, and
    what the server takes (`schema.ReadyLimits`)."""
    living = [standing for standing in standings if standing.archived_at is None]
    latest = sorted(living, key=_activity, reverse=True)
    data = {
        "user": replace(arrival.user, online=True),
        "connection_id": connection_id,
        "heartbeat": heartbeat,
        "generation": arrival.generation,
        "conversations": [_shown(standing) for standing in latest[:SHOWN_MOST]],
        "more": len(latest) > SHOWN_MOST,
        "online": online,
        "limits": limits,
    }
    return encode_event("ready", data)


def untold(
    held: Sequence[tuple[str | None, int | None, bytes]],
    standings: Sequence[Standing],
    channels: Sequence[Channel],
) -> list[bytes]:
    """Of the frames held meanwhile (conversation, rev, bytes) those that say more than `ready`."""
    old = {standing.conversation_id: standing.last_rev for standing in standings}
    # Of others only what was entered after the snapshot, and not left again.
    old |= {channel.id: 0 for channel in channels if channel.id not in old}
    return [
        frame
        for conversation_id, rev, frame in held
        if rev is None or rev > old.get(conversation_id or "", rev)
    ]


def _activity(standing: Standing) -> tuple[datetime, str]:
    return (standing.last_message_at or standing.created_at, standing.conversation_id)


def _shown(standing: Standing) -> dict[str, object]:
    return {
        "id": standing.conversation_id,
        "kind": standing.kind,
        "name": standing.name,
        "last_seq": standing.last_seq,
        "last_rev": standing.last_rev,
        "read_seq": standing.read_seq,
        "unread": standing.last_seq - standing.read_seq,
    }
