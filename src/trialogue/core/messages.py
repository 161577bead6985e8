"""Messages: read one or a page, edit, recall; how far others have read one's own.

New ones come by `posting`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from trialogue.core import (
    events,
    files,
    findable,
    history,
    kept,
    members,
    mentions,
    policy,
    posting,
    preferences,
    reply_rows,
    summaries,
    views,
    wire,
)
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.history import Bounds, History
from trialogue.core.keyed import Keyed
from trialogue.core.limits import limits, now, seconds
from trialogue.core.mentions import NOBODY, Named
from trialogue.core.models import Assistant, Conversation, Member, Message, Reaction
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


ALONE = Marks(0, 0)  # nobody else is there to read


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
    return seen(db, actor, found)[0]


@dataclass(frozen=True, slots=True)
class Held:
    """A message to be changed, with its locked conversation and one's membership in it."""

    conversation: Conversation
    me: Member
    message: Message


def hold(db: Session, actor: Actor, message_id: str) -> Held:
    """Lock the conversation of a message; ChatError `not_found`, `not_member`."""
    unknown = ChatError("not_found", "There is no such message.")
    where = select(Message.conversation_id).where(Message.id == message_id)
    conversation_id = db.scalar(where)
    if conversation_id is None:
        raise unknown
    try:
        conversation, me = members.lock_as(db, actor, conversation_id)
    except ChatError as error:
        raise unknown if error.code == "not_found" else error from None
    return Held(conversation, me, db.get_one(Message, message_id, populate_existing=True))


def must_stand(message: Message) -> None:
    """ChatError `gone` for a message that was recalled."""
    if message.retracted_at is not None:
        raise ChatError("gone", "This message has been recalled.")


def edit(db: Session, actor: Actor, message_id: str, content: str) -> wire.Message:
    """Give a message of one's own another text; the same text changes nothing.

    Raises ChatError `not_found`, `not_member`, `forbidden` for messages of others, `gone` for a
    recalled one, `edit_window_over`, `invalid`, and `conflict` in an archived conversation.
    """
    held = hold(db, actor, message_id)
    message = held.message
    policy.may_edit(held.me, message)
    policy.must_be_open(held.conversation)
    must_stand(message)
    if message.content == content:
        return shown(db, actor, message)
    alone = "attachments" not in kept.meta(message.meta)
    refusal = posting.unfit(content, limits(db).message_length, alone=alone)
    if refusal is not None:
        raise refusal
    _must_be_early(db, held)
    may_all = policy.may_mention_all(held.me.role, held.conversation.kind)
    named = mentions.read(db, held.conversation.id, content, may_all=may_all)
    message.content = content
    message.edited_at = now(db)
    findable.keep(db, message)
    summaries.forget(db, held.conversation.id, message.seq)
    live = _changed(db, held.conversation, message, "message.updated", named)
    return seen(db, actor, [live])[0]


def retract(db: Session, actor: Actor, message_id: str) -> None:
    """Recall a message: its text is gone for everyone, its place stays; twice is once.

    One's own within the edit window, as a moderator of a room any. Raises ChatError
    `not_found`, `not_member`, `forbidden`, `edit_window_over`, and `conflict` in an archived
    conversation.
    """
    held = hold(db, actor, message_id)
    message = held.message
    in_time = policy.may_retract(held.me, message, held.conversation)
    if message.retracted_at is not None:
        return
    policy.must_be_open(held.conversation)
    if in_time:
        _must_be_early(db, held)
    recall(db, held.conversation, message)


def recall(db: Session, conversation: Conversation, message: Message) -> None:
    """Take the text of a message from everyone; its conversation is locked."""
    db.execute(delete(Reaction).where(Reaction.message_id == message.id))
    findable.forget(db, [message.id])
    summaries.forget(db, conversation.id, message.seq)
    reply_rows.stop(db, message)
    message.content = ""
    meta = kept.meta(message.meta)
    meta.pop("reactions", None)
    if meta.pop("attachments", None):
        files.let_go(db, [message.id])
    message.meta = cast(dict[str, object], meta)
    message.retracted_at = now(db)
    _changed(db, conversation, message, "message.retracted", NOBODY)


def _must_be_early(db: Session, held: Held) -> None:
    window = held.conversation.edit_window
    window = limits(db).edit_window if window is None else window
    if now(db) - held.message.created_at > seconds(window):
        raise ChatError("edit_window_over", "It is too late to change this message.")


def _changed(
    db: Session, conversation: Conversation, message: Message, event: str, named: Named
) -> wire.LiveMessage:
    """Give the change its number, and tell it; who is named now or no more hears their count."""
    before = _named(message)
    _keep_named(message, named)
    message.rev = members.next_rev(db, conversation)
    db.flush()
    live = views.live_messages(db, views.select_messages().where(Message.id == message.id))[0]
    events.record(db, Event(event, live, conversation.id, rev=live.rev))
    if before != named:
        mentions.replace(db, message.id, conversation.id, message.seq, named)
        whom = None if before.everyone != named.everyone else {*before.user_ids} ^ {*named.user_ids}
        preferences.tell_counts(db, conversation, whom, message.seq)
    return live


def touch(db: Session, conversation: Conversation, message: Message) -> None:
    """Tell that what is shown with a message has changed; its conversation is locked."""
    _changed(db, conversation, message, "message.updated", _named(message))


def _named(message: Message) -> Named:
    meta = kept.meta(message.meta)
    return Named(tuple(meta.get("mentions", ())), meta.get("everyone", False))


def _keep_named(message: Message, named: Named) -> None:
    meta = kept.meta(message.meta)
    meta.pop("mentions", None)
    meta.pop("everyone", None)
    if named.user_ids:
        meta["mentions"] = list(named.user_ids)
    if named.everyone:
        meta["everyone"] = True
    message.meta = cast(dict[str, object], meta) or None


def shown(db: Session, actor: Actor, message: Message) -> wire.Message:
    """A message as the actor sees it."""
    found = views.live_messages(db, views.select_messages().where(Message.id == message.id))
    return seen(db, actor, found)[0]


SHOWN = History(views.select_messages())


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
    first = history.visible_from(db, actor, conversation_id)
    bounds = Bounds(first, before=before, after=after, around=around)
    found = SHOWN.cut(db, conversation_id, bounds, limit)
    items = seen(db, actor, views.made(found.rows))
    return wire.MessagePage(items, found.has_more, found.has_newer)


def seen(db: Session, actor: Actor, found: Sequence[wire.LiveMessage]) -> list[wire.Message]:
    """Messages as the actor sees them: one's own carry their status."""
    mine = {live.conversation_id for live in found if live.sender.id == actor.user_id}
    marks = others_marks(db, actor.user_id, mine)
    reactions = views.own_reactions(db, actor.user_id, found)
    rated = views.own_feedback(db, actor.user_id, found)
    return [
        views.message_for(
            live,
            marks.get(live.conversation_id, ALONE).status(live.seq)
            if live.sender.id == actor.user_id
            else None,
            reactions.get(live.id, ()),
            rated.get(live.id),
        )
        for live in found
    ]


def newest(
    db: Session,
    conversation_id: str,
    *,
    limit: int = 50,
    offset: int = 0,
    before_time: datetime | None = None,
) -> list[wire.Message]:
    """The history of a conversation, whoever asks, the newest first; each message with the status
    that is told to its sender. `offset` counts from the newest (older than `before_time`)."""
    query = views.select_messages().where(Message.conversation_id == conversation_id)
    if before_time is not None:
        query = query.where(Message.created_at < before_time)
    query = query.order_by(Message.seq.desc()).limit(limit).offset(offset)
    return told(db, conversation_id, views.live_messages(db, query))


def told(
    db: Session, conversation_id: str, found: Sequence[wire.LiveMessage]
) -> list[wire.Message]:
    """Messages of one conversation, each with the status that is told to its sender."""
    query = select(Member.user_id, Member.read_seq, Member.delivered_seq).where(
        Member.conversation_id == conversation_id,
        Member.left_at.is_(None),
        Member.user_id.not_in(select(Assistant.user_id)),
    )
    rows = db.execute(query).all()
    marks: dict[str, Marks] = {}
    for sender_id in {live.sender.id for live in found}:
        others = [
            (read, max(read, handed)) for user_id, read, handed in rows if user_id != sender_id
        ]
        read = min((read for read, _ in others), default=0)
        marks[sender_id] = Marks(read, min((handed for _, handed in others), default=0))
    return [views.message_for(live, marks[live.sender.id].status(live.seq)) for live in found]


OTHERS = Keyed(
    (Member.conversation_id,),
    lambda known: (
        select(Member.conversation_id, func.min(Member.read_seq), func.min(Member.delivered_seq))
        .where(
            known,
            Member.left_at.is_(None),
            Member.user_id != bindparam("but"),
            Member.user_id.not_in(select(Assistant.user_id)),  # they read what they answer
        )
        .group_by(Member.conversation_id)
    ),
)


def others_marks(db: Session, user_id: str, conversation_ids: Collection[str]) -> dict[str, Marks]:
    """How far the others are in each conversation where there are others."""
    rows = OTHERS.rows(db, [(one,) for one in conversation_ids], but=user_id)
    return {row[0]: Marks(row[1], max(row[1], row[2])) for row in rows}
