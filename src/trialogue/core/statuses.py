"""The status of a message, set by hand: sent, delivered, read, and only forwards.

Nothing is kept per message: it is how far all other members have come, so they are moved.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import checks, events, messages, reads, trusted, views, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReadMark
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.policy import Actor

ORDER: tuple[wire.MessageStatus, ...] = ("sent", "delivered", "read")


def get(db: Session, message_id: str) -> wire.Message:
    """A message with the status that is told to its sender; ChatError `not_found`."""
    message = trusted.row_of(db, message_id)
    found = views.live_messages(db, views.select_messages().where(Message.id == message.id))
    return messages.told(db, message.conversation_id, found)[0]


def advance(db: Session, message_id: str, status: object) -> wire.Message:
    """Say that a message was handed to, or read by, all other members.

    Raises ChatError `invalid`, `not_found`, `conflict` for a way back, or where nobody else is.
    """
    chosen = checks.choice(status, ORDER, "status")
    message = get(db, message_id)
    known = message.status or "sent"
    if ORDER.index(chosen) < ORDER.index(known):
        detail = f"A status moves only forwards, and this message is {known} already."
        raise ChatError("conflict", detail, field="status")
    if chosen == known:
        return message
    others = _others(db, message)
    if not others:
        raise ChatError("conflict", "Nobody else is in this conversation.", field="status")
    if chosen == "read":
        _, workspace_id = trusted.place(db, message.conversation_id)
        for user_id in others:
            reader = Actor(user_id, workspace_id, "member", None)
            reads.mark(db, reader, message.conversation_id, message.seq)
    else:
        _deliver(db, message, others)
    return get(db, message.id)


def _others(db: Session, message: wire.Message) -> list[str]:
    query = select(Member.user_id).where(
        Member.conversation_id == message.conversation_id,
        Member.left_at.is_(None),
        Member.user_id != message.sender.id,
    )
    return list(db.scalars(query.order_by(Member.user_id)))


def _deliver(db: Session, message: wire.Message, others: list[str]) -> None:
    conversation_id = message.conversation_id
    reads.deliver(db, {(conversation_id, user_id): message.seq for user_id in others})
    last_rev = db.scalars(
        select(Conversation.last_rev).where(Conversation.id == conversation_id)
    ).one()
    for user_id in others:
        mark = ReadMark(user_id, 0, message.seq, None)
        events.record(db, Event("read.marked", mark, conversation_id, at_rev=last_rev))
