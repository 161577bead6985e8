"""The row of a reply and its message: how both are read, shown and changed together.

All here is called under the lock of the conversation. Used by `runs`, which writes replies, and
`replies`, which people stop, continue and ask for anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import (
    events,
    findable,
    kept,
    members,
    promises,
    summaries,
    titles,
    views,
    wire,
)
from trialogue.core.events import Event, ReplyStopped
from trialogue.core.limits import now
from trialogue.core.models import Assistant, Conversation, Message, Reply
from trialogue.core.sql import locked

ENDED = ("done", "interrupted", "failed", "cancelled")


def begun(row: Reply) -> wire.Reply:
    """The reply of a message that is still empty."""
    asked = (row.id, row.assistant_id, row.trigger_id)
    return promises.begun(*asked, version=row.version, attempt=row.attempt)


def shown_as(
    db: Session,
    row: Reply,
    state: wire.ReplyState,
    error: wire.ReplyError | None,
    written: wire.Reply | None = None,
) -> wire.Reply:
    """The reply as its message shows it, in another state; who was asked for it as its writer
    knows, where it is `written` just now."""
    shown = live(db, row.message_id).reply if row.message_id else None
    shown = shown or begun(row)
    known = written or shown
    return replace(
        shown,
        state=state,
        attempt=row.attempt,
        provider=known.provider,
        model=known.model,
        attempts=known.attempts,
        error=error,
        finish=None,
        ended_at=None,
    )


def keep_said(db: Session, said: Mapping[str, wire.Reply]) -> None:
    """Keep who was asked for replies that are being written, by their messages. The rows are
    locked and read as they are now: reactions stand in the same place."""
    query = locked(select(Message).where(Message.id.in_(said)).order_by(Message.id))
    for message in db.scalars(query.execution_options(populate_existing=True)):
        meta = kept.meta(message.meta)
        meta["reply"] = kept.reply_meta(said[message.id])
        message.meta = cast(dict[str, object], meta)
    db.flush()


def speaks(db: Session, row: Reply) -> bool:
    """Whether the assistant of a reply is still a member of its conversation."""
    assistant = db.get_one(Assistant, row.assistant_id)
    return members.is_in(db, row.conversation_id, assistant.user_id)


def stop_writing(
    db: Session,
    conversation: Conversation,
    row: Reply,
    *,
    text: str | None = None,
    written: wire.Reply | None = None,
) -> None:
    """Stop a reply that is promised or being written, with its `text` and who was asked, where
    its writer knows more than was kept."""
    row.epoch += 1
    tell_writer(db, row)
    if row.message_id is None:
        row.state, row.ended_at = "cancelled", now(db)
        db.flush()
        titles.by_question(db, conversation, row.trigger_id)
        return
    row.attempt = written.attempt if written else row.attempt
    end(db, conversation, row, shown_as(db, row, "cancelled", None, written), text)


def end(
    db: Session, conversation: Conversation, row: Reply, final: wire.Reply, text: str | None
) -> wire.LiveMessage:
    """End a reply, with its text where that is known better than what was kept of it.

    What did not come to its end names its conversation all the same, by its question: it is to be
    found again. Only after a whole answer is a model asked for a name (`ai/asking.py`).
    """
    row.state, row.attempt = final.state, final.attempt
    row.ended_at, row.lease_until, row.node = now(db), None, None
    message = db.get_one(Message, cast(str, row.message_id), populate_existing=True)
    if message.retracted_at is None and text is not None:
        message.content = text
    message.attempt = final.attempt
    findable.keep(db, message)
    shown = put(db, conversation, message, final.state, replace(final, ended_at=row.ended_at))
    if final.state != "done":
        titles.by_question(db, conversation, row.trigger_id)
    return shown


def put(
    db: Session,
    conversation: Conversation,
    message: Message,
    state: wire.MessageState,
    reply: wire.Reply,
) -> wire.LiveMessage:
    """Give a message the state of its reply."""
    message.state = state
    meta = kept.meta(message.meta)
    meta["reply"] = kept.reply_meta(reply)
    message.meta = cast(dict[str, object], meta)
    message.attempt = reply.attempt
    return tell(db, conversation, message)


def tell(db: Session, conversation: Conversation, message: Message) -> wire.LiveMessage:
    """Give a change of a message its number, and tell it."""
    message.rev = members.next_rev(db, conversation)
    db.flush()
    changed = live(db, message.id)
    events.record(db, Event("message.updated", changed, conversation.id, rev=changed.rev))
    return changed


def live(db: Session, message_id: str) -> wire.LiveMessage:
    """A message as everyone sees it."""
    return views.live_messages(db, views.select_messages().where(Message.id == message_id))[0]


def stop(db: Session, message: Message) -> None:
    """Let nobody write the reply of a message any more that is being recalled."""
    if message.state not in ("queued", "streaming"):
        return
    query = select(Reply).where(Reply.message_id == message.id).with_for_update()
    row = db.scalars(query.execution_options(populate_existing=True)).one()
    row.state, row.ended_at, row.lease_until = "cancelled", now(db), None
    row.epoch += 1
    tell_writer(db, row)
    message.state = "cancelled"


def tell_writer(db: Session, row: Reply) -> None:
    """Let the node that writes a reply hear that it is stopped; it would find out when it keeps
    the text the next time."""
    data = ReplyStopped(row.id, row.epoch)
    events.record(db, Event("reply.stopped", data, row.conversation_id))


def supersede(db: Session, conversation_id: str, message_ids: Sequence[str], by: str) -> None:
    """Let messages of a locked conversation point to the one that takes their place. What sums
    them up is dropped."""
    if not message_ids:
        return
    conversation = members.lock(db, conversation_id)
    query = select(Message).where(Message.id.in_(message_ids), Message.superseded_by.is_(None))
    replaced = db.scalars(query.order_by(Message.seq)).all()
    for message in replaced:
        message.superseded_by = by
        tell(db, conversation, message)
    if replaced:
        summaries.forget(db, conversation_id, replaced[0].seq)
