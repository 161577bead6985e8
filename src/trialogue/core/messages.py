"""Reading messages: one, a page, and how far others have read one's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trialogue.core import members, views, wire
from trialogue.core.errors import ChatError
from trialogue.core.models import Member, Message
from trialogue.core.policy import Actor


@dataclass(frozen=True, slots=True)
class Marks:
    """How far all other members have read, and been handed, a conversation."""

    read_seq: int
    delivered_seq: int

    def status(self, seq: int) -> wire.MessageStatus:
        """The status of one's own message with this number."""
        if seq <= self.read_seq:
            return "read"
        return "delivered" if seq <= self.delivered_seq else "sent"


def get(db: Session, actor: Actor, message_id: str) -> wire.Message:
    """One message; ChatError `not_found`, or `not_member` in a public room."""
    found = views.live_messages(db, views.select_messages().where(Message.id == message_id))
    unknown = ChatError("not_found", "There is no such message.")
    if not found:
        raise unknown
    try:
        members.require(db, actor, found[0].conversation_id)
    except ChatError as error:
        # The same words: a message of a private room must not be told from one that is none.
        raise unknown if error.code == "not_found" else error from None
    return seen(db, actor, found[0].conversation_id, found)[0]


def page(
    db: Session,
    actor: Actor,
    conversation_id: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> wire.MessagePage:
    """A slice of the history by `seq`, ascending: the newest, or before, after or around one.

    Its cost does not depend on its depth. Raises ChatError `not_found`, `not_member`, and
    `invalid` when more than one of the three is given.
    """
    me = members.require(db, actor, conversation_id)
    bounds = {"before": before, "after": after, "around": around}
    given = [name for name, bound in bounds.items() if bound is not None]
    if len(given) > 1:
        raise ChatError("invalid", "Give one of `before`, `after` and `around`.", field=given[1])
    first = me.visible_from_seq
    if around is not None:
        return _around(db, actor, conversation_id, first, around, limit)
    if after is not None:
        newer = _newer(db, conversation_id, max(first - 1, after), limit + 1)
        items = seen(db, actor, conversation_id, newer[:limit])
        return wire.MessagePage(items, len(newer) > limit)
    older = _older(db, conversation_id, first, before, limit + 1)
    items = seen(db, actor, conversation_id, older[-limit:])
    return wire.MessagePage(items, len(older) > limit)


def _around(
    db: Session, actor: Actor, conversation_id: str, first: int, around: int, limit: int
) -> wire.MessagePage:
    """Half of the page before the message, the rest from it on."""
    half = limit // 2
    older = _older(db, conversation_id, first, around, half + 1)
    newer = _newer(db, conversation_id, max(first, around) - 1, limit - half + 1)
    chosen = older[-half:] if half else []
    items = seen(db, actor, conversation_id, chosen + newer[: limit - half])
    return wire.MessagePage(items, len(older) > half, has_newer=len(newer) > limit - half)


def _older(
    db: Session, conversation_id: str, first: int, before: int | None, count: int
) -> list[wire.LiveMessage]:
    query = views.select_messages().where(
        Message.conversation_id == conversation_id, Message.seq >= first
    )
    if before is not None:
        query = query.where(Message.seq < before)
    found = views.live_messages(db, query.order_by(Message.seq.desc()).limit(count))
    return found[::-1]


def _newer(db: Session, conversation_id: str, after: int, count: int) -> list[wire.LiveMessage]:
    query = views.select_messages().where(
        Message.conversation_id == conversation_id, Message.seq > after
    )
    return views.live_messages(db, query.order_by(Message.seq).limit(count))


def seen(
    db: Session, actor: Actor, conversation_id: str, found: Sequence[wire.LiveMessage]
) -> list[wire.Message]:
    """Messages of one conversation as the actor sees them: one's own carry their status."""
    mine = any(live.sender.id == actor.user_id for live in found)
    marks = _others_marks(db, actor, conversation_id) if mine else Marks(0, 0)
    return [
        views.message_for(live, marks.status(live.seq) if live.sender.id == actor.user_id else None)
        for live in found
    ]


def _others_marks(db: Session, actor: Actor, conversation_id: str) -> Marks:
    query = select(func.min(Member.read_seq), func.min(Member.delivered_seq)).where(
        Member.conversation_id == conversation_id,
        Member.left_at.is_(None),
        Member.user_id != actor.user_id,
    )
    read, delivered = db.execute(query).one()
    return Marks(read or 0, max(read or 0, delivered or 0))
