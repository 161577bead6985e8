"""What is kept of messages so that they are found: written by posting, edit, recall and purge."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from trialogue.core import index, wire, words
from trialogue.core.models import Message, Searchable


def add(db: Session, fresh: Sequence[wire.LiveMessage]) -> None:
    """Keep new messages so that they are found."""
    kept = _rows(fresh)
    if kept:
        index.insert_words(db, Searchable, kept)


def _rows(fresh: Sequence[wire.LiveMessage]) -> list[dict[str, object]]:
    return [
        {
            "message_id": live.id,
            "conversation_id": live.conversation_id,
            "seq": live.seq,
            "words": _words(live.conversation_id, live.content),
        }
        for live in fresh
        if live.type != "system"
    ]


def keep(db: Session, message: Message) -> None:
    """A message has another text now."""
    kept = _words(message.conversation_id, message.content)
    db.execute(
        update(Searchable)
        .where(Searchable.message_id == message.id)
        .values(words=kept)
        .execution_options(synchronize_session=False)
    )


def forget(db: Session, message_ids: Sequence[str]) -> None:
    """These messages are not to be found any more."""
    db.execute(
        delete(Searchable)
        .where(Searchable.message_id.in_(message_ids))
        .execution_options(synchronize_session=False)
    )


def _words(conversation_id: str, content: str) -> str:
    return " ".join([index.room_word(conversation_id), *words.cut(content)])
