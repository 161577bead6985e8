"""Retention: messages older than a set age are removed for good, the oldest first.

The age is that of the workspace, or a shorter one that a room has set. A conversation's messages
are as old as their numbers say, so that what goes is all before a new `first_seq`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from trialogue.core import (
    events,
    files,
    findable,
    members,
    mentions,
    policy,
    preferences,
    quota,
    summaries,
    views,
)
from trialogue.core.events import Event
from trialogue.core.limits import now
from trialogue.core.models import (
    Conversation,
    Feedback,
    Member,
    Mention,
    Message,
    Reaction,
    Read,
    Reply,
)
from trialogue.core.sql import changed_rows

PORTION = 500  # messages removed in one transaction: others wait for it only shortly


def days_of(conversation: int | None, workspace: int | None) -> int | None:
    """The age in days that holds, of a room's own and the workspace's; None: they are kept."""
    return min((days for days in (conversation, workspace) if days is not None), default=None)


def page_due(
    db: Session, days: int | None, *, after: str | None = None, limit: int = 200
) -> tuple[list[str], str | None]:
    """Conversations with messages that are too old, among the next `limit` by id, and where to
    go on (None at the end): one look at the oldest message of each."""
    query = _oldest().order_by(Conversation.id).limit(limit)
    if days is None:
        query = query.where(Conversation.retention_days.is_not(None))
    if after is not None:
        query = query.where(Conversation.id > after)
    rows = db.execute(query).all()
    due = [row[0] for row in rows if _too_old(db, row[2], days_of(row[1], days))]
    return due, rows[-1][0] if len(rows) == limit else None


def _oldest() -> Select[str, int | None, datetime]:
    first = (Message.conversation_id == Conversation.id) & (Message.seq == Conversation.first_seq)
    query = select(Conversation.id, Conversation.retention_days, Message.created_at)
    return query.join(Message, first)


def _too_old(db: Session, moment: datetime, days: int | None) -> bool:
    return days is not None and moment < now(db) - timedelta(days=days)


def count(db: Session, conversation_id: str, days: int | None) -> int:
    """How many messages of a conversation are too old; ChatError `not_found`."""
    conversation = db.get(Conversation, conversation_id)
    if conversation is None:
        raise policy.stranger(public=False)
    found = days_of(conversation.retention_days, days)
    if found is None:
        return 0
    query = select(func.count()).where(
        Message.conversation_id == conversation_id,
        Message.created_at < now(db) - timedelta(days=found),
    )
    return db.scalars(query).one()


@dataclass(frozen=True, slots=True)
class Purged:
    """How many messages went, and whether there may be more."""

    count: int
    more: bool


def purge(db: Session, conversation_id: str, days: int | None, *, most: int = PORTION) -> Purged:
    """Remove the oldest messages of a conversation that are too old, `most` at the most.

    `client_id`s of what is gone may be used again. Raises ChatError `not_found`.
    """
    conversation = members.lock(db, conversation_id)
    oldest = (
        select(Message.id, Message.seq, Message.type, Message.created_at)
        .where(Message.conversation_id == conversation_id, Message.seq >= conversation.first_seq)
        .order_by(Message.seq)
        .limit(most)
    )
    found = days_of(conversation.retention_days, days)
    rows = [row for row in db.execute(oldest).all() if _too_old(db, row.created_at, found)]
    if not rows:
        return Purged(0, more=False)
    _remove(db, conversation_id, [row.id for row in rows], rows[-1].seq)
    summaries.forget(db, conversation_id, rows[0].seq)
    said = sum(row.type != "system" for row in rows)
    quota.give_back(db, conversation.workspace_id, said)
    _move(db, conversation, rows[-1].seq + 1)
    return Purged(len(rows), more=len(rows) == most)


def _remove(db: Session, conversation_id: str, message_ids: list[str], last: int) -> None:
    changed_rows(db, delete(Reaction).where(Reaction.message_id.in_(message_ids)))
    changed_rows(db, delete(Mention).where(Mention.message_id.in_(message_ids)))
    findable.forget(db, message_ids)
    files.let_go(db, message_ids)
    changed_rows(db, delete(Feedback).where(Feedback.message_id.in_(message_ids)))
    changed_rows(db, delete(Reply).where(Reply.message_id.in_(message_ids)))
    changed_rows(db, delete(Message).where(Message.id.in_(message_ids)))
    # Who had read up to where is asked for messages that are there only.
    before = (Read.conversation_id == conversation_id, Read.up_to_seq <= last)
    changed_rows(db, delete(Read).where(*before))


def _move(db: Session, conversation: Conversation, first_seq: int) -> None:
    """Nobody has unread what is gone: marks move up to it, and their owners hear of that."""
    behind = (Member.conversation_id == conversation.id, Member.read_seq < first_seq - 1)
    query = select(Member.user_id).where(*behind, Member.left_at.is_(None)).order_by(Member.user_id)
    user_ids = list(db.scalars(query))
    changed_rows(db, update(Member).where(*behind).values(read_seq=first_seq - 1))
    conversation.first_seq = first_seq
    rev = members.next_rev(db, conversation)
    db.flush()
    shown = views.conversations(db, conversation.workspace_id, None, [conversation.id])
    live = views.live_conversation(shown[conversation.id])
    events.record(db, Event("conversation.updated", live, conversation.id, rev=rev))
    named = mentions.count_members(db, conversation.id, user_ids)
    for user_id in user_ids:
        me = db.get_one(Member, (conversation.id, user_id), populate_existing=True)
        number = named.get(user_id, 0)
        preferences.tell(db, me, conversation.last_seq, conversation.last_rev, number)
