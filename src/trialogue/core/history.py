"""Which messages a slice of a conversation's history has, by `seq`, and from which on somebody may
read. The cost does not depend on the depth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVarTuple, cast

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from trialogue.core import policy
from trialogue.core.errors import ChatError
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.policy import Actor
from trialogue.core.sql import fetch

Columns = TypeVarTuple("Columns")
LAST = 2**63 - 1  # no `seq` is greater


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is asked for: the newest messages, or those before, after or around a `seq`; none
    before `first`."""

    first: int
    before: int | None = None
    after: int | None = None
    around: int | None = None

    def __post_init__(self) -> None:
        """ChatError `invalid` when more than one of the three is given."""
        bounds = {"before": self.before, "after": self.after, "around": self.around}
        given = [name for name, bound in bounds.items() if bound is not None]
        if len(given) > 1:
            raise ChatError(
                "invalid", "Give one of `before`, `after` and `around`.", field=given[1]
            )


@dataclass(frozen=True, slots=True)
class Slice(Generic[*Columns]):
    """Rows, ascending, and whether there are more in the direction asked (older by default).
    `has_newer` only around a message."""

    rows: Sequence[Row[*Columns]]
    has_more: bool
    has_newer: bool | None = None


STANDING = (
    select(Conversation.public, Member.visible_from_seq)
    .outerjoin(
        Member,
        (Member.conversation_id == Conversation.id)
        & (Member.user_id == bindparam("user_id"))
        & Member.left_at.is_(None),
    )
    .where(
        Conversation.id == bindparam("conversation_id"),
        Conversation.workspace_id == bindparam("workspace_id"),
    )
)


def visible_from(db: Session, actor: Actor, conversation_id: str) -> int:
    """The first `seq` that a member may see; ChatError `not_found`, or `not_member` for public
    rooms."""
    asked = {"user_id": actor.user_id, "workspace_id": actor.workspace_id}
    rows = fetch(db, STANDING, {**asked, "conversation_id": conversation_id})
    row = rows[0] if rows else None
    if row is None or row.visible_from_seq is None:
        raise policy.stranger(public=row is not None and row.public)
    return cast(int, row.visible_from_seq)


class History(Generic[*Columns]):
    """Slices of the rows of a query on messages."""

    def __init__(self, query: Select[*Columns]) -> None:
        among = query.where(
            Message.conversation_id == bindparam("conversation_id"),
            Message.seq >= bindparam("first"),
            Message.seq < bindparam("end"),
        ).limit(bindparam("count"))
        self._older = among.order_by(Message.seq.desc())
        self._newer = among.order_by(Message.seq)

    def cut(self, db: Session, conversation_id: str, bounds: Bounds, limit: int) -> Slice[*Columns]:
        """The slice within some bounds."""
        first = bounds.first
        if bounds.around is not None:
            return self._around(db, conversation_id, first, bounds.around, limit)
        if bounds.after is not None:
            start = max(first, min(bounds.after, LAST - 1) + 1)
            newer = self._run(db, self._newer, conversation_id, start, LAST, limit + 1)
            return Slice(newer[:limit], len(newer) > limit)
        end = LAST if bounds.before is None else bounds.before
        older = self._run(db, self._older, conversation_id, first, end, limit + 1)
        return Slice(older[:limit][::-1], len(older) > limit)

    def _around(
        self, db: Session, conversation_id: str, first: int, around: int, limit: int
    ) -> Slice[*Columns]:
        """Half of the page before the message, the rest from it on."""
        half = limit // 2
        older = self._run(db, self._older, conversation_id, first, around, half + 1)
        start = max(first, around)
        newer = self._run(db, self._newer, conversation_id, start, LAST, limit - half + 1)
        rows = [*older[:half][::-1], *newer[: limit - half]]
        return Slice(rows, len(older) > half, has_newer=len(newer) > limit - half)

    def _run(
        self, db: Session, query: Select[*Columns], room: str, first: int, end: int, count: int
    ) -> Sequence[Row[*Columns]]:
        within = {"conversation_id": room, "first": first, "end": end, "count": count}
        return fetch(db, query, within)
