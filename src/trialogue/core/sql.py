"""Column types, and every place where the SQL of SQLite and PostgreSQL differs.

May touch: SQLAlchemy.
"""

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVarTuple, cast
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Select,
    String,
    Table,
    Text,
    Update,
    Uuid,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

Columns = TypeVarTuple("Columns")


def new_id() -> str:
    """A fresh UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 12 bits of their
    fraction (section 6.2, method 3: ids sort by their making), then random bits."""
    stamp, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    noise = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    return str(UUID(int=stamp << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | noise))


class Id(TypeDecorator[str]):
    """An identifier: text in Python, `uuid` on PostgreSQL, text on SQLite."""

    impl = String(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=False))
        return dialect.type_descriptor(Text())


class Utc(TypeDecorator[datetime]):
    """A moment with zone UTC; databases without zones keep it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key(length: int) -> String:
    """Text that is compared byte by byte, for example a client's own id."""
    return String(length)


LongText = Text


def locked(query: Select[*Columns], *, skip: bool = False) -> Select[*Columns]:
    """Lock the rows of `query` until the end of the transaction, without blocking those who
    only refer to them. SQLite ignores it: its writer has locked the whole file already."""
    return query.with_for_update(key_share=True, skip_locked=skip)


def limit_wait(db: Session, seconds: int) -> None:
    """Let this transaction wait for a lock no longer than `seconds`."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(f"SET LOCAL lock_timeout = '{seconds}s'"))


def insert_new(
    db: Session,
    model: type[DeclarativeBase],
    values: Mapping[str, object] | Sequence[Mapping[str, object]],
) -> bool:
    """Insert rows that no unique key stands in the way of; tell whether all were inserted.

    A concurrent transaction that holds a key is waited for.
    """
    rows = [values] if isinstance(values, Mapping) else list(values)
    dialect = db.get_bind().dialect.name
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = cast(Table, model.__table__)
    statement = build(table).values(rows).on_conflict_do_nothing()
    counted = {"preserve_rowcount": True}
    result = db.connection().execute(statement, execution_options=counted)
    return result.rowcount == len(rows)


def escape_like(text: str) -> str:
    r"""Text to be found literally by LIKE … ESCAPE '\'."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def changed_rows(db: Session, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE that goes by the database's own rows; how many it found."""
    result = db.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[object]", result).rowcount
