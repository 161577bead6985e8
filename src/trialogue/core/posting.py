"""Posting, set-based: many drafts of many conversations in a fixed number of statements.

The order of the statements is a matter of correctness: the conversations are locked first,
in the order of their ids, and everything that depends on them is read after that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Executable, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.orm import Session

from trialogue.core import events, policy, views, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.limits import limits, now, seconds
from trialogue.core.models import ChatSession, ChatUser, Conversation, Member, Message, Read
from trialogue.core.sql import insert_new, limit_wait, locked, new_id


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that someone wants to post. Without a `client_id` it gets one."""

    conversation_id: str
    sender_id: str
    workspace_id: str
    content: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to a draft: the message, and whether it is new or the first of its kind."""

    message: wire.Message
    created: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """Another transaction holds the conversation: the draft waits for the next batch."""


SKIPPED: Final = Skipped()
Outcome = Posted | ChatError | Skipped
Repeats = dict[tuple[str, str, str], wire.LiveMessage]


@dataclass(slots=True)
class _Room:
    """A locked conversation with its counters as they move during the batch."""

    id: str
    workspace_id: str
    public: bool
    last_seq: int
    last_rev: int
    session_id: str | None
    last_message_at: datetime | None
    archived_at: datetime | None
    senders: dict[str, "_Sender"] = field(default_factory=dict)
    opened: list[dict[str, object]] = field(default_factory=list)
    expired: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True)
class _Sender:
    """A member who posts, with the mark they had before."""

    shown: wire.Sender
    read_seq: int
    posted_seq: int = 0
    passed_seq: int = 0


def post(db: Session, drafts: Sequence[Draft], *, wait: bool = False) -> list[Outcome]:
    """Post drafts and answer each in its place; one bad draft fails alone.

    Conversations that another transaction holds are skipped, unless `wait` says to wait.
    Must be the first thing in its transaction.
    """
    if wait:
        limit_wait(db, 5)
    rooms = _lock(db, drafts, wait=wait)
    _load_senders(db, rooms, drafts)
    repeats = _load_repeats(db, rooms, drafts)
    fresh: list[wire.LiveMessage] = []
    outcomes: list[Outcome] = [_place(db, rooms, draft, repeats, fresh) for draft in drafts]
    if fresh:
        _store(db, [room for room in rooms.values() if _has_moved(room)], fresh)
    for live in fresh:
        events.record(db, Event("message.created", live, live.conversation_id, rev=live.rev))
    if not wait and any(isinstance(outcome, ChatError) for outcome in outcomes):
        return _tell_skipped(db, rooms, drafts, outcomes)
    return outcomes


def _lock(db: Session, drafts: Sequence[Draft], *, wait: bool) -> dict[str, _Room]:
    """Lock in the order of ids, so that two batches never wait for each other in a circle."""
    query = (
        select(
            Conversation.id,
            Conversation.workspace_id,
            Conversation.public,
            Conversation.last_seq,
            Conversation.last_rev,
            Conversation.session_id,
            Conversation.last_message_at,
            Conversation.archived_at,
        )
        .where(Conversation.id.in_({draft.conversation_id for draft in drafts}))
        .order_by(Conversation.id)
    )
    return {row.id: _Room(*row) for row in db.execute(locked(query, skip=not wait))}


def _load_senders(db: Session, rooms: dict[str, _Room], drafts: Sequence[Draft]) -> None:
    pairs = {(draft.conversation_id, draft.sender_id) for draft in drafts}
    query = (
        select(
            Member.conversation_id,
            Member.read_seq,
            ChatUser.id,
            ChatUser.username,
            ChatUser.display_name,
            ChatUser.avatar,
            ChatUser.kind,
        )
        .join(ChatUser, ChatUser.id == Member.user_id)
        .where(tuple_(Member.conversation_id, Member.user_id).in_(pairs), Member.left_at.is_(None))
    )
    for conversation_id, read_seq, user_id, username, display_name, avatar, kind in db.execute(
        query
    ):
        if conversation_id in rooms:
            shown = wire.Sender(user_id, username, display_name, avatar, cast(wire.UserKind, kind))
            rooms[conversation_id].senders[user_id] = _Sender(shown, read_seq)


def _load_repeats(db: Session, rooms: dict[str, _Room], drafts: Sequence[Draft]) -> Repeats:
    """What was posted before under the client ids of this batch."""
    keys = {
        (draft.conversation_id, draft.sender_id, draft.client_id)
        for draft in drafts
        if draft.client_id is not None and draft.conversation_id in rooms
    }
    if not keys:
        return {}
    unique = tuple_(Message.conversation_id, Message.sender_id, Message.client_id)
    found = views.live_messages(db, views.select_messages().where(unique.in_(keys)))
    return {(live.conversation_id, live.sender.id, live.client_id): live for live in found}


def _place(
    db: Session,
    rooms: dict[str, _Room],
    draft: Draft,
    repeats: Repeats,
    fresh: list[wire.LiveMessage],
) -> Posted | ChatError:
    """Give a draft its number, or the first message of its `client_id`, or refuse it."""
    room = rooms.get(draft.conversation_id)
    if room is None or room.workspace_id != draft.workspace_id:
        return policy.stranger(public=False)
    sender = room.senders.get(draft.sender_id)
    if sender is None:
        return policy.stranger(public=room.public)
    client_id = draft.client_id or new_id()
    key = (room.id, draft.sender_id, client_id)
    if key in repeats:
        return Posted(views.message_for(repeats[key], "sent"), created=False)
    refusal = _refusal(room, draft.content, limits(db).message_length)
    if refusal is not None:
        return refusal
    live = _number(db, room, sender, draft.content, client_id)
    repeats[key] = live
    fresh.append(live)
    return Posted(views.message_for(live, "sent"), created=True)


def _refusal(room: _Room, content: str, longest: int) -> ChatError | None:
    if room.archived_at is not None:
        return ChatError("conflict", "This conversation is archived.")
    if not content.strip():
        return ChatError("invalid", "A message must not be empty.", field="content")
    if len(content) > longest:
        detail = f"A message has at most {longest} characters; this one has {len(content)}."
        return ChatError("invalid", detail, field="content")
    return None


def _number(
    db: Session, room: _Room, sender: _Sender, content: str, client_id: str
) -> wire.LiveMessage:
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
        role="assistant" if sender.shown.kind == "assistant" else "user",
        type="text",
        state="sent",
        content=content,
        mentions=[],
        parent_id=None,
        client_id=client_id,
        attachments=[],
        reactions=[],
        reply=None,
        created_at=moment,
        edited_at=None,
        retracted_at=None,
        superseded_by=None,
    )


def _session(db: Session, room: _Room, moment: datetime) -> str:
    """The session in which a message of this moment falls; opened when the last one ran out."""
    last = room.last_message_at
    timeout = seconds(limits(db).session_timeout)
    if room.session_id is not None and last is not None and moment - last <= timeout:
        return room.session_id
    if room.session_id is not None:
        ended = {"b_id": room.session_id, "b_last_seq": room.last_seq}
        room.expired.append({**ended, "b_activity": last, "b_ended": moment})
    room.session_id = new_id()
    session = {"id": room.session_id, "conversation_id": room.id, "state": "active"}
    room.opened.append({**session, "started_at": moment, "first_seq": room.last_seq + 1})
    return room.session_id


def _has_moved(room: _Room) -> bool:
    return any(sender.posted_seq for sender in room.senders.values())


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


def _store(db: Session, moved: Sequence[_Room], fresh: Sequence[wire.LiveMessage]) -> None:
    """Write everything: as many statements for one message as for five hundred."""
    _execute_many(db, _expire_session, [row for room in moved for row in room.expired])
    _execute_many(db, insert(_sessions), [row for room in moved for row in room.opened])
    _execute_many(db, insert(cast(Table, Message.__table__)), [_row(live) for live in fresh])
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


def _row(live: wire.LiveMessage) -> dict[str, object]:
    return {
        "id": live.id,
        "conversation_id": live.conversation_id,
        "seq": live.seq,
        "rev": live.rev,
        "session_id": live.session_id,
        "sender_id": live.sender.id,
        "client_id": live.client_id,
        "type": live.type,
        "state": live.state,
        "content": live.content,
        "attempt": 1,
        "created_at": live.created_at,
    }


def _counters(room: _Room, moment: datetime) -> dict[str, object]:
    return {
        "b_id": room.id,
        "b_last_seq": room.last_seq,
        "b_last_rev": room.last_rev,
        "b_session": room.session_id,
        "b_last": room.last_message_at,
        "b_changed": moment,
    }


def _tell_skipped(
    db: Session, rooms: dict[str, _Room], drafts: Sequence[Draft], outcomes: list[Outcome]
) -> list[Outcome]:
    """Tell the conversations that are held by others from those that do not exist."""
    absent = {draft.conversation_id for draft in drafts} - rooms.keys()
    if not absent:
        return outcomes
    held = set(db.scalars(select(Conversation.id).where(Conversation.id.in_(absent))))
    return [
        SKIPPED if draft.conversation_id in held else outcome
        for draft, outcome in zip(drafts, outcomes, strict=True)
    ]
