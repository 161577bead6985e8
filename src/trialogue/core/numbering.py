"""Numbers for messages: locked conversations with their counters, and how a batch is stored.

Used by `posting`, which decides what may be posted; here nothing is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from trialogue.core import files, findable, kept, mentions, views, wire
from trialogue.core.limits import limits, now, seconds
from trialogue.core.mentions import Named
from trialogue.core.models import ChatSession, Conversation, Member, Mention, Message, Read
from trialogue.core.sql import insert_all, insert_missing, new_id, update_many


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says: whom it names, what it answers, what it records if the server wrote
    it, and which reply it is the beginning of."""

    content: str
    client_id: str
    type: wire.MessageType
    named: Named
    parent_id: str | None
    notice: wire.Notice | None
    attachments: Sequence[wire.Attachment] = ()
    reply: wire.Reply | None = None


@dataclass(slots=True)
class Sender:
    """A member who posts, with the mark they had before."""

    shown: wire.Sender
    role: str
    read_seq: int
    posted_seq: int = 0
    passed_seq: int = 0


@dataclass(slots=True)
class Room:
    """A locked conversation with its counters as they move during the batch."""

    id: str
    workspace_id: str
    kind: str
    name: str | None
    public: bool
    last_seq: int
    last_rev: int
    session_id: str | None
    session_started_at: datetime | None
    session_first_seq: int | None
    last_message_at: datetime | None
    archived_at: datetime | None
    assistant_count: int = 0
    senders: dict[str, Sender] = field(default_factory=dict)
    opened: list[dict[str, object]] = field(default_factory=list)
    ended: list[dict[str, object]] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether anything was posted here."""
        return any(sender.posted_seq for sender in self.senders.values())


def number(db: Session, room: Room, sender: Sender, text: Text) -> wire.LiveMessage:
    """The next message of a room; moves its counters and the sender's mark."""
    moment = max(now(db), room.last_message_at or now(db))
    session_id = _session(db, room, moment)
    if max(sender.read_seq, sender.posted_seq) < room.last_seq:
        sender.passed_seq = room.last_seq
    room.last_seq += 1
    room.last_rev += 1
    room.last_message_at = moment
    sender.posted_seq = room.last_seq
    return wire.LiveMessage(
        id=new_id(),
        conversation_id=room.id,
        seq=room.last_seq,
        rev=room.last_rev,
        session_id=session_id,
        sender=sender.shown,
        role=views.role_of(text.type, sender.shown.kind),
        type=text.type,
        state=text.reply.state if text.reply else "sent",
        content=text.content,
        mentions=text.named.user_ids,
        mentions_all=text.named.everyone,
        notice=text.notice,
        parent_id=text.parent_id,
        client_id=text.client_id,
        attachments=text.attachments,
        reactions=(),
        reply=text.reply,
        created_at=moment,
        edited_at=None,
        retracted_at=None,
        superseded_by=None,
    )


def _session(db: Session, room: Room, moment: datetime) -> str:
    """The session in which a message of this moment falls; opened when the last one ran out, or
    is full."""
    times = [time for time in (room.last_message_at, room.session_started_at) if time is not None]
    active = max(times, default=moment)
    if room.session_id is not None:
        state = _end(db, room, moment - active)
        if state is None:
            return room.session_id
        ended = {"id": room.session_id, "state": state, "last_seq": room.last_seq}
        room.ended.append({**ended, "last_activity_at": active, "ended_at": moment})
    room.session_id = new_id()
    room.session_started_at = moment
    room.session_first_seq = room.last_seq + 1
    session = {"id": room.session_id, "conversation_id": room.id, "state": "active"}
    room.opened.append({**session, "started_at": moment, "first_seq": room.session_first_seq})
    return room.session_id


def _end(db: Session, room: Room, silent: timedelta) -> str | None:
    """How the session under way ends before the next message; None if it does not."""
    if silent > seconds(limits(db).session_timeout):
        return "expired"
    count = room.last_seq + 1 - (room.session_first_seq or 1)
    return "closed" if count >= limits(db).session_messages else None


def store(db: Session, rooms: Sequence[Room], fresh: Sequence[wire.LiveMessage]) -> None:
    """Write everything: as many statements for one message as for five hundred."""
    moved = [room for room in rooms if room.moved]
    insert_all(db, ChatSession, [row for room in moved for row in room.opened])
    ended = [row for room in moved for row in room.ended]
    update_many(db, ChatSession, ["id"], ended, unset="ended_at")
    insert_all(db, Message, [_row(live) for live in fresh])
    insert_all(db, Mention, _mentions(fresh))
    findable.add(db, fresh)
    files.give(db, fresh)
    update_many(db, Conversation, ["id"], [_counters(room, now(db)) for room in moved])
    marks = [
        {"conversation_id": room.id, "user_id": user_id, "read_seq": sender.posted_seq}
        for room in moved
        for user_id, sender in room.senders.items()
        if sender.posted_seq
    ]
    update_many(db, Member, ["conversation_id", "user_id"], marks, upwards="read_seq")
    passed = [
        {"conversation_id": room.id, "user_id": user_id, "up_to_seq": sender.passed_seq}
        for room in moved
        for user_id, sender in room.senders.items()
        if sender.passed_seq
    ]
    insert_missing(db, Read, [{**row, "read_at": now(db)} for row in passed])


def _mentions(fresh: Sequence[wire.LiveMessage]) -> list[dict[str, object]]:
    return [
        row
        for live in fresh
        for row in mentions.rows(
            live.id, live.conversation_id, live.seq, Named(tuple(live.mentions), live.mentions_all)
        )
    ]


def _row(live: wire.LiveMessage) -> dict[str, object]:
    return {
        "id": live.id,
        "conversation_id": live.conversation_id,
        "seq": live.seq,
        "rev": live.rev,
        "session_id": live.session_id,
        "sender_id": live.sender.id,
        "parent_id": live.parent_id,
        "client_id": live.client_id,
        "type": live.type,
        "state": live.state,
        "content": live.content,
        "attempt": 1,
        "created_at": live.created_at,
        "meta": kept.meta_of(live),
    }


def _counters(room: Room, moment: datetime) -> dict[str, object]:
    return {
        "id": room.id,
        "last_seq": room.last_seq,
        "last_rev": room.last_rev,
        "session_id": room.session_id,
        "session_started_at": room.session_started_at,
        "session_first_seq": room.session_first_seq,
        "last_message_at": room.last_message_at,
        "changed_at": moment,
    }
