"""A long history, written as rows: a million messages in rooms of different sizes, all of them
in the index of words as if they had been posted.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import cast

from sqlalchemy import Connection, Engine, Table, insert, text, update
from sqlalchemy.orm import Session

from bench.texts import Texts
from trialogue.core import index, words
from trialogue.core.models import Conversation, Message, Searchable
from trialogue.core.sql import MYSQL, new_id
from trialogue.store import engines

PORTION = 5_000  # messages in one transaction
KEPT = 50  # texts of each room that questions may be asked about
YEAR = timedelta(days=365)
_MESSAGES = cast(Table, Message.__table__)
_WORDS = cast(Table, Searchable.__table__)


@dataclass(slots=True)
class Shelf:
    """A room as it fills; `kept` is a fair choice of its texts."""

    room: str
    senders: Sequence[str]
    last: int = 0
    kept: list[str] = field(default_factory=list)

    def keep(self, content: str, chance: random.Random) -> None:
        """Count a message, and perhaps keep its text (reservoir sampling)."""
        self.last += 1
        if len(self.kept) < KEPT:
            self.kept.append(content)
        elif (place := chance.randrange(self.last)) < KEPT:
            self.kept[place] = content


def fill(url: str, shelves: Sequence[Shelf], texts: Texts, count: int) -> None:
    """Write `count` messages, spread over a year; the first rooms get the most (Zipf's law)."""
    chance = random.Random(len(shelves))
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(shelves))))
    engine = engines.synchronous(engines.parse(url))
    began = datetime.now(UTC) - YEAR
    with _index_at_the_end(engine):
        for start in range(0, count, PORTION):
            portion = texts.messages(min(PORTION, count - start))
            places = chance.choices(shelves, cum_weights=weights, k=len(portion))
            moment = began + YEAR * (start / count)
            rows = [
                _row(shelf, content, moment, chance)
                for shelf, content in zip(places, portion, strict=True)
            ]
            with Session(engine) as db, db.begin():
                _write(db, rows)
    with Session(engine) as db, db.begin():
        for shelf in shelves:
            counters = {"last_seq": shelf.last, "last_rev": Conversation.last_rev + shelf.last}
            db.execute(update(Conversation).where(Conversation.id == shelf.room).values(counters))
    _settle(engine)
    engine.dispose()


def _row(shelf: Shelf, content: str, moment: datetime, chance: random.Random) -> dict[str, object]:
    shelf.keep(content, chance)
    message_id = new_id()
    return {
        "id": message_id,
        "conversation_id": shelf.room,
        "seq": shelf.last,
        "rev": shelf.last + len(shelf.senders),
        "sender_id": chance.choice(shelf.senders),
        "client_id": message_id,
        "type": "text",
        "state": "sent",
        "content": content,
        "attempt": 1,
        "created_at": moment,
    }


def _write(db: Session, rows: Sequence[dict[str, object]]) -> None:
    found = [
        {
            "message_id": row["id"],
            "conversation_id": row["conversation_id"],
            "seq": row["seq"],
            "words": " ".join(
                [index.room_word(str(row["conversation_id"])), *words.cut(str(row["content"]))]
            ),
        }
        for row in rows
    ]
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, _MESSAGES, rows)
        _copy(connection, _WORDS, found)
    else:
        connection.execute(insert(_MESSAGES), rows)
        index.insert_words(db, _WORDS, found)


def _copy(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """PostgreSQL's way for very many rows."""
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({', '.join(rows[0])}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(tuple(row.values()))


@contextmanager
def _index_at_the_end(engine: Engine) -> Iterator[None]:
    """PostgreSQL's and MySQL's indexes of words are made at once when all is there; SQLite's
    grows with the messages, as it does where people write."""
    if engine.dialect.name == "sqlite":
        yield
        return
    kind = "mysql" if engine.dialect.name in MYSQL else engine.dialect.name
    own = {"postgresql": "ix_chat_search_words", "mysql": "ix_chat_search_full"}[kind]
    (words_index,) = (each for each in _WORDS.indexes if each.name == own)
    words_index.drop(engine)
    yield
    words_index.create(engine)


def _settle(engine: Engine) -> None:
    """What a running PostgreSQL or MySQL does by itself sooner or later; SQLite does nothing."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    elif engine.dialect.name in MYSQL:
        with engine.begin() as connection:
            connection.execute(text(f"ANALYZE TABLE {_MESSAGES.name}, {_WORDS.name}"))
