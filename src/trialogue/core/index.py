"""How words are indexed and looked up on SQLite (FTS5), PostgreSQL (GIN) and MySQL (FULLTEXT).

All are given words that we have cut (`words`): none of their own cutters finds anything inside a
run of Chinese. With `sql` the place for what differs between databases. May touch: SQLAlchemy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from sqlalchemy import DDL, Dialect, Table, Text, bindparam, event, text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from trialogue.core import words
from trialogue.core.sql import MYSQL, Row, insert_all
from trialogue.core.words import Asked

WALK = 5_000  # the newest messages that PostgreSQL looks through before it asks its index
FARTHEST = 50_000  # and those it looks through where a page is likely to be full by then
HITS = 1_000  # the newest hits that SQLite looks through before it asks for one's rooms
FEW = 3  # rooms that PostgreSQL's index is always asked for
FREQUENT = 50  # one message in so many has a frequent word


class Words(TypeDecorator[str]):
    """Words with spaces between them, in the form that the database indexes."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name == "postgresql":
            return cast(TypeEngine[str], dialect.type_descriptor(postgresql.TSVECTOR()))
        if dialect.name in MYSQL:
            ascii_text = mysql.MEDIUMTEXT(charset="ascii", collation="ascii_bin")
            return cast(TypeEngine[str], dialect.type_descriptor(ascii_text))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name not in MYSQL:
            return value
        return " ".join(words.coded(value.split(" ")))


# Without its own copy of the words, their places and their count: they are looked for, not ranked.
# New rows come by `insert_words`: with a trigger for each row FTS5 writes anew for each row, which
# costs more than twice as much.
FTS5 = (
    """CREATE VIRTUAL TABLE chat_search_index USING fts5(words, content='chat_search',
    content_rowid='n', detail=none, columnsize=0, tokenize='ascii')""",
    """CREATE TRIGGER chat_search_delete AFTER DELETE ON chat_search BEGIN
    INSERT INTO chat_search_index (chat_search_index, rowid, words)
    VALUES ('delete', old.n, old.words); END""",
    """CREATE TRIGGER chat_search_update AFTER UPDATE ON chat_search BEGIN
    INSERT INTO chat_search_index (chat_search_index, rowid, words)
    VALUES ('delete', old.n, old.words);
    INSERT INTO chat_search_index (rowid, words) VALUES (new.n, new.words); END""",
)


def keep_index(model: type[DeclarativeBase]) -> None:
    """SQLite's index of words is made with the table."""
    for statement in FTS5:
        made = DDL(statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]
        event.listen(cast(Table, model.__table__), "after_create", made)


def insert_words(db: Session, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Keep the words of new messages; `n` is given by the database."""
    insert_all(db, model, rows)
    connection = db.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(_NEW_TO_FTS5, {"count": len(rows)})


# Nobody else writes meanwhile: the numbers of these rows are the last ones, without gaps.
_NEW_TO_FTS5: Final = text("""INSERT INTO chat_search_index (rowid, words)
    SELECT n, words FROM chat_search WHERE n > last_insert_rowid() - :count""")
ALL_TO_FTS5: Final = "INSERT INTO chat_search_index (chat_search_index) VALUES ('rebuild')"


def room_word(conversation_id: str) -> str:
    """The word that stands for a conversation: no text holds it, and its letters are random."""
    return "§" + conversation_id.replace("-", "")[-16:]


class Hit(NamedTuple):
    """A message with all words of a query, that one may see."""

    n: int
    message_id: str
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hits for `user_id` in a workspace, in `rooms` (None: wherever they are a member), before
    the number `before`."""

    asked: Asked
    user_id: str
    workspace_id: str
    rooms: Sequence[str] | None
    before: int


_VISIBLE: Final = """
    {join} chat_members AS m ON m.conversation_id = s.conversation_id AND m.user_id = :user_id
        AND m.left_at IS NULL AND m.visible_from_seq <= s.seq
    {join} chat_conversations AS c ON c.id = s.conversation_id
        AND c.workspace_id = :workspace_id AND c.first_seq <= s.seq"""
_READABLE: Final = "c.first_seq <= s.seq"
_FOUND: Final = "SELECT s.n, s.message_id, s.conversation_id FROM"
_NEWEST: Final = "ORDER BY s.n DESC LIMIT :most"


def find(db: Session, wanted: Wanted, most: int) -> list[Hit]:
    """The newest hits, `most` at the most, the newest first."""
    dialect = db.get_bind().dialect.name
    if dialect == "postgresql":
        return _find_postgresql(db, wanted, most)
    if dialect == "sqlite":
        return _find_sqlite(db, wanted, most)
    return _run(db, _MYSQL, wanted, most, query=_boolean(wanted))


# The index gives its rows in the order of `n`, the last first: nothing is sorted, and it stops
# when there are enough. CROSS JOIN is SQLite's word for "in this order". To ask for the rooms too
# costs more than to look at some hits of others: that is for words of which others have many. The
# last row of the first look is the number of hits, whoever may see them: all continuations of the
# beginning of a word are read each time that it is looked up, so it must not be counted apart.
_HITS: Final = """SELECT rowid AS n FROM chat_search_index
    WHERE chat_search_index MATCH :query AND rowid < :before ORDER BY rowid DESC LIMIT :walk"""
_SEEN: Final = f"""CROSS JOIN chat_search AS s ON s.n = f.n {_VISIBLE.format(join="CROSS JOIN")}
    ORDER BY f.n DESC LIMIT :most"""
_SQLITE: Final = f"{_FOUND} ({_HITS}) AS f {_SEEN}"
_LOOK: Final = f"""WITH f AS MATERIALIZED ({_HITS}), visible AS ({_FOUND} f {_SEEN})
    SELECT * FROM (SELECT * FROM visible UNION ALL SELECT -count(*), NULL, NULL FROM f)
    ORDER BY n DESC"""  # noqa: S608 — made of our own parts; all values are bound
_MYSQL: Final = f"""{_FOUND} chat_search AS s {_VISIBLE.format(join="JOIN")}
    WHERE MATCH (s.words) AGAINST (:query IN BOOLEAN MODE) AND s.n < :before {_NEWEST}"""
# A word that many messages have is soon met among the newest ones; all hits of a rare one are
# quickly sorted. Which of the two a word is the planner guesses wrongly: so the newest are looked
# through first, and tell it. The last row is their number, whoever may see them.
_WALK: Final = f"""WITH newest AS (SELECT n, message_id, conversation_id, seq, words
        FROM chat_search WHERE n < :before ORDER BY n DESC LIMIT :walk),
    s AS MATERIALIZED (SELECT * FROM newest WHERE words @@ CAST(:query AS tsquery)),
    visible AS ({_FOUND} s {_VISIBLE.format(join="JOIN")} {_NEWEST})
    SELECT * FROM (SELECT * FROM visible UNION ALL SELECT -count(*), NULL, NULL FROM s) AS f
    ORDER BY n DESC"""  # noqa: S608 — made of our own parts; all values are bound
_GIN: Final = f"""WITH s AS MATERIALIZED (SELECT n, message_id, conversation_id, seq
        FROM chat_search WHERE words @@ CAST(:query AS tsquery) AND n < :before)
    {_FOUND} s {_VISIBLE.format(join="JOIN")} {_NEWEST}"""  # noqa: S608 — likewise

# The words stand in the statement itself. Otherwise the driver prepares it, and after some
# searches PostgreSQL makes one plan for all: that of a frequent word, which reads the whole table.
_IN_PLACE: Final = bindparam("query", type_=Text(), literal_execute=True)


def _find_sqlite(db: Session, wanted: Wanted, most: int) -> list[Hit]:
    if wanted.rooms is None or len(wanted.rooms) > 1:
        *newest, hits = _run(db, _LOOK, wanted, most, query=_fts5(wanted, None), walk=HITS)
        if len(newest) == most or -hits.n < HITS:
            return newest
    return _run(db, _SQLITE, wanted, most, query=_fts5(wanted, wanted.rooms), walk=-1)


def _find_postgresql(db: Session, wanted: Wanted, most: int) -> list[Hit]:
    query = _tsquery(wanted, None)
    *newest, matching = _run(db, _WALK, wanted, most, query=query, walk=WALK)
    farther = _likely_walk(len(newest), most)
    if len(newest) < most and farther <= FARTHEST:
        *newest, _ = _run(db, _WALK, wanted, most, query=query, walk=farther)
    if len(newest) == most:
        return newest
    # Each room asked for is a long list to be read; worth it where others have most of the hits.
    rooms = wanted.rooms if wanted.rooms is not None and len(wanted.rooms) <= FEW else None
    if -matching.n > WALK // FREQUENT:
        rooms = wanted.rooms
    return _run(db, _GIN, wanted, most, query=_tsquery(wanted, rooms))


def _likely_walk(found: int, most: int) -> int:
    """How many messages are likely to hold a full page, where the newest `WALK` hold `found`."""
    return WALK * most * 3 // 2 // max(found, 1)  # half as many again: they are not evenly spread


def _run(db: Session, statement: str, wanted: Wanted, most: int, **own: str | int) -> list[Hit]:
    values = {
        "user_id": wanted.user_id,
        "workspace_id": wanted.workspace_id,
        "before": wanted.before,
        "most": most,
        **own,
    }
    if wanted.rooms is not None and len(wanted.rooms) == 1:
        statement = statement.replace(_READABLE, f"{_READABLE} AND c.id = :room")
        values["room"] = wanted.rooms[0]
    asked = text(statement)
    if db.get_bind().dialect.name == "postgresql":
        asked = asked.bindparams(_IN_PLACE)
    # Ids of PostgreSQL are not text.
    return [Hit(row[0], str(row[1]), str(row[2])) for row in db.execute(asked, values)]


def _fts5(wanted: Wanted, among: Sequence[str] | None) -> str:
    asked = wanted.asked
    # All words are letters and digits: within quotes none is an operator.
    parts = [f'"{word}"*' if word in asked.prefixes else f'"{word}"' for word in asked.words]
    if among is not None:
        rooms = " OR ".join(f'"{room_word(room)}"' for room in among)
        parts.append(f"({rooms})")
    return " AND ".join(parts)


def _tsquery(wanted: Wanted, among: Sequence[str] | None) -> str:
    asked = wanted.asked
    parts = [f"'{word}':*" if word in asked.prefixes else f"'{word}'" for word in asked.words]
    if among is not None:
        rooms = " | ".join(f"'{room_word(room)}'" for room in among)
        parts.append(f"({rooms})")
    return " & ".join(parts)


def _boolean(wanted: Wanted) -> str:
    asked = wanted.asked
    codes = zip(asked.words, words.coded(asked.words), strict=True)
    parts = [f"+{code}*" if word in asked.prefixes else f"+{code}" for word, code in codes]
    if wanted.rooms is not None:
        parts.append(f"+({' '.join(words.coded(map(room_word, wanted.rooms)))})")
    return " ".join(parts)
