"""Which messages address which assistants.

Used by `promises`, in the transaction that stores the messages and before they are stored.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import wire
from trialogue.core.keyed import Keyed
from trialogue.core.models import Assistant, ChatUser, Member, Message
from trialogue.core.numbering import Room, Sender


@dataclass(frozen=True, slots=True)
class Seat:
    """An assistant in a conversation: how it is seen there, and what its replies are made with."""

    assistant_id: str
    trigger: str
    instructions: str
    providers: Sequence[str]
    context: Mapping[str, object]
    settings: Mapping[str, object]
    sender: Sender

    @property
    def user_id(self) -> str:
        """Who it is among the members."""
        return self.sender.shown.id


def addressed(
    db: Session,
    rooms: Mapping[str, Room],
    fresh: Sequence[wire.LiveMessage],
    named: Mapping[str, str],
) -> list[tuple[wire.LiveMessage, Seat]]:
    """The fresh messages that are to have replies, each with who is to write one. `named` are the
    assistants that the calls named, by message: it counts as a mention."""
    asked = [live for live in fresh if _asks(live) and rooms[live.conversation_id].assistant_count]
    seats = _seats(db, {live.conversation_id for live in asked})
    return [
        (live, seat)
        for live in asked
        for seat in _meant(db, live, rooms, seats.get(live.conversation_id, ()), named, asked)
    ]


def _asks(live: wire.LiveMessage) -> bool:
    """People and customers ask; assistants and the server itself never do."""
    return live.role == "user" and live.reply is None


SEATS = Keyed(
    (Member.conversation_id,),
    lambda known: (
        select(
            Member.conversation_id,
            Assistant.id,
            Assistant.trigger,
            Assistant.instructions,
            Assistant.providers,
            Assistant.context,
            Assistant.settings,
            Member.role,
            Member.read_seq,
            ChatUser.id,
            ChatUser.username,
            ChatUser.display_name,
            ChatUser.avatar,
            ChatUser.kind,
        )
        .join(Assistant, Assistant.user_id == Member.user_id)
        .join(ChatUser, ChatUser.id == Member.user_id)
        .where(known, Member.left_at.is_(None), Assistant.removed_at.is_(None))
        .order_by(Assistant.id)
    ),
)


def _seats(db: Session, conversation_ids: Collection[str]) -> dict[str, list[Seat]]:
    seats: dict[str, list[Seat]] = {}
    for row in SEATS.rows(db, [(each,) for each in conversation_ids]):
        user_id, username, name, avatar, kind = row[9:]
        shown = wire.Sender(user_id, username, name, avatar, cast(wire.UserKind, kind))
        seat = Seat(*row[1:7], Sender(shown, row[7], row[8]))
        seats.setdefault(row[0], []).append(seat)
    return seats


def _meant(
    db: Session,
    live: wire.LiveMessage,
    rooms: Mapping[str, Room],
    seats: Sequence[Seat],
    named: Mapping[str, str],
    asked: Sequence[wire.LiveMessage],
) -> list[Seat]:
    """Whom a message is for. Who names one of several means that one."""
    called = [
        seat
        for seat in seats
        if seat.user_id in live.mentions or seat.assistant_id == named.get(live.id)
    ]
    room = rooms[live.conversation_id]
    return called or [seat for seat in seats if _addresses(db, live, seat, room, asked)]


def _addresses(
    db: Session,
    live: wire.LiveMessage,
    seat: Seat,
    room: Room,
    asked: Sequence[wire.LiveMessage],
) -> bool:
    """Whether a message that names no assistant is for this one. Who is alone with it need not
    name it; bots must, so that two programs cannot talk for ever."""
    if live.sender.kind == "bot":
        return False
    if seat.trigger == "mention":
        return room.kind == "assistant"
    return seat.trigger == "always" or not _another_human_spoke(db, live, asked)


def _another_human_spoke(
    db: Session, live: wire.LiveMessage, asked: Sequence[wire.LiveMessage]
) -> bool:
    """Whether another person has, before or in the same batch."""
    together = (
        each.conversation_id == live.conversation_id
        and each.sender.id != live.sender.id
        and each.sender.kind == "human"
        for each in asked
    )
    if any(together):
        return True
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
