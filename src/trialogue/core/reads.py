"""Read marks: how far each member has read and has been handed messages, and when.

Marks only grow and take no `rev`. Nothing is kept per message and member.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from trialogue.core import events, members, mentions, messages, preferences, users, views, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReadMark
from trialogue.core.limits import now
from trialogue.core.models import Conversation, Member, Message, Read
from trialogue.core.policy import Actor
from trialogue.core.sql import insert_new, update_many


def mark(db: Session, actor: Actor, conversation_id: str, seq: int) -> None:
    """Mark everything up to message `seq` as read; a mark beyond the last message is that of
    the last, and one behind the present mark changes nothing.

    Raises ChatError `not_found`, `not_member`.
    """
    members.require(db, actor, conversation_id)
    counters = select(Conversation.last_seq, Conversation.last_rev).where(
        Conversation.id == conversation_id
    )
    last_seq, last_rev = db.execute(counters).one()
    reached = min(seq, last_seq)
    if not _advance(db, actor, conversation_id, reached):
        return
    moment = now(db)
    row = {"conversation_id": conversation_id, "user_id": actor.user_id, "up_to_seq": reached}
    insert_new(db, Read, {**row, "read_at": moment})
    me = db.get_one(Member, (conversation_id, actor.user_id), populate_existing=True)
    read = ReadMark(actor.user_id, reached, max(me.delivered_seq, reached), moment)
    events.record(db, Event("read.marked", read, conversation_id, at_rev=last_rev))
    named = mentions.count(db, actor.user_id, [conversation_id]).get(conversation_id, 0)
    preferences.tell(db, me, last_seq, last_rev, named)


def set_status(db: Session, actor: Actor, message_id: str, status: wire.MessageStatus) -> None:
    """Say by hand that a message of someone else was delivered to oneself, or read: as for a
    mark, everything before it was too.

    Raises ChatError `not_found`, `not_member`, and `conflict` for one's own message, whose status
    is what the others make of it, or for a step back.
    """
    message = messages.get(db, actor, message_id)
    if message.sender.id == actor.user_id:
        raise ChatError("conflict", "The status of a message is set by those who receive it.")
    me = members.require(db, actor, message.conversation_id)
    if ORDER.index(status) < ORDER.index(_status_for(me, message.seq)):
        raise ChatError("conflict", "The status of a message only moves forward.")
    if status == "read":
        mark(db, actor, message.conversation_id, message.seq)
    elif status == "delivered":
        deliver(db, {(message.conversation_id, actor.user_id): message.seq})


ORDER: Final[Sequence[wire.MessageStatus]] = ("sent", "delivered", "read")


def _status_for(me: Member, seq: int) -> wire.MessageStatus:
    """How far a message has come with one of those who receive it."""
    if seq <= me.read_seq:
        return "read"
    return "delivered" if seq <= me.delivered_seq else "sent"


def _advance(db: Session, actor: Actor, conversation_id: str, seq: int) -> bool:
    forwards = (
        update(Member)
        .where(
            Member.conversation_id == conversation_id,
            Member.user_id == actor.user_id,
            Member.left_at.is_(None),
            Member.read_seq < seq,
        )
        .values(read_seq=seq)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[tuple[()]], db.execute(forwards)).rowcount == 1


def page_readers(
    db: Session, actor: Actor, message_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Receipt]:
    """Who has read a message, and when their mark first reached it: one index probe a member.

    Its sender is left out, and so is who passed it by joining (again) later. Raises ChatError
    `not_found`, `not_member`.
    """
    message = messages.get(db, actor, message_id)
    return readers_of(db, actor.workspace_id, message, cursor=cursor, limit=limit)


def readers_of(
    db: Session,
    workspace_id: str,
    message: wire.LiveMessage,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> wire.Page[wire.Receipt]:
    """Who has read a message, as `page_readers` tells it."""
    reached = (
        select(Read.read_at)
        .where(
            Read.conversation_id == Member.conversation_id,
            Read.user_id == Member.user_id,
            Read.up_to_seq >= message.seq,
        )
        .order_by(Read.up_to_seq)
        .limit(1)
        .correlate(Member)
        .scalar_subquery()
    )
    query = select(Member.user_id, reached).where(
        Member.conversation_id == message.conversation_id,
        Member.left_at.is_(None),
        Member.user_id != message.sender.id,
        Member.read_seq >= message.seq,
        reached.is_not(None),  # null where they passed it by joining
    )
    if cursor is not None:
        (after,) = Cursor.decode(cursor, 1)
        query = query.where(Member.user_id > Cursor.id(after))
    found = db.execute(query.order_by(Member.user_id).limit(limit + 1)).all()
    rows = cast(Sequence[tuple[str, datetime]], found)
    known = users.find_many(db, workspace_id, [row[0] for row in rows])
    items = [wire.Receipt(known[row[0]], row[1]) for row in rows[:limit]]
    return wire.Page(items, Cursor.encode(rows[limit - 1][0]) if len(rows) > limit else None)


def page_unread(
    db: Session, actor: Actor, conversation_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Message]:
    """One's unread messages, the earliest first. Raises ChatError `not_found`, `not_member`."""
    me = members.require(db, actor, conversation_id)
    after = me.read_seq
    if cursor is not None:
        after = max(after, Cursor.number(Cursor.decode(cursor, 1)[0]))
    query = views.select_messages().where(
        Message.conversation_id == conversation_id, Message.seq > after
    )
    found = views.live_messages(db, query.order_by(Message.seq).limit(limit + 1))
    items = messages.seen(db, actor, found[:limit])
    following = Cursor.encode(str(items[-1].seq)) if len(found) > limit else None
    return wire.Page(items, following)


def deliver(db: Session, marks: Mapping[tuple[str, str], int]) -> None:
    """Keep what was handed to connections: the `seq` reached, by conversation and user."""
    rows = [
        {"conversation_id": conversation_id, "user_id": user_id, "delivered_seq": seq}
        for (conversation_id, user_id), seq in marks.items()
    ]
    update_many(db, Member, ["conversation_id", "user_id"], rows, upwards="delivered_seq")
