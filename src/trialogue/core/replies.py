"""Replies as people deal with them: stop, continue, ask for another one, ask again.

They are promised by `triggers` and written by `runs`; all that changes one holds its
conversation's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from trialogue.core import events, kept, members, messages, posting, reply_rows, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReplyQueued
from trialogue.core.limits import now
from trialogue.core.models import Assistant, ChatUser, Conversation, Message, Reply
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft, Posted
from trialogue.core.sql import new_id

# What people do ---------------------------------------------------------------------------------


def cancel(
    db: Session,
    actor: Actor,
    reply_id: str,
    *,
    text: str | None = None,
    written: wire.Reply | None = None,
) -> wire.Message:
    """Stop a reply, for every member: what has been written stays (`text`, and who was asked,
    where the caller knows more of it than was kept). One that has ended is left as it is.

    Returns its message; of one that was not begun, the question. Raises ChatError `not_found`.
    """
    row = _of(db, actor, Reply.id == reply_id, "There is no such reply.")
    conversation, _ = members.lock_as(db, actor, row.conversation_id)
    row = db.get_one(Reply, row.id, populate_existing=True, with_for_update=True)
    if row.state in ("queued", "streaming"):
        reply_rows.stop_writing(db, conversation, row, text=text, written=written)
    return messages.get(db, actor, row.message_id or row.trigger_id)


def _of(db: Session, actor: Actor, condition: ColumnElement[bool], unknown: str) -> Reply:
    query = select(Reply).where(condition, Reply.workspace_id == actor.workspace_id)
    row = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise ChatError("not_found", unknown)
    try:
        members.require(db, actor, row.conversation_id)
    except ChatError:
        raise ChatError("not_found", unknown) from None
    return row


def _of_message(db: Session, actor: Actor, message_id: str) -> tuple[Conversation, Reply, Message]:
    """A reply by its message, under the lock of its conversation."""
    held = messages.hold(db, actor, message_id)
    query = select(Reply).where(Reply.message_id == message_id)
    row = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise ChatError("conflict", "This message is not the reply of an assistant.")
    messages.must_stand(held.message)
    if held.conversation.archived_at is not None:
        raise ChatError("conflict", "This conversation is archived.")
    if not reply_rows.speaks(db, row):
        raise ChatError("conflict", "This assistant is not in this conversation any more.")
    return held.conversation, row, held.message


def resume(db: Session, actor: Actor, message_id: str) -> wire.Message:
    """Continue a reply that broke off, or that ended at its longest: its text stays, and more is
    written after it.

    Raises ChatError `not_found`, `not_member`, `gone`, and `conflict` where there is nothing to
    continue. One that is under way already is left alone.
    """
    conversation, row, message = _of_message(db, actor, message_id)
    if row.state in ("queued", "streaming"):
        return messages.shown(db, actor, message)
    if message.superseded_by is not None or (row.state == "done" and not _ends_at_length(message)):
        raise ChatError("conflict", "This reply is complete, or another one took its place.")
    row.state, row.ended_at = "queued", None
    row.asker_id = actor.user_id  # whose tokens it takes now
    row.epoch += 1
    reply_rows.put(
        db, conversation, message, "queued", reply_rows.shown_as(db, row, "queued", None)
    )
    _queued(db, row)
    return messages.shown(db, actor, message)


def _ends_at_length(message: Message) -> bool:
    reply = kept.meta(message.meta).get("reply")
    return reply is not None and reply.get("finish") == "length"


def regenerate(db: Session, actor: Actor, message_id: str) -> str:
    """Promise another answer to the same question; the earlier one stays reachable.

    Returns the id of the new reply; of the one under way, where there is one. Raises ChatError
    `not_found`, `not_member`, `gone`, `conflict`.
    """
    _, row, _ = _of_message(db, actor, message_id)
    same = (Reply.assistant_id == row.assistant_id, Reply.trigger_id == row.trigger_id)
    running = select(Reply.id).where(*same, Reply.state.not_in(reply_rows.ENDED)).limit(1)
    under_way = db.scalar(running)
    if under_way is not None:
        return under_way
    trigger = db.get(Message, row.trigger_id)
    if trigger is None or trigger.retracted_at is not None or trigger.superseded_by is not None:
        raise ChatError("conflict", "The question is not there any more.")
    version = db.scalars(select(func.max(Reply.version)).where(*same)).one()
    fresh = _insert(db, row, actor.user_id, (version or 0) + 1)
    _queued(db, fresh)
    return fresh.id


def _insert(db: Session, like: Reply, asker_id: str, version: int) -> Reply:
    fresh = Reply(
        id=new_id(),
        workspace_id=like.workspace_id,
        conversation_id=like.conversation_id,
        assistant_id=like.assistant_id,
        trigger_id=like.trigger_id,
        version=version,
        asker_id=asker_id,
        state="queued",
        epoch=0,
        attempt=0,
        created_at=now(db),
    )
    db.add(fresh)
    db.flush()
    return fresh


def _queued(db: Session, row: Reply) -> None:
    data = ReplyQueued(row.id, row.assistant_id, row.asker_id)
    events.record(db, Event("reply.queued", data, row.conversation_id))


def ask_again(
    db: Session, actor: Actor, message_id: str, content: str, *, client_id: str | None = None
) -> wire.Message:
    """Ask a question of one's own anew, in other words: the new question is a message of its own,
    and takes the place of the old one and of what followed from it.

    Raises ChatError `not_found`, `not_member`, `forbidden` for messages of others, `gone`,
    `invalid`, `conflict`.
    """
    held = messages.hold(db, actor, message_id)
    old = held.message
    if old.sender_id != actor.user_id or old.type == "system":
        raise ChatError("forbidden", "Only who asked may ask again.")
    messages.must_stand(old)
    if old.superseded_by is not None and client_id is None:
        raise ChatError("conflict", "This question has been asked anew already.")
    draft = Draft(
        held.conversation.id, actor.user_id, actor.workspace_id, content, client_id, old.parent_id
    )
    (outcome,) = posting.post(db, [draft], wait=True)
    if isinstance(outcome, ChatError):
        raise outcome
    posted = cast(Posted, outcome)
    if posted.created:
        branch = _branch(db, held.conversation, old, posted.message.seq)
        _stop_all(db, held.conversation.id, branch)
        reply_rows.supersede(db, held.conversation.id, branch, posted.message.id)
    return messages.get(db, actor, posted.message.id)


def _stop_all(db: Session, conversation_id: str, questions: Sequence[str]) -> None:
    """Let nobody answer these (any more): another question takes their place."""
    query = select(Reply).where(
        Reply.conversation_id == conversation_id,
        Reply.trigger_id.in_(questions),
        Reply.state.in_(("queued", "streaming")),
    )
    conversation = members.lock(db, conversation_id)
    for row in db.scalars(query.order_by(Reply.id).with_for_update()).all():
        reply_rows.stop_writing(db, conversation, row)


BRANCH_MOST = 500  # messages of an old branch that are marked, the newest first


def _branch(db: Session, conversation: Conversation, old: Message, before: int) -> list[str]:
    """A question and what followed from it: with one assistant alone all that came after it, in
    a room its answers."""
    if conversation.kind == "assistant":
        query = select(Message.id).where(
            Message.conversation_id == conversation.id,
            Message.seq >= old.seq,
            Message.seq < before,
            Message.type != "system",
        )
        return list(db.scalars(query.order_by(Message.seq.desc()).limit(BRANCH_MOST)))
    answers = select(Reply.message_id).where(
        Reply.conversation_id == conversation.id, Reply.trigger_id == old.id
    )
    return [old.id, *(each for each in db.scalars(answers) if each is not None)]


# Reading ----------------------------------------------------------------------------------------


def text(db: Session, actor: Actor, message_id: str) -> wire.ReplyText:
    """What has been kept of a reply; ChatError `not_found`, `not_member`."""
    live = messages.get(db, actor, message_id)
    return wire.ReplyText(live.reply.attempt if live.reply else 1, live.content)


@dataclass(frozen=True, slots=True)
class Look:
    """What has been kept of a reply."""

    conversation_id: str
    state: wire.MessageState
    text: wire.ReplyText


def look(db: Session, actor: Actor, message_id: str) -> Look:
    """What has been kept of a reply, and its state; ChatError `not_found`, `not_member`."""
    live = messages.get(db, actor, message_id)
    text = wire.ReplyText(live.reply.attempt if live.reply else 1, live.content)
    return Look(live.conversation_id, live.state, text)


@dataclass(frozen=True, slots=True)
class Known:
    """Where a reply stands: its message (null while queued) and its state."""

    reply_id: str
    message_id: str | None
    state: wire.ReplyState
    trigger_id: str


def find(db: Session, actor: Actor, reply_id: str) -> Known:
    """A reply by its id, for members; ChatError `not_found`."""
    row = _of(db, actor, Reply.id == reply_id, "There is no such reply.")
    return Known(row.id, row.message_id, cast(wire.ReplyState, row.state), row.trigger_id)


def to(db: Session, trigger_id: str, *, assistant_id: str | None = None) -> list[str]:
    """The replies that a message has: those of `assistant_id` before others, then the first
    promised first."""
    # By the conversation, of which there is an index.
    place = select(Message.conversation_id).where(Message.id == trigger_id).scalar_subquery()
    query = select(Reply.id, Reply.assistant_id).where(
        Reply.conversation_id == place, Reply.trigger_id == trigger_id
    )
    rows = db.execute(query.order_by(Reply.version, Reply.id)).all()
    return [row[0] for row in sorted(rows, key=lambda row: row[1] != assistant_id)]


def answering(db: Session, reply_id: str) -> tuple[str, str]:
    """Which assistant a reply is promised by: its id, and its username or else its id."""
    query = (
        select(Assistant.id, ChatUser.username)
        .join(Reply, Reply.assistant_id == Assistant.id)
        .join(ChatUser, ChatUser.id == Assistant.user_id)
        .where(Reply.id == reply_id)
    )
    assistant_id, username = db.execute(query).one()
    return assistant_id, username or assistant_id


def running(db: Session, actor: Actor, conversation_id: str) -> str | None:
    """The reply of a conversation that was promised last and has not ended; for members. Raises
    ChatError `not_found`, `not_member`."""
    members.require(db, actor, conversation_id)
    query = select(Reply.id).where(
        Reply.conversation_id == conversation_id, Reply.state.in_(("queued", "streaming"))
    )
    return db.scalar(query.order_by(Reply.id.desc()).limit(1))


def must_be_possible(db: Session, actor: Actor, conversation_id: str) -> None:
    """ChatError `conflict` where no assistant is a member; `not_found`, `not_member` for who is
    none oneself."""
    members.require(db, actor, conversation_id)
    query = select(Conversation.assistant_count).where(Conversation.id == conversation_id)
    if not db.scalar(query):
        raise ChatError("conflict", "There is no assistant in this conversation.")
