"""Catching up: what changed in a conversation since a `rev` that someone knows.

State-based: rows whose `rev` is greater; there is no log of events to keep or to trim.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from trialogue.core import members, messages, policy, views, wire
from trialogue.core.errors import ChatError
from trialogue.core.keyed import Keyed, Since
from trialogue.core.members import MemberRow
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.policy import Actor

ALL = 2**31 - 1  # rows
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
    span = _Span(after, last_rev)
    missed = _missed_of_many(db, workspace_id, {conversation_id: span}, limit)[conversation_id]
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
        reload=span.reload,
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
    """What changed in the first of some conversations since the `rev` known of each: in so many of
    them as `limit` changes are together, and in one at least.

    A conversation that one is not in (any more) is answered with its error.
    """
    # The counters are read first: what comes after may be newer, never older.
    shown = views.conversations(db, actor.workspace_id, actor.user_id, list(cursors))
    mine = {each: known for each, known in shown.items() if known.me is not None}
    spans = {each: _Span(cursors[each], known.last_rev) for each, known in mine.items()}
    first = _first(cursors, spans, limit)
    spans = {each: spans[each] for each in first if each in spans}
    marks = _marks(db, list(spans), actor.user_id)
    missed = _missed_of_many(db, actor.workspace_id, spans, limit)
    brought = [message for each in missed.values() for message in each.messages]
    as_seen = iter(messages.seen(db, actor, brought))
    answers: dict[str, wire.Changes | ChatError] = {}
    for conversation_id in first:
        if conversation_id not in mine:
            known = shown.get(conversation_id)
            answers[conversation_id] = policy.stranger(public=known is not None and known.public)
    for conversation_id, found in missed.items():
        reads, delivered = marks.get(conversation_id, ({}, {}))
        answers[conversation_id] = wire.Changes(
            messages=list(islice(as_seen, len(found.messages))),
            members=found.members,
            reads=reads,
            delivered=delivered,
            conversation=shown[conversation_id],
            rev=found.rev,
            more=found.more,
            reload=spans[conversation_id].reload,
        )
    return answers


def _position(db: Session, conversation_id: str) -> tuple[str, int]:
    query = select(Conversation.workspace_id, Conversation.last_rev).where(
        Conversation.id == conversation_id
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise policy.stranger(public=False)
    return row.workspace_id, row.last_rev


@dataclass(frozen=True, slots=True)
class _Span:
    """The changes that someone has missed in a conversation: those `after` the rev they know, up
    to `last`."""

    after: int
    last: int

    @property
    def reload(self) -> bool:
        """Whether they are too many, or the rev is not one of ours."""
        return self.after > self.last or self.after < self.last - MOST

    @property
    def size(self) -> int:
        """How many rows may have changed."""
        return 0 if self.reload else self.last - self.after


def _first(asked: Iterable[str], spans: Mapping[str, _Span], limit: int) -> list[str]:
    """The first of what is asked that together are at most `limit` changes; one at least."""
    first: list[str] = []
    size = 0
    for each in asked:
        size += spans[each].size if each in spans else 0
        if first and size > limit:
            break
        first.append(each)
    return first


Marks = dict[str, tuple[dict[str, int], dict[str, int]]]


def _missed_of_many(
    db: Session, workspace_id: str, spans: Mapping[str, _Span], limit: int
) -> dict[str, _Missed]:
    """What was missed in each conversation; together where it is little, as after a short
    absence, since a statement for each would cost more than its rows."""
    missed = {each: _Missed([], [], span.last, more=False) for each, span in spans.items()}
    moved = {each: span for each, span in spans.items() if span.size}
    if sum(span.size for span in moved.values()) > limit:
        for each, span in moved.items():
            missed[each] = _missed(db, workspace_id, each, span, limit)
        return missed
    if moved:
        live, left = _changed_rows(db, moved, ALL)
        for message in live:
            missed[message.conversation_id].messages.append(message)
        for row, member in zip(left, members.with_users(db, workspace_id, left), strict=True):
            missed[row.conversation_id].members.append(member)
    return missed


MESSAGES = Since(
    Message.conversation_id,
    Message.rev,
    lambda within: (
        views.select_messages().where(within).order_by(Message.rev).limit(bindparam("most"))
    ),
)
MEMBERS = Since(
    Member.conversation_id,
    Member.rev,
    lambda within: (
        select(
            Member.conversation_id,
            Member.user_id,
            Member.role,
            Member.joined_at,
            Member.left_at,
            Member.read_seq,
            Member.rev,
        )
        .where(within)
        .order_by(Member.rev)
        .limit(bindparam("most"))
    ),
)


def _changed_rows(
    db: Session, spans: Mapping[str, _Span], most: int
) -> tuple[list[wire.LiveMessage], Sequence[MemberRow]]:
    """The first messages and members that changed in these conversations, each by `rev`."""
    known = {each: span.after for each, span in spans.items()}
    live = views.made(MESSAGES.rows(db, known, most=most))
    return live, cast(Sequence[MemberRow], MEMBERS.rows(db, known, most=most))


def _missed(
    db: Session, workspace_id: str, conversation_id: str, span: _Span, limit: int
) -> _Missed:
    """The first `limit` changed rows by `rev`, messages and members together."""
    live, rows = _changed_rows(db, {conversation_id: span}, limit + 1)
    revs = sorted([message.rev for message in live] + [member.rev for member in rows])
    if len(revs) <= limit:
        return _Missed(live, members.with_users(db, workspace_id, rows), span.last, more=False)
    # Beyond `last` a row may have been written between the two reads above.
    end = min(revs[limit - 1], span.last)
    kept = members.with_users(db, workspace_id, [row for row in rows if row.rev <= end])
    return _Missed([message for message in live if message.rev <= end], kept, end, more=True)


MARKS = Keyed(
    (Member.conversation_id,),
    lambda known: (
        select(Member.conversation_id, Member.user_id, Member.read_seq, Member.delivered_seq)
        .join(Conversation, Conversation.id == Member.conversation_id)
        .where(
            known,
            Member.left_at.is_(None),
            (Conversation.member_count <= SHARED_MARKS) | (Member.user_id == bindparam("user_id")),
        )
    ),
)


def _marks(db: Session, conversation_ids: Sequence[str], user_id: str | None) -> Marks:
    """The present read and delivered marks; in large rooms only one's own."""
    rows = MARKS.rows(db, [(one,) for one in conversation_ids], user_id=user_id)
    marks: Marks = {}
    for conversation_id, member_id, read_seq, delivered_seq in rows:
        reads, delivered = marks.setdefault(conversation_id, ({}, {}))
        reads[member_id] = read_seq
        delivered[member_id] = max(read_seq, delivered_seq)
    return marks
