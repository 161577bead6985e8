"""Catching up: what changed in a conversation since a `rev` that someone knows.

State-based: rows whose `rev` is greater; there is no log of events to keep or to trim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import members, messages, policy, views, wire
from trialogue.core.errors import ChatError
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.policy import Actor

MOST = 1_000  # changes that may be missed before reading the newest page afresh is cheaper
SHARED_MARKS = 100  # members up to which all see each other's marks


@dataclass(frozen=True, slots=True)
class _Missed:
    """Rows that changed, in the order of their `rev`; `rev` is fully contained."""

    messages: list[wire.LiveMessage]
    members: list[wire.Member]
    rev: int
    more: bool


def since(db: Session, conversation_id: str, after: int, *, limit: int = MOST) -> wire.LiveChanges:
    """What changed after `after`, as the node reads it for all its listeners.

    Raises ChatError `not_found` for a conversation that does not exist.
    """
    workspace_id, last_rev = _position(db, conversation_id)
    reload = _must_reload(after, last_rev)
    nothing = _Missed([], [], last_rev, more=False)
    missed = (
        nothing if reload else _missed(db, workspace_id, conversation_id, after, last_rev, limit)
    )
    shown = views.conversations(db, workspace_id, None, [conversation_id])[conversation_id]
    reads, delivered = _marks(db, [conversation_id], None).get(conversation_id, ({}, {}))
    return wire.LiveChanges(
        messages=missed.messages,
        members=missed.members,
        reads=reads,
        delivered=delivered,
        conversation=views.live_conversation(shown),
        rev=missed.rev,
        more=missed.more,
        reload=reload,
    )


def seen(
    db: Session, actor: Actor, conversation_id: str, after: int, *, limit: int = MOST
) -> wire.Changes:
    """What changed after `after`, as one member sees it.

    Raises ChatError `not_found`, `not_member`.
    """
    members.require(db, actor, conversation_id)
    found = resume(db, actor, {conversation_id: after}, limit=limit)[conversation_id]
    if isinstance(found, ChatError):
        raise found
    return found


def resume(
    db: Session, actor: Actor, cursors: Mapping[str, int], *, limit: int = MOST
) -> dict[str, wire.Changes | ChatError]:
    """What changed in several conversations since the `rev` known of each.

    A conversation that one is not in (any more) is answered with its error.
    """
    # The counters are read first: what comes after may be newer, never older.
    positions = _positions(db, actor, list(cursors))
    mine = [conversation_id for conversation_id, position in positions.items() if position.mine]
    shown = views.conversations(db, actor.workspace_id, actor.user_id, mine)
    marks = _marks(db, mine, actor.user_id)
    answers: dict[str, wire.Changes | ChatError] = {}
    for conversation_id, after in cursors.items():
        position = positions.get(conversation_id)
        if position is None or not position.mine:
            answers[conversation_id] = policy.stranger(public=bool(position and position.public))
            continue
        answers[conversation_id] = _changes(
            db, actor, shown[conversation_id], position.last_rev, after, limit, marks
        )
    return answers


@dataclass(frozen=True, slots=True)
class _Position:
    last_rev: int
    public: bool
    mine: bool


def _positions(db: Session, actor: Actor, conversation_ids: Sequence[str]) -> dict[str, _Position]:
    query = (
        select(Conversation.id, Conversation.last_rev, Conversation.public, Member.user_id)
        .outerjoin(
            Member,
            (Member.conversation_id == Conversation.id)
            & (Member.user_id == actor.user_id)
            & Member.left_at.is_(None),
        )
        .where(
            Conversation.id.in_(conversation_ids),
            Conversation.workspace_id == actor.workspace_id,
        )
    )
    return {
        row.id: _Position(row.last_rev, row.public, row.user_id is not None)
        for row in db.execute(query)
    }


def _position(db: Session, conversation_id: str) -> tuple[str, int]:
    query = select(Conversation.workspace_id, Conversation.last_rev).where(
        Conversation.id == conversation_id
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise policy.stranger(public=False)
    return row.workspace_id, row.last_rev


def _must_reload(after: int, last_rev: int) -> bool:
    return after > last_rev or after < last_rev - MOST


Marks = dict[str, tuple[dict[str, int], dict[str, int]]]


def _changes(
    db: Session,
    actor: Actor,
    conversation: wire.Conversation,
    last_rev: int,
    after: int,
    limit: int,
    marks: Marks,
) -> wire.Changes:
    reload = _must_reload(after, last_rev)
    missed = _Missed([], [], last_rev, more=False)
    if not reload and after < last_rev:
        missed = _missed(db, actor.workspace_id, conversation.id, after, last_rev, limit)
    reads, delivered = marks.get(conversation.id, ({}, {}))
    return wire.Changes(
        messages=messages.seen(db, actor, missed.messages),
        members=missed.members,
        reads=reads,
        delivered=delivered,
        conversation=conversation,
        rev=missed.rev,
        more=missed.more,
        reload=reload,
    )


def _missed(
    db: Session, workspace_id: str, conversation_id: str, after: int, last_rev: int, limit: int
) -> _Missed:
    """The first `limit` changed rows by `rev`, messages and members together."""
    live = views.live_messages(
        db,
        views.select_messages()
        .where(Message.conversation_id == conversation_id, Message.rev > after)
        .order_by(Message.rev)
        .limit(limit + 1),
    )
    changed = select(Member).where(Member.conversation_id == conversation_id, Member.rev > after)
    rows = db.scalars(changed.order_by(Member.rev).limit(limit + 1)).all()
    revs = sorted([message.rev for message in live] + [member.rev for member in rows])
    if len(revs) <= limit:
        return _Missed(live, members.with_users(db, workspace_id, rows), last_rev, more=False)
    # Beyond `last_rev` a row may have been written between the two reads above.
    end = min(revs[limit - 1], last_rev)
    kept = members.with_users(db, workspace_id, [row for row in rows if row.rev <= end])
    return _Missed([message for message in live if message.rev <= end], kept, end, more=True)


def _marks(db: Session, conversation_ids: Sequence[str], user_id: str | None) -> Marks:
    """The present read and delivered marks; in large rooms only one's own."""
    visible = Conversation.member_count <= SHARED_MARKS
    if user_id is not None:
        visible = visible | (Member.user_id == user_id)
    query = (
        select(Member.conversation_id, Member.user_id, Member.read_seq, Member.delivered_seq)
        .join(Conversation, Conversation.id == Member.conversation_id)
        .where(Member.conversation_id.in_(conversation_ids), Member.left_at.is_(None), visible)
    )
    marks: Marks = {}
    for conversation_id, member_id, read_seq, delivered_seq in db.execute(query):
        reads, delivered = marks.setdefault(conversation_id, ({}, {}))
        reads[member_id] = read_seq
        delivered[member_id] = max(read_seq, delivered_seq)
    return marks
