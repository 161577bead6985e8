"""Which messages address which assistants: the promises that a batch of posts makes.

Used by `posting`, in the same transaction: a message that is stored has its reply promised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from trialogue.core import events, wire
from trialogue.core.events import Event, ReplyQueued
from trialogue.core.limits import now
from trialogue.core.models import Assistant, ChatUser, Member, Message, Reply
from trialogue.core.numbering import Room
from trialogue.core.sql import new_id


@dataclass(frozen=True, slots=True)
class Seat:
    """An assistant in a conversation."""

    assistant_id: str
    user_id: str
    trigger: str


def promise(db: Session, rooms: Mapping[str, Room], fresh: Sequence[wire.LiveMessage]) -> None:
    """Promise a reply by each assistant that a fresh message addresses."""
    asked = [live for live in fresh if _asks(live) and rooms[live.conversation_id].assistant_count]
    if not asked:
        return
    seats = _seats(db, {live.conversation_id for live in asked})
    rows = [
        {
            "id": new_id(),
            "workspace_id": rooms[live.conversation_id].workspace_id,
            "conversation_id": live.conversation_id,
            "assistant_id": seat.assistant_id,
            "trigger_id": live.id,
            "version": 1,
            "asker_id": live.sender.id,
            "state": "queued",
            "epoch": 0,
            "attempt": 0,
            "created_at": now(db),
        }
        for live in asked
        for seat in seats.get(live.conversation_id, ())
        if _addresses(db, live, seat, seats[live.conversation_id])
    ]
    if not rows:
        return
    db.execute(insert(Reply), rows)
    for row in rows:
        data = ReplyQueued(str(row["id"]), str(row["assistant_id"]), str(row["asker_id"]))
        events.record(db, Event("reply.queued", data, str(row["conversation_id"])))


def _asks(live: wire.LiveMessage) -> bool:
    """People and customers ask; assistants and the server itself never do."""
    return live.role == "user" and live.reply is None


def _seats(db: Session, conversation_ids: set[str]) -> dict[str, list[Seat]]:
    query = (
        select(Member.conversation_id, Assistant.id, Assistant.user_id, Assistant.trigger)
        .join(Assistant, Assistant.user_id == Member.user_id)
        .where(
            Member.conversation_id.in_(conversation_ids),
            Member.left_at.is_(None),
            Assistant.removed_at.is_(None),
        )
        .order_by(Assistant.id)
    )
    seats: dict[str, list[Seat]] = {}
    for conversation_id, *facts in db.execute(query):
        seats.setdefault(conversation_id, []).append(Seat(*facts))
    return seats


def _addresses(db: Session, live: wire.LiveMessage, seat: Seat, all_seats: Sequence[Seat]) -> bool:
    """Whether a message is for this assistant. Who names one of several means that one; bots
    are answered only where they name the assistant, so that two programs cannot talk for ever."""
    if seat.user_id in live.mentions:
        return True
    named = {each.user_id for each in all_seats} & set(live.mentions)
    if named or seat.trigger == "mention" or live.sender.kind == "bot":
        return False
    return seat.trigger == "always" or not _another_human_spoke(db, live)


def _another_human_spoke(db: Session, live: wire.LiveMessage) -> bool:
    query = (
        select(Message.id)
        .join(ChatUser, ChatUser.id == Message.sender_id)
        .where(
            Message.conversation_id == live.conversation_id,
            Message.type != "system",
            Message.sender_id != live.sender.id,
            ChatUser.kind == "human",
        )
        .limit(1)
    )
    return db.scalar(query) is not None
