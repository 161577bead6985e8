"""The replies that a batch of posts promises, and those of them that are begun with their question.

Used by `posting`, in the same transaction: a message that is stored has its reply promised. Where
the node that posts also runs replies it begins at once, which saves a claim and a commit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import events, numbering, triggers, wire
from trialogue.core.events import Event, ReplyQueued
from trialogue.core.keyed import Keyed
from trialogue.core.limits import now
from trialogue.core.mentions import NOBODY
from trialogue.core.models import Reply
from trialogue.core.numbering import Room, Text
from trialogue.core.sql import insert_all, new_id
from trialogue.core.triggers import Seat


@dataclass(frozen=True, slots=True)
class Lease:
    """Which node writes a reply, and until when it is believed to live without a sign of it."""

    node: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """A reply that has been begun: all that is needed to write it. `prefill` is what stands of it
    already; `untitled`: its conversation is to be named after it."""

    reply: wire.Reply
    epoch: int
    workspace_id: str
    conversation_id: str
    kind: str
    untitled: bool
    assistant_user_id: str
    asker_id: str
    message_id: str
    seq: int
    rev: int
    prefill: str
    instructions: str
    providers: Sequence[str]
    context: Mapping[str, object]
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Promise:
    id: str
    room: Room
    question: wire.LiveMessage
    seat: Seat

    @property
    def lane(self) -> tuple[str, str]:
        """Where one reply is written at a time."""
        return self.room.id, self.seat.assistant_id


def promise(
    db: Session,
    rooms: Mapping[str, Room],
    fresh: list[wire.LiveMessage],
    named: Mapping[str, str],
    lease: Lease | None,
) -> dict[str, tuple[Work, ...]]:
    """Promise a reply by each assistant that a fresh message, or the call that sent it (`named`),
    addresses. With a `lease` those whose assistant is free are begun, and their messages join the
    fresh ones; they are returned, by the message that they answer."""
    promises = [
        _Promise(new_id(), rooms[live.conversation_id], live, seat)
        for live, seat in triggers.addressed(db, rooms, fresh, named)
    ]
    started = _free(db, promises) if lease is not None else []
    begun = {each.id: _begin(db, each, fresh) for each in started}
    insert_all(db, Reply, [_row(db, each, begun.get(each.id), lease) for each in promises])
    for each in promises:
        asked = (each.seat.assistant_id, each.question.sender.id)
        data = ReplyQueued(each.id, *asked, begun=each.id in begun)
        events.record(db, Event("reply.queued", data, each.room.id))
    return _by_question(begun.values())


BUSY = Keyed(
    (Reply.conversation_id, Reply.assistant_id, Reply.state),
    lambda known: select(Reply.conversation_id, Reply.assistant_id).where(known),
)


def _free(db: Session, promises: Sequence[_Promise]) -> list[_Promise]:
    """The first promise of each assistant in a conversation where it has no other to keep."""
    first: dict[tuple[str, str], _Promise] = {}
    for each in promises:
        first.setdefault(each.lane, each)
    keys = [(*lane, state) for lane in first for state in ("queued", "streaming")]
    busy = {(row[0], row[1]) for row in BUSY.rows(db, keys)}
    return [each for lane, each in first.items() if lane not in busy]


def _begin(db: Session, promised: _Promise, fresh: list[wire.LiveMessage]) -> Work:
    """Number the message of a reply, still empty."""
    room, seat, question = promised.room, promised.seat, promised.question
    reply = begun(promised.id, seat.assistant_id, question.id)
    sender = room.senders.setdefault(seat.user_id, seat.sender)
    text = Text("", f"reply:{promised.id}", "text", NOBODY, question.id, None, (), reply)
    live = numbering.number(db, room, sender, text)
    fresh.append(live)
    return Work(
        reply=reply,
        epoch=1,
        workspace_id=room.workspace_id,
        conversation_id=room.id,
        kind=room.kind,
        untitled=room.kind == "assistant" and not room.name,
        assistant_user_id=seat.user_id,
        asker_id=question.sender.id,
        message_id=live.id,
        seq=live.seq,
        rev=live.rev,
        prefill="",
        instructions=seat.instructions,
        providers=tuple(seat.providers),
        context=seat.context,
        settings=seat.settings,
    )


def begun(
    reply_id: str, assistant_id: str, trigger_id: str, *, version: int = 1, attempt: int = 1
) -> wire.Reply:
    """The reply of a message that is still empty."""
    return wire.Reply(
        id=reply_id,
        state="streaming",
        assistant_id=assistant_id,
        trigger_id=trigger_id,
        version=version,
        attempt=attempt,
        provider=None,
        model=None,
        attempts=(),
        usage=None,
        error=None,
    )


def _row(
    db: Session, promised: _Promise, work: Work | None, lease: Lease | None
) -> dict[str, object]:
    place = {
        "id": promised.id,
        "workspace_id": promised.room.workspace_id,
        "conversation_id": promised.room.id,
        "assistant_id": promised.seat.assistant_id,
        "trigger_id": promised.question.id,
        "version": 1,
        "asker_id": promised.question.sender.id,
        "created_at": now(db),
    }
    if work is None or lease is None:
        waits = {"message_id": None, "node": None, "lease_until": None, "claimed_at": None}
        return {**place, "state": "queued", "epoch": 0, "attempt": 0, **waits}
    held = {"node": lease.node, "lease_until": lease.until, "claimed_at": now(db)}
    written = {"state": "streaming", "epoch": work.epoch, "attempt": work.reply.attempt}
    return {**place, **written, "message_id": work.message_id, **held}


def _by_question(works: Iterable[Work]) -> dict[str, tuple[Work, ...]]:
    found: dict[str, tuple[Work, ...]] = {}
    for work in works:
        found[work.reply.trigger_id] = (*found.get(work.reply.trigger_id, ()), work)
    return found
