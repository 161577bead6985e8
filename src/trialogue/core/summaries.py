"""What an assistant keeps of the messages that it is not given any more: never of what has been
recalled, edited, removed or replaced by another branch since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from trialogue.core import members, views, wire
from trialogue.core.limits import now
from trialogue.core.models import Message, Summary
from trialogue.core.sql import changed_rows, fetch

PORTION = 20  # messages that must have become old before they are summed up
MOST = 200  # messages that are summed up at once


@dataclass(frozen=True, slots=True)
class Older:
    """Messages that are not given any more and not summed up yet, ascending, and the summary of
    those before them, which reaches up to the number `after`."""

    after: int
    summary: str | None
    messages: Sequence[wire.LiveMessage]


KEPT = select(Summary.content).where(
    Summary.conversation_id == bindparam("conversation_id"),
    Summary.assistant_id == bindparam("assistant_id"),
)


def find(db: Session, conversation_id: str, assistant_id: str) -> str | None:
    """The summary that an assistant has of the beginning of a conversation."""
    place = {"conversation_id": conversation_id, "assistant_id": assistant_id}
    rows = fetch(db, KEPT, place)
    return rows[0][0] if rows else None


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
    return Older(after, kept.content if kept is not None else None, found)


def keep(db: Session, conversation_id: str, assistant_id: str, older: Older, content: str) -> None:
    """Keep what sums these up, unless they or the summary before them have changed meanwhile.

    Raises ChatError `not_found`.
    """
    members.lock(db, conversation_id)
    kept = db.get(Summary, (conversation_id, assistant_id), populate_existing=True)
    if (kept.up_to_seq if kept is not None else 0) != older.after or not _stand(db, older.messages):
        return
    if kept is None:
        kept = Summary(conversation_id=conversation_id, assistant_id=assistant_id)
        db.add(kept)
    kept.up_to_seq, kept.content, kept.updated_at = older.messages[-1].seq, content, now(db)
    db.flush()


def _stand(db: Session, summed: Sequence[wire.LiveMessage]) -> bool:
    """Whether messages are there as they were read."""
    query = select(Message.id, Message.edited_at).where(
        Message.id.in_([message.id for message in summed]),
        Message.retracted_at.is_(None),
        Message.superseded_by.is_(None),
    )
    found = {row.id: row.edited_at for row in db.execute(query)}
    return found == {message.id: message.edited_at for message in summed}


def forget(db: Session, conversation_id: str, seq: int) -> None:
    """A message is not what it was: drop what sums it up; its conversation is locked."""
    reaching = Summary.conversation_id == conversation_id, Summary.up_to_seq >= seq
    changed_rows(db, delete(Summary).where(*reaching))
