"""Read marks: how far each member has read. They only grow and take no `rev`."""

from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from trialogue.core import events, members, wire
from trialogue.core.events import Event, OwnState, ReadMark
from trialogue.core.limits import now
from trialogue.core.models import Conversation, Member, Read
from trialogue.core.policy import Actor
from trialogue.core.sql import insert_new


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
    _tell(db, actor, conversation_id, last_rev, reached, last_seq - reached)


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


def _tell(
    db: Session, actor: Actor, conversation_id: str, at_rev: int, seq: int, unread: int
) -> None:
    me = db.get_one(Member, (conversation_id, actor.user_id), populate_existing=True)
    delivered = max(me.delivered_seq, seq)
    read = ReadMark(actor.user_id, seq, delivered, now(db))
    events.record(db, Event("read.marked", read, conversation_id, at_rev=at_rev))
    own = OwnState(cast(wire.Notify, me.notify), me.pinned_at, seq, unread, 0)
    to_self = Event(
        "conversation.me", own, conversation_id, at_rev=at_rev, user_ids=(actor.user_id,)
    )
    events.record(db, to_self)
