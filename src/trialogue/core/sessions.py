"""Sessions: a conversation's activity cut into stretches. Posting opens them by itself; people
may begin and end them too. The database decides what state one is in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from trialogue.core import members, policy, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.limits import limits, now, seconds
from trialogue.core.models import ChatSession, Conversation
from trialogue.core.policy import Actor
from trialogue.core.sql import locked, new_id


def create(db: Session, actor: Actor, conversation_id: str) -> wire.Session:
    """Begin a session; the one that was under way is closed.

    Raises ChatError `not_found`, `not_member`, `conflict` in an archived conversation.
    """
    conversation, _ = members.lock_as(db, actor, conversation_id)
    return begin(db, conversation)


def begin(db: Session, conversation: Conversation) -> wire.Session:
    """Begin a session in a locked conversation; ChatError `conflict` in an archived one."""
    policy.must_be_open(conversation)
    _close(db, conversation)
    session = ChatSession(
        id=new_id(),
        conversation_id=conversation.id,
        state="active",
        started_at=now(db),
        first_seq=conversation.last_seq + 1,
    )
    db.add(session)
    conversation.session_id = session.id
    conversation.session_started_at = now(db)
    conversation.session_first_seq = session.first_seq
    conversation.changed_at = now(db)
    db.flush()
    return shown(db, session, conversation)


def end(db: Session, actor: Actor, session_id: str) -> wire.Session:
    """Close a session; one that has ended stays as it is.

    Raises ChatError `not_found`, `not_member`.
    """
    session = find(db, session_id)
    _must_see(db, actor, session)
    conversation, _ = members.lock_as(db, actor, session.conversation_id)
    finish(db, conversation, session)
    return shown(db, session, conversation)


def finish(db: Session, conversation: Conversation, session: ChatSession) -> bool:
    """Close a session of a locked conversation; tell whether it was still under way."""
    db.refresh(session)
    running = conversation.session_id == session.id
    if not running or _state(db, session, conversation) == "expired":
        return False
    _close(db, conversation)
    db.flush()
    return True


def _close(db: Session, conversation: Conversation) -> None:
    """End what is under way in a locked conversation: closed, or expired if it had run out."""
    if conversation.session_id is None:
        return
    session = db.get_one(ChatSession, conversation.session_id, populate_existing=True)
    state = _state(db, session, conversation)
    active_at = _active_at(session, conversation)
    session.state = "expired" if state == "expired" else "closed"
    session.ended_at = now(db)
    session.last_seq = conversation.last_seq
    session.last_activity_at = active_at
    conversation.session_id = None
    conversation.session_started_at = None
    conversation.session_first_seq = None


def get(db: Session, actor: Actor, session_id: str) -> wire.Session:
    """One session; ChatError `not_found`, `not_member`."""
    session = find(db, session_id)
    _must_see(db, actor, session)
    return shown(db, session, db.get_one(Conversation, session.conversation_id))


def active(db: Session, actor: Actor, conversation_id: str) -> wire.Session:
    """The session under way; ChatError `not_found` when there is none, `not_member`."""
    members.require(db, actor, conversation_id)
    found = find_active(db, conversation_id)
    if found is None:
        raise ChatError("not_found", "No session is under way.")
    return found


def find_active(db: Session, conversation_id: str) -> wire.Session | None:
    """The session under way in a conversation that is there, or None."""
    conversation = db.get_one(Conversation, conversation_id)
    if conversation.session_id is None:
        return None
    session = db.get_one(ChatSession, conversation.session_id)
    if _state(db, session, conversation) not in ("active", "idle"):
        return None
    return shown(db, session, conversation)


def page(
    db: Session, actor: Actor, conversation_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Session]:
    """The sessions of a conversation, the latest first; ChatError `not_found`, `not_member`."""
    members.require(db, actor, conversation_id)
    return page_all(db, conversation_id, cursor=cursor, limit=limit)


def page_all(
    db: Session, conversation_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Session]:
    """The sessions of a conversation that is there, the latest first."""
    conversation = db.get_one(Conversation, conversation_id)
    query = select(ChatSession).where(ChatSession.conversation_id == conversation_id)
    if cursor is not None:
        moment, last_id = Cursor.decode(cursor, 2)
        at, session_id = Cursor.moment(moment), Cursor.id(last_id)
        same = and_(ChatSession.started_at == at, ChatSession.id < session_id)
        query = query.where(or_(ChatSession.started_at < at, same))
    order = (ChatSession.started_at.desc(), ChatSession.id.desc())
    rows = db.scalars(query.order_by(*order).limit(limit + 1)).all()
    items = [shown(db, session, conversation) for session in rows[:limit]]
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = Cursor.encode(last.started_at.isoformat(), last.id)
    return wire.Page(items, following)


def find(db: Session, session_id: str) -> ChatSession:
    """A session's row; ChatError `not_found`."""
    found = db.get(ChatSession, session_id)
    if found is None:
        raise ChatError("not_found", "There is no such session.")
    return found


def _must_see(db: Session, actor: Actor, session: ChatSession) -> None:
    """The same words for a session that is hidden as for one that is none."""
    try:
        members.require(db, actor, session.conversation_id)
    except ChatError as error:
        if error.code == "not_found":
            raise ChatError("not_found", "There is no such session.") from None
        raise


State = Literal["active", "idle", "expired", "closed"]


def _state(db: Session, session: ChatSession, conversation: Conversation) -> State:
    if session.ended_at is not None:
        return "expired" if session.state == "expired" else "closed"
    silent = now(db) - _active_at(session, conversation)
    if silent > seconds(limits(db).session_timeout):
        return "expired"
    return "idle" if silent > seconds(limits(db).session_idle) else "active"


def _active_at(session: ChatSession, conversation: Conversation) -> datetime:
    """The last activity: derived, so that a message costs no write here."""
    if session.last_activity_at is not None:
        return session.last_activity_at
    last = conversation.last_message_at
    return max(session.started_at, last) if last is not None else session.started_at


def shown(db: Session, session: ChatSession, conversation: Conversation) -> wire.Session:
    """A session with the state it is in now."""
    last_seq = conversation.last_seq if session.last_seq is None else session.last_seq
    return wire.Session(
        id=session.id,
        conversation_id=session.conversation_id,
        state=_state(db, session, conversation),
        started_at=session.started_at,
        last_activity_at=_active_at(session, conversation),
        ended_at=session.ended_at,
        message_count=max(0, last_seq - (session.first_seq or 1) + 1),
    )


def count_open(db: Session) -> int:
    """How many sessions have not been ended, in all conversations."""
    return db.scalar(select(func.count()).where(ChatSession.ended_at.is_(None))) or 0


def page_overdue(db: Session, *, limit: int = 200) -> list[str]:
    """Conversations whose session has run out but is not ended yet, the longest ones first."""
    before = now(db) - seconds(limits(db).session_timeout)
    silent = or_(Conversation.last_message_at.is_(None), Conversation.last_message_at < before)
    query = (
        select(Conversation.id)
        .join(ChatSession, ChatSession.id == Conversation.session_id)
        .where(ChatSession.ended_at.is_(None), ChatSession.started_at < before, silent, _MAY_END)
        .order_by(ChatSession.started_at)
        .limit(limit)
    )
    return list(db.scalars(query))


# A customer may be waiting there; a case ends by what people do with it.
_MAY_END = Conversation.kind != "support"


def expire(db: Session, conversation_ids: Sequence[str]) -> int:
    """End the sessions that have run out in these conversations, and say how many; those that
    another transaction holds are left for the next time. Readers see no difference."""
    query = select(Conversation).where(Conversation.id.in_(conversation_ids), _MAY_END)
    fresh = query.order_by(Conversation.id).execution_options(populate_existing=True)
    ended = 0
    for conversation in db.scalars(locked(fresh, skip=True)).all():
        if conversation.session_id is not None:
            session = db.get_one(ChatSession, conversation.session_id)
            if _state(db, session, conversation) == "expired":
                _close(db, conversation)
                ended += 1
    return ended
