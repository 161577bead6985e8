"""Numbers for messages: locked conversations with their counters, and how a batch is stored.

Used by `posting`, which decides what may be posted; here nothing is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Executable, Table, bindparam, insert, update
from sqlalchemy.orm import Session

from trialogue.core import mentions, views, wire
from trialogue.core.limits import limits, now, seconds
from trialogue.core.mentions import Named
from trialogue.core.models import ChatSession, Conversation, Member, Mention, Message, Read
from trialogue.core.sql import insert_new, new_id


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says: whom it names, what it answers, and what it records if the server
    wrote it."""

    content: str
    client_id: str
    named: Named
    parent_id: str | None
    notice: wire.Notice | None


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
    public: bool
    last_seq: int
    last_rev: int
    session_id: str | None
    session_started_at: datetime | None
    last_message_at: datetime | None
    archived_at: datetime | None
    senders: dict[str, Sender] = field(default_factory=dict)
    opened: list[dict[str, object]] = field(default_factory=list)
    expired: list[dict[str, object]] = field(default_factory=list)

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
    type_: wire.MessageType = "system" if text.notice else "text"
    return wire.LiveMessage(
        id=new_id(),
        conversation_id=room.id,
        seq=room.last_seq,
        rev=room.last_rev,
        session_id=session_id,
        sender=sender.shown,
        role=views.role_of(type_, sender.shown.kind),
        type=type_,
        state="sent",
        content=text.content,
        mentions=text.named.user_ids,
        mentions_all=text.named.everyone,
        notice=text.notice,
        parent_id=text.parent_id,
        client_id=text.client_id,
        attachments=(),
        reactions=(),
        reply=None,
        created_at=moment,
        edited_at=None,
        retracted_at=None,
        superseded_by=None,
    )


def _session(db: Session, room: Room, moment: datetime) -> str:
    """The session in which a message of this moment falls; opened when the last one ran out."""
    times = [time for time in (room.last_message_at, room.session_started_at) if time is not None]
    active = max(times, default=moment)
    if room.session_id is not None:
        if moment - active <= seconds(limits(db).session_timeout):
            return room.session_id
        ended = {"b_id": room.session_id, "b_last_seq": room.last_seq}
        room.expired.append({**ended, "b_activity": active, "b_ended": moment})
    room.session_id = new_id()
    room.session_started_at = moment
    session = {"id": room.session_id, "conversation_id": room.id, "state": "active"}
    room.opened.append({**session, "started_at": moment, "first_seq": room.last_seq + 1})
    return room.session_id


_sessions = cast(Table, ChatSession.__table__)
_expire_session = (
    update(_sessions)
    .where(_sessions.c.id == bindparam("b_id"), _sessions.c.ended_at.is_(None))
    .values(
        state="expired",
        ended_at=bindparam("b_ended"),
        last_seq=bindparam("b_last_seq"),
        last_activity_at=bindparam("b_activity"),
    )
)
_rooms = cast(Table, Conversation.__table__)
_move_room = (
    update(_rooms)
    .where(_rooms.c.id == bindparam("b_id"))
    .values(
        last_seq=bindparam("b_last_seq"),
        last_rev=bindparam("b_last_rev"),
        session_id=bindparam("b_session"),
        session_started_at=bindparam("b_session_started"),
        last_message_at=bindparam("b_last"),
        changed_at=bindparam("b_changed"),
    )
)
_members = cast(Table, Member.__table__)
_move_mark = (
    update(_members)
    .where(
        _members.c.conversation_id == bindparam("b_conversation"),
        _members.c.user_id == bindparam("b_user"),
        _members.c.read_seq < bindparam("b_seq"),
    )
    .values(read_seq=bindparam("b_seq"))
)


def store(db: Session, rooms: Sequence[Room], fresh: Sequence[wire.LiveMessage]) -> None:
    """Write everything: as many statements for one message as for five hundred."""
    moved = [room for room in rooms if room.moved]
    _execute_many(db, _expire_session, [row for room in moved for row in room.expired])
    _execute_many(db, insert(_sessions), [row for room in moved for row in room.opened])
    _execute_many(db, insert(cast(Table, Message.__table__)), [_row(live) for live in fresh])
    _execute_many(db, insert(cast(Table, Mention.__table__)), _mentions(fresh))
    _execute_many(db, _move_room, [_counters(room, now(db)) for room in moved])
    marks = [
        {"b_conversation": room.id, "b_user": user_id, "b_seq": sender.posted_seq}
        for room in moved
        for user_id, sender in room.senders.items()
        if sender.posted_seq
    ]
    _execute_many(db, _move_mark, marks)
    passed = [
        {"conversation_id": room.id, "user_id": user_id, "up_to_seq": sender.passed_seq}
        for room in moved
        for user_id, sender in room.senders.items()
        if sender.passed_seq
    ]
    if passed:
        insert_new(db, Read, [{**row, "read_at": now(db)} for row in passed])


def _execute_many(db: Session, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        db.connection().execute(statement, rows)


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
        "meta": views.meta_of(live),
    }


def _counters(room: Room, moment: datetime) -> dict[str, object]:
    return {
        "b_id": room.id,
        "b_last_seq": room.last_seq,
        "b_last_rev": room.last_rev,
        "b_session": room.session_id,
        "b_session_started": room.session_started_at,
        "b_last": room.last_message_at,
        "b_changed": moment,
    }
