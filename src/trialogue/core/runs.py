"""The writing of replies: claimed by a runner, kept while they grow, ended; rescued when it dies.

All that changes a reply's state holds its conversation's lock; only `keep` does not, and is
conditional on the reply's epoch and node.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from trialogue.core import members, posting, reply_rows, summaries, titles, usage, views, wire
from trialogue.core.keyed import Keyed
from trialogue.core.limits import now, seconds
from trialogue.core.models import Assistant, Conversation, Message, Reply
from trialogue.core.posting import Draft, Posted
from trialogue.core.promises import Lease, Work
from trialogue.core.sql import changed_rows, fetch, locked, update_many

# Nobody is given a longer one. What ends later is from before the clock was set back.
LONGEST_LEASE = 60  # seconds
ATTEMPTS = 5  # after so many a reply that nobody writes is not promised anew: each costs money


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What has been written of a reply so far; `said` where it has changed who was asked for it,
    so many times `asked`."""

    epoch: int
    message_id: str
    attempt: int
    text: str
    said: wire.Reply | None = None
    asked: int = 0


def claim(db: Session, conversation_id: str, assistant_id: str, lease: Lease) -> Work | None:
    """Take the oldest promise of an assistant in a conversation, and show its message.

    None where there is none, or another one is being written: replies are serial.
    """
    conversation = members.lock(db, conversation_id)
    while True:
        found = _next(db, conversation_id, assistant_id)
        if found is None:
            return None
        row, assistant, recalled = found
        row.state, row.node, row.lease_until = "streaming", lease.node, lease.until
        row.epoch += 1
        row.attempt += 1
        row.claimed_at = now(db)
        with db.no_autoflush:  # the row is written once, with its message
            message = None if recalled else _show(db, conversation, row, assistant)
        if message is not None:
            db.flush()
            return _work(row, assistant, conversation, message)
        _give_up(db, conversation, row)


def _give_up(db: Session, conversation: Conversation, row: Reply) -> None:
    """End a reply whose assistant may not speak (any more)."""
    if row.message_id is not None and reply_rows.live(db, row.message_id).retracted_at is None:
        reply_rows.end(db, conversation, row, reply_rows.shown_as(db, row, "cancelled", None), None)
        return
    row.state, row.ended_at, row.lease_until, row.node = "cancelled", now(db), None, None
    db.flush()


def _next(
    db: Session, conversation_id: str, assistant_id: str
) -> tuple[Reply, Assistant, bool] | None:
    """The oldest promise, and whether its question was recalled before anything was said; None
    where there is none, or another reply is being written."""
    query = (
        select(Reply, Assistant, Message.id, Message.retracted_at)
        .join(Assistant, Assistant.id == Reply.assistant_id)
        .outerjoin(Message, Message.id == Reply.trigger_id)
        .where(
            Reply.conversation_id == conversation_id,
            Reply.assistant_id == assistant_id,
            Reply.state.in_(("queued", "streaming")),
        )
        .order_by(Reply.state.desc(), Reply.id)  # what is being written comes first
        .limit(1)
    )
    row = db.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None or row[0].state == "streaming":
        return None
    reply, assistant, question_id, retracted_at = row
    gone = question_id is None or retracted_at is not None
    return reply, assistant, gone and reply.message_id is None


Shown = wire.LiveMessage | wire.Message


def _work(row: Reply, assistant: Assistant, conversation: Conversation, message: Shown) -> Work:
    return Work(
        reply=cast(wire.Reply, message.reply),
        epoch=row.epoch,
        workspace_id=row.workspace_id,
        conversation_id=row.conversation_id,
        kind=conversation.kind,
        untitled=titles.lacking(conversation),
        assistant_user_id=assistant.user_id,
        asker_id=row.asker_id,
        message_id=message.id,
        seq=message.seq,
        rev=message.rev,
        prefill=message.content,
        instructions=assistant.instructions,
        providers=tuple(assistant.providers),
        context=assistant.context,
        settings=assistant.settings,
    )


def _show(
    db: Session, conversation: Conversation, row: Reply, assistant: Assistant
) -> Shown | None:
    """The message of a claimed reply; None where the assistant may not speak (any more)."""
    if row.message_id is not None:
        message = db.get_one(Message, row.message_id, populate_existing=True)
        if message.retracted_at is not None or conversation.archived_at is not None:
            return None
        if not reply_rows.speaks(db, row):
            return None
        again = reply_rows.shown_as(db, row, "streaming", None)
        return reply_rows.put(db, conversation, message, "streaming", again)
    draft = Draft(
        row.conversation_id,
        assistant.user_id,
        row.workspace_id,
        "",
        client_id=f"reply:{row.id}",
        parent_id=row.trigger_id,
        reply=reply_rows.begun(row),
    )
    (outcome,) = posting.post(db, [draft], wait=True)
    if not isinstance(outcome, Posted):
        return None
    row.message_id = outcome.message.id
    if row.version > 1:
        db.flush()
        _supersede_version(db, row)
    return outcome.message


def _supersede_version(db: Session, row: Reply) -> None:
    """The earlier answers to the same question point to this one."""
    same = (Reply.assistant_id == row.assistant_id, Reply.trigger_id == row.trigger_id)
    query = select(Reply.message_id).where(*same, Reply.version < row.version)
    earlier = [message_id for message_id in db.scalars(query) if message_id is not None]
    reply_rows.supersede(db, row.conversation_id, earlier, cast(str, row.message_id))


def keep(
    db: Session, node: str, until: datetime, written: Mapping[str, Checkpoint]
) -> frozenset[str]:
    """Keep the text of many replies and renew their leases; the ids of those that are still this
    node's to write. Takes no rev and no conversation's lock."""
    query = select(Reply.id, Reply.epoch).where(
        Reply.id.in_(written), Reply.state == "streaming", Reply.node == node
    )
    rows = db.execute(locked(query.order_by(Reply.id))).all()
    own = [row.id for row in rows if written[row.id].epoch == row.epoch]
    if own:
        changed_rows(db, update(Reply).where(Reply.id.in_(own)).values(lease_until=until))
        texts = [written[reply_id] for reply_id in own]
        rows_ = [{"id": a.message_id, "content": a.text, "attempt": a.attempt} for a in texts]
        update_many(db, Message, ["id"], rows_)
        reply_rows.keep_said(db, {each.message_id: each.said for each in texts if each.said})
    return frozenset(own)


@dataclass(frozen=True, slots=True)
class Finished:
    """How the end of a reply went: its message, None where somebody else has ended it; and whether
    its assistant has promised `more` in this conversation."""

    message: wire.LiveMessage | None
    more: bool


def finish(
    db: Session, work: Work, final: wire.Reply, text: str, spent: Sequence[usage.Spent] = ()
) -> Finished:
    """End a reply with its text, unless somebody else has: then nothing changes but what it cost.
    Done again, since nobody knew whether it was committed, it changes nothing."""
    conversation = members.lock(db, work.conversation_id)
    row = db.get_one(Reply, work.reply.id, populate_existing=True, with_for_update=True)
    message = None
    if row.state not in reply_rows.ENDED or row.epoch != work.epoch:
        usage.record(db, spent)
        if row.state == "streaming" and row.epoch == work.epoch:
            message = reply_rows.end(db, conversation, row, final, text)
    return Finished(message, _more(db, work))


WAITS = (
    select(Reply.id)
    .where(
        Reply.conversation_id == bindparam("conversation_id"),
        Reply.assistant_id == bindparam("assistant_id"),
        Reply.state == "queued",
    )
    .limit(1)
)


def _more(db: Session, work: Work) -> bool:
    """Whether a promise waits that the end of this reply lets be kept."""
    lane = {"conversation_id": work.conversation_id, "assistant_id": work.reply.assistant_id}
    return bool(fetch(db, WAITS, lane))


def settle(db: Session, spent: Sequence[usage.Spent]) -> None:
    """Keep what attempts cost whose reply has ended otherwise."""
    usage.record(db, spent)


def orphans(db: Session, *, sole: bool) -> list[str]:
    """Replies whose node is dead: its lease has run out, or there is no other node (`sole`)."""
    query = select(Reply.id).where(Reply.state == "streaming")
    if not sole:
        longest = now(db) + seconds(LONGEST_LEASE)
        query = query.where(or_(Reply.lease_until < now(db), Reply.lease_until > longest))
    return list(db.scalars(query.order_by(Reply.id).limit(1_000)))


def interrupt(db: Session, reply_id: str, *, sole: bool) -> None:
    """End a reply that nobody writes any more: what was kept of its text stays."""
    found = _held(db, reply_id)
    if found is None:
        return
    conversation, row = found
    expired = row.lease_until is None or not (
        now(db) <= row.lease_until <= now(db) + seconds(LONGEST_LEASE)
    )
    if row.state != "streaming" or not (sole or expired):
        return
    _interrupt(db, conversation, row)


def _interrupt(db: Session, conversation: Conversation, row: Reply) -> None:
    row.epoch += 1
    broken = wire.ReplyError("interrupted", "The server stopped in the middle of this reply.")
    reply_rows.end(db, conversation, row, reply_rows.shown_as(db, row, "interrupted", broken), None)


def held(db: Session, node: str) -> list[tuple[str, datetime]]:
    """Replies that a node has claimed and not ended, and when it did."""
    query = select(Reply.id, Reply.claimed_at).where(Reply.state == "streaming", Reply.node == node)
    return [(row[0], cast(datetime, row[1])) for row in db.execute(query.order_by(Reply.id))]


def put_back(db: Session, reply_id: str, node: str) -> None:
    """Promise a reply anew that a node has claimed without knowing it; its text is kept. One that
    was claimed again and again is interrupted."""
    found = _held(db, reply_id)
    if found is None or found[1].state != "streaming" or found[1].node != node:
        return
    conversation, row = found
    if row.attempt >= ATTEMPTS:
        _interrupt(db, conversation, row)
        return
    row.state, row.node, row.lease_until = "queued", None, None
    row.epoch += 1
    db.flush()


def lanes(db: Session) -> list[tuple[str, str]]:
    """Conversations and assistants with promises that wait."""
    query = select(Reply.conversation_id, Reply.assistant_id).where(Reply.state == "queued")
    return [(row[0], row[1]) for row in db.execute(query.distinct().limit(1_000))]


def _held(db: Session, reply_id: str) -> tuple[Conversation, Reply] | None:
    conversation_id = db.scalar(select(Reply.conversation_id).where(Reply.id == reply_id))
    if conversation_id is None:
        return None
    conversation = members.lock(db, conversation_id)
    return conversation, db.get_one(Reply, reply_id, populate_existing=True, with_for_update=True)


@dataclass(frozen=True, slots=True)
class Material:
    """What a reply is made from: the messages that its model may be given, ascending, the
    question last; and what is kept of those before."""

    messages: list[wire.LiveMessage]
    summary: str | None
    trigger: wire.LiveMessage


def given(db: Session, work: Work, most: int) -> Material:
    """What a model is given; ChatError `limited` where the asker, or all, have used up the day's
    tokens."""
    usage.check(db, work.workspace_id, work.asker_id)
    return material(db, work, most)


ASKED = Message.id == bindparam("trigger_id")
IN_PLACE = Message.conversation_id == bindparam("conversation_id")
STANDS = (
    Message.type != "system",
    Message.retracted_at.is_(None),
    Message.superseded_by.is_(None),
    Message.id != bindparam("message_id"),
)
UNTIL = (
    views.select_messages()
    .where(
        IN_PLACE,
        Message.seq <= select(Message.seq).where(ASKED).scalar_subquery(),
        or_(ASKED, and_(*STANDS)),
    )
    .order_by(Message.seq.desc())
    .limit(bindparam("most"))
)
LATE = Keyed(
    (Reply.trigger_id,),
    lambda known: (
        views.select_messages()
        .join(Reply, Reply.message_id == Message.id)
        .where(known, IN_PLACE, *STANDS, Message.seq > bindparam("after"))
        .order_by(Message.seq)
    ),
)


def material(db: Session, work: Work, most: int) -> Material:
    """The newest `most` messages up to the question. What was said after it is left out, but for
    answers to earlier questions, which came late."""
    place = {"conversation_id": work.conversation_id, "message_id": work.message_id}
    asked = {**place, "trigger_id": work.reply.trigger_id, "most": most + 1}
    newest = views.made(fetch(db, UNTIL, asked))
    trigger, found = newest[0], newest[:0:-1]
    if work.seq > trigger.seq + 1 or work.reply.attempt > 1:
        keys = [(live.id,) for live in found]
        found += views.made(LATE.rows(db, keys, after=trigger.seq, **place))
    summary = summaries.find(db, work.conversation_id, work.reply.assistant_id)
    return Material([*found, trigger], summary, trigger)
