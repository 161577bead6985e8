"""Reactions: one emoji of one person on one message. They take the lock and a `rev`."""

from functools import cache
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from trialogue.core import events, kept, members, messages, policy, users, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.limits import now
from trialogue.core.messages import Held
from trialogue.core.models import Message, Reaction
from trialogue.core.policy import Actor

KINDS_MOST = 50  # different emoji on one message
_VARIATION = "\ufe0f"


@cache
def _fully_qualified() -> dict[str, str]:
    """Every emoji of Unicode by its form without variation selectors (UTS #51, ED-18)."""
    import emoji  # 9 MB, which a server without reactions does not need

    best: dict[str, str] = {}
    for form, facts in sorted(emoji.EMOJI_DATA.items(), key=lambda item: item[1]["status"]):
        if facts["status"] != emoji.STATUS["component"]:
            best.setdefault(form.replace(_VARIATION, ""), form)
    return best


def canonical(text: str) -> str:
    """An emoji in its fully qualified form; ChatError `invalid` for what is no single emoji."""
    found = _fully_qualified().get(text.replace(_VARIATION, "")) if len(text) <= 20 else None
    if found is None:
        raise ChatError("invalid", "A reaction is one emoji.", field="emoji")
    return found


def add(db: Session, actor: Actor, message_id: str, emoji: str) -> wire.Message:
    """React to a message; doing it twice is doing it once.

    Raises ChatError `invalid` for what is no emoji, `not_found`, `not_member`, `gone` for a
    recalled message, `conflict` in an archived conversation or with more than 50 kinds of emoji.
    """
    emoji = canonical(emoji)
    held = _hold(db, actor, message_id)
    if _count(db, message_id, emoji, actor.user_id):
        return messages.shown(db, actor, held.message)
    kinds = [each for each, _ in _counts(held.message)]
    if emoji not in kinds and len(kinds) >= KINDS_MOST:
        detail = f"A message takes at most {KINDS_MOST} different emoji."
        raise ChatError("conflict", detail)
    row = {"message_id": message_id, "emoji": emoji, "user_id": actor.user_id}
    db.add(Reaction(**row, created_at=now(db)))
    db.flush()
    return _changed(db, actor, held, emoji, added=True)


def remove(db: Session, actor: Actor, message_id: str, emoji: str) -> wire.Message:
    """Take one's reaction back; without one nothing happens. Raises ChatError as `add`."""
    emoji = canonical(emoji)
    held = _hold(db, actor, message_id)
    mine = delete(Reaction).where(
        Reaction.message_id == message_id,
        Reaction.emoji == emoji,
        Reaction.user_id == actor.user_id,
    )
    found = db.execute(mine)
    assert isinstance(found, CursorResult)  # noqa: S101 — as every DELETE gives
    if not found.rowcount:
        return messages.shown(db, actor, held.message)
    return _changed(db, actor, held, emoji, added=False)


def _hold(db: Session, actor: Actor, message_id: str) -> Held:
    held = messages.hold(db, actor, message_id)
    policy.must_be_open(held.conversation)
    messages.must_stand(held.message)
    return held


def _counts(message: Message) -> list[tuple[str, int]]:
    return [(emoji, count) for emoji, count in kept.meta(message.meta).get("reactions", ())]


def _count(db: Session, message_id: str, emoji: str, user_id: str | None = None) -> int:
    query = select(func.count()).where(Reaction.message_id == message_id, Reaction.emoji == emoji)
    if user_id is not None:
        query = query.where(Reaction.user_id == user_id)
    return db.scalars(query).one()


def _changed(db: Session, actor: Actor, held: Held, emoji: str, *, added: bool) -> wire.Message:
    """Keep the new count with the message, in the order in which the emoji first came."""
    message, conversation = held.message, held.conversation
    count = _count(db, message.id, emoji)
    counts = dict(_counts(message)) | {emoji: count}
    meta = kept.meta(message.meta)
    meta["reactions"] = [(each, number) for each, number in counts.items() if number]
    if not meta["reactions"]:
        del meta["reactions"]
    message.meta = cast(dict[str, object], meta) or None
    message.rev = members.next_rev(db, conversation)
    db.flush()
    data = events.ReactionChange(message.id, emoji, actor.user_id, added, count)
    events.record(db, Event("reaction.changed", data, conversation.id, rev=message.rev))
    return messages.shown(db, actor, message)


def page(
    db: Session, actor: Actor, message_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Reacted]:
    """Who reacted with what, the earliest first. Raises ChatError `not_found`, `not_member`."""
    messages.get(db, actor, message_id)
    return page_all(db, actor.workspace_id, message_id, cursor=cursor, limit=limit)


def page_all(
    db: Session, workspace_id: str, message_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Reacted]:
    """Who reacted to a message that is there, whoever asks."""
    query = select(Reaction).where(Reaction.message_id == message_id)
    if cursor is not None:
        query = query.where(_comes_after(cursor))
    order = (Reaction.created_at, Reaction.user_id, Reaction.emoji)
    rows = db.scalars(query.order_by(*order).limit(limit + 1)).all()
    known = users.find_many(db, workspace_id, [row.user_id for row in rows])
    items = [wire.Reacted(row.emoji, known[row.user_id], row.created_at) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = Cursor.encode(last.created_at.isoformat(), last.user_id, last.emoji)
    return wire.Page(items, following)


def _comes_after(cursor: str) -> ColumnElement[bool]:
    moment, user, emoji = Cursor.decode(cursor, 3)
    at, user_id = Cursor.moment(moment), Cursor.id(user)
    same = Reaction.created_at == at
    return or_(
        Reaction.created_at > at,
        and_(same, Reaction.user_id > user_id),
        and_(same, Reaction.user_id == user_id, Reaction.emoji > emoji),
    )
