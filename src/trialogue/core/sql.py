"""Column types, and every place where the SQL of SQLite, PostgreSQL and MySQL differs.

What is said of MySQL holds for MariaDB as well: only what both understand is used.

May touch: SQLAlchemy.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from struct import unpack
from typing import TypeVarTuple, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Insert,
    Select,
    String,
    Table,
    Text,
    Update,
    Uuid,
    bindparam,
    func,
    literal_column,
    text,
)
from sqlalchemy import Row as ResultRow
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

Columns = TypeVarTuple("Columns")
MYSQL = ("mysql", "mariadb")  # SQLAlchemy's names of the dialect
Row = Mapping[str, object]


class _Noise:
    """Random bytes, eight at a time. Asked for many at once: each time that it is asked the system
    lets another thread go first, for up to 5 ms."""

    def __init__(self) -> None:
        self._parts: Iterator[int] = iter(())

    def take(self) -> int:
        """64 random bits; for threads."""
        while True:
            try:
                return next(self._parts)
            except StopIteration:
                self._parts = iter(unpack("512Q", os.urandom(4096)))

    def forget(self) -> None:
        """A child process must not go on with the bytes of its parent."""
        self._parts = iter(())


_noise = _Noise()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_noise.forget)


def new_id() -> str:
    """A fresh UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 12 bits of their
    fraction (section 6.2, method 3: ids sort by their making), then random bits."""
    stamp, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    noise = 0b10 << 62 | _noise.take() >> 2
    text = f"{stamp << 16 | 0x7 << 12 | fraction:016x}{noise:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Id(TypeDecorator[str]):
    """An identifier: text in Python, `uuid` on PostgreSQL, ASCII on MySQL, text on SQLite."""

    impl = String(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=False))
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.CHAR(36, charset="ascii", collation="ascii_bin"))
        return dialect.type_descriptor(Text())


class Utc(TypeDecorator[datetime]):
    """A moment with zone UTC; databases without zones keep it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Key(TypeDecorator[str]):
    """Text that is compared byte by byte, for example a client's own id.

    UTF-8 in bytes on MySQL: of the collations that MySQL and MariaDB share, none tells 👍 from 🎉
    as well as `abc` from `abc ` (utf8mb4_bin ignores spaces at the end).
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        length = cast(String, self.impl).length or 0
        if dialect.name in MYSQL:
            return cast(TypeEngine[str], dialect.type_descriptor(mysql.VARBINARY(4 * length)))
        return dialect.type_descriptor(String(length))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name not in MYSQL:
            return value
        return cast(str, value.encode())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value.decode() if isinstance(value, bytes) else value


def key(length: int) -> Key:
    """The type of a key with at most so many characters."""
    return Key(length)


LongText = Text().with_variant(mysql.MEDIUMTEXT(), *MYSQL)


@compiles(CreateTable, *MYSQL)
def _create_table(create: CreateTable, compiler: DDLCompiler, **options: object) -> str:
    """Text of our tables is UTF-8 and compared by code points, whatever the server's default: the
    usual collations find "é" where "e" is asked for. Tables of others are left as they are."""
    build = cast(Callable[..., str], compiler.visit_create_table)
    made = build(create, **options)
    if not create.element.name.startswith("chat_"):
        return made
    return f"{made.rstrip()} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin\n\n"


def locked(query: Select[*Columns], *, skip: bool = False) -> Select[*Columns]:
    """Lock the rows of `query` until the end of the transaction; on PostgreSQL without blocking
    those who only refer to them. SQLite ignores it: its writer has locked the whole file."""
    return query.with_for_update(key_share=True, skip_locked=skip)


def referred(query: Select[*Columns]) -> Select[*Columns]:
    """Lock the rows of `query` as rows that refer to them will: it waits for who removes them."""
    return query.with_for_update(read=True, key_share=True)


def limit_wait(db: Session, seconds: int) -> None:
    """Let this transaction wait for a lock no longer than `seconds`."""
    dialect = db.get_bind().dialect.name
    if dialect == "postgresql":
        db.execute(text(f"SET LOCAL lock_timeout = '{seconds}s'"))
    elif dialect in MYSQL:
        _limit_session(db, seconds)


def _limit_session(db: Session, seconds: int) -> None:
    """MySQL knows this limit only for a whole session: it is set once a connection, and stays."""
    known = db.connection().info
    if known.get("lock_wait") != seconds:
        db.execute(text(f"SET SESSION innodb_lock_wait_timeout = {seconds}"))
        known["lock_wait"] = seconds


@contextmanager
def savepoint(db: Session) -> Iterator[None]:
    """What fails in this is undone alone. SQLite's driver does not begin by itself before a
    savepoint, whose end would then be a commit: a session of somebody's own engine is begun."""
    if db.get_bind().dialect.name == "sqlite":
        driver = db.connection().connection.dbapi_connection
        if not getattr(driver, "in_transaction", True):
            db.execute(text("BEGIN IMMEDIATE"))
    with db.begin_nested():
        yield


def fetch(
    db: Session, query: Select[*Columns], values: Mapping[str, object]
) -> Sequence[ResultRow[*Columns]]:
    """The rows of a query that is written once, with the values of its parameters. What the session
    has changed is flushed before, as it is before the session's own statements."""
    if db.autoflush:
        db.flush()
    return db.connection().execute(query, values).all()


def insert_new(db: Session, model: type[DeclarativeBase], row: Row) -> bool:
    """Insert a row if no unique key stands in its way; tell whether it was inserted.

    A concurrent transaction that holds a key is waited for.
    """
    connection = db.connection()
    statement = _insert_missing(cast(Table, model.__table__), connection.dialect.name)
    counted = {"preserve_rowcount": True}
    result = connection.execute(statement, row, execution_options=counted)
    return result.lastrowid == 0 if connection.dialect.name in MYSQL else result.rowcount == 1


def insert_missing(db: Session, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Insert those of the rows that no unique key stands in the way of; all have the same
    columns."""
    if rows:
        connection = db.connection()
        table = cast(Table, model.__table__)
        connection.execute(_insert_missing(table, connection.dialect.name), rows)


def insert_all(db: Session, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns."""
    if rows:
        db.connection().execute(_insert(cast(Table, model.__table__)), rows)


@cache
def _insert(table: Table) -> Insert:
    return table.insert()


@cache
def _insert_missing(table: Table, dialect: str) -> Insert:
    if dialect in MYSQL:
        return _insert_or_tell(table)
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing()


def _insert_or_tell(table: Table) -> Insert:
    """MySQL's way: a row that is there stays as it is, but LAST_INSERT_ID becomes 1.

    Row counts can't tell: the driver counts rows found, and one that stays is counted as one that
    is new. INSERT IGNORE could, but would also swallow what is no conflict.
    """
    first = table.primary_key.columns[0]
    same = func.if_(func.last_insert_id(literal_column("1")), first, first)
    return mysql.insert(table).on_duplicate_key_update({first.name: same})


def update_many(
    db: Session,
    model: type[DeclarativeBase],
    keys: Sequence[str],
    rows: Sequence[Row],
    *,
    upwards: str | None = None,
    unset: str | None = None,
) -> None:
    """Set other columns of the rows that the columns `keys` name, all in one round trip, in the
    order of their keys. All rows have the same columns.

    With `upwards`, only where that column is less than its new value; with `unset`, only where
    that column is null.
    """
    if not rows:
        return
    table = cast(Table, model.__table__)
    connection = db.connection()
    ordered = sorted(rows, key=lambda row: [str(row[key]) for key in keys])
    update = _Update(table, tuple(keys), tuple(rows[0]), upwards, unset)
    if connection.dialect.name in MYSQL:
        connection.exec_driver_sql(*update.joined(connection.dialect, ordered))
    else:
        news = [{f"new_{name}": value for name, value in row.items()} for row in ordered]
        connection.execute(_repeated(update), news)


@dataclass(frozen=True, slots=True)
class _Update:
    """One UPDATE of many rows, in the form that the driver sends in one round trip."""

    table: Table
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    upwards: str | None
    unset: str | None

    def joined(self, dialect: Dialect, rows: Sequence[Row]) -> tuple[str, tuple[object, ...]]:
        """For MySQL, whose drivers send an UPDATE for each row: joined with the new values.

        The plan is forced, for otherwise the server may lock rows in the order of the table.
        """
        line = "SELECT " + ", ".join(self._marker(name) for name in self.columns)
        conditions = [f"t.{key} = v.{key}" for key in self.keys]
        if self.upwards:
            conditions.append(f"t.{self.upwards} < v.{self.upwards}")
        if self.unset:
            conditions.append(f"t.{self.unset} IS NULL")
        news = [f"t.{name} = v.{name}" for name in self.columns if name not in self.keys]
        lines = " UNION ALL ".join([line] * len(rows))
        target = f"{self.table.name} AS t FORCE INDEX (PRIMARY) ON {' AND '.join(conditions)}"
        # Made of names of our own; all values are bound.
        statement = f"UPDATE ({lines}) AS v STRAIGHT_JOIN {target} SET {', '.join(news)}"  # noqa: S608
        bind = {name: self.table.c[name].type.bind_processor(dialect) for name in self.columns}
        values = [
            process(row[name]) if (process := bind[name]) else row[name]
            for row in rows
            for name in self.columns
        ]
        return statement, tuple(values)

    def _marker(self, name: str) -> str:
        """A value's place. Ids in the character set of their column: its index serves no other."""
        if isinstance(self.table.c[name].type, Id):
            return f"CONVERT(%s USING ascii) COLLATE ascii_bin AS {name}"
        return f"%s AS {name}"


@cache
def _repeated(shape: _Update) -> Update:
    """For drivers that send a statement with many sets of values at once."""
    column = shape.table.c
    new: dict[str, ColumnElement[object]] = {
        name: bindparam(f"new_{name}") for name in shape.columns
    }
    update = shape.table.update().where(*(column[key] == new[key] for key in shape.keys))
    if shape.upwards:
        update = update.where(column[shape.upwards] < new[shape.upwards])
    if shape.unset:
        update = update.where(column[shape.unset].is_(None))
    return update.values({name: new[name] for name in shape.columns if name not in shape.keys})


def escape_like(text: str) -> str:
    r"""Text to be found literally by LIKE … ESCAPE '\'."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def changed_rows(db: Session, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE that goes by the database's own rows; how many it found."""
    result = db.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[object]", result).rowcount
