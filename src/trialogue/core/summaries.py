"""What an assistant keeps of the messages that it is not given any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import views, wire
from trialogue.core.limits import now
from trialogue.core.models import Message, Summary
from trialogue.core.sql import insert_new, locked

PORTION = 20  # messages that must have become old before they are summed up
MOST = 200  # messages that are summed up at once


@dataclass(frozen=True, slots=True)
class Older:
    """Messages that are not given any more and not summed up yet, ascending, and the summary of
    those before them."""

    summary: str | None
    messages: Sequence[wire.LiveMessage]


def find(db: Session, conversation_id: str, assistant_id: str) -> str | None:
    """The summary that an assistant has of the beginning of a conversation."""
    kept = db.get(Summary, (conversation_id, assistant_id), populate_existing=True)
    return kept.content if kept is not None else None


def due(db: Session, conversation_id: str, assistant_id: str, given: int) -> Older | None:
    """What is to be summed up where the newest `given` messages are given as they are; None as
    long as it is not worth it."""
    stands = (
        Message.conversation_id == conversation_id,
        Message.type != "system",
        Message.retracted_at.is_(None),
        Message.superseded_by.is_(None),
    )
    newest = select(Message.seq).where(*stands).order_by(Message.seq.desc())
    boundary = db.scalar(newest.offset(given).limit(1))
    if boundary is None:
        return None
    kept = db.get(Summary, (conversation_id, assistant_id), populate_existing=True)
    after = kept.up_to_seq if kept is not None else 0
    query = views.select_messages().where(*stands, Message.seq > after, Message.seq <= boundary)
    found = views.live_messages(db, query.order_by(Message.seq).limit(MOST))
    if len(found) < PORTION:
        return None
    return Older(kept.content if kept is not None else None, found)


def keep(
    db: Session, conversation_id: str, assistant_id: str, up_to_seq: int, content: str
) -> None:
    """Keep a summary of all messages up to `up_to_seq`; one that reaches farther stays."""
    where = {"conversation_id": conversation_id, "assistant_id": assistant_id}
    given = {"up_to_seq": up_to_seq, "content": content, "updated_at": now(db)}
    insert_new(db, Summary, {**where, **given})
    query = select(Summary).where(
        Summary.conversation_id == conversation_id, Summary.assistant_id == assistant_id
    )
    row = db.scalars(locked(query).execution_options(populate_existing=True)).one()
    if row.up_to_seq < up_to_seq:
        row.up_to_seq, row.content, row.updated_at = up_to_seq, content, now(db)
        db.flush()
