"""The tables as plain SQL, for those who read or make them without this program.

Made from the models alone. `script/schema` writes it, with the pictures of `diagrams`, into the
documents.
"""

import sys
from itertools import groupby
from pathlib import Path
from typing import Final

from sqlalchemy import (
    Column,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_mock_engine,
)
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.ddl import ExecutableDDLElement

from trialogue.core.models import Base
from trialogue.store import diagrams, migrate

DIALECTS: Final = {
    "sqlite": ("SQLite", "sqlite://"),
    "postgresql": ("PostgreSQL", "postgresql+psycopg://"),
    "mysql": ("MySQL and MariaDB", "mysql+pymysql://"),
}
# As Alembic makes it.
_VERSION: Final = Table(
    migrate.VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="chat_version_pkc"),
)


def documents() -> dict[str, str]:
    """The files of `docs/reference` that are made from the models, by their names."""
    sql = {f"schema.{dialect}.sql": tables(dialect) for dialect in DIALECTS}
    return {**sql, "schema.puml": diagrams.plantuml(), "schema.md": diagrams.page()}


def tables(dialect: str) -> str:
    """The SQL that makes all tables in an empty database, as `migrate.upgrade` leaves them.

    `dialect` is one of `DIALECTS`.
    """
    name, url = DIALECTS[dialect]
    head = [
        f"-- The tables on {name}, as `trialogue migrate` makes them in an empty database.",
        "-- Written by script/schema from the models.",
    ]
    version = [
        "-- By this, migrations know what is there.",
        *_created(_VERSION.metadata, url),
        f"INSERT INTO chat_version (version_num) VALUES ('{migrate.newest()}');",  # noqa: S608 — a name of ours
    ]
    parts = ["\n".join(head), *_created(Base.metadata, url), *version]
    return "\n\n".join(parts) + "\n"


def _created(metadata: MetaData, url: str) -> list[str]:
    """All statements that SQLAlchemy would send, those of our listeners (SQLite's index of words)
    among them."""
    sent: list[ExecutableDDLElement] = []

    def keep(statement: ExecutableDDLElement, *_: object, **__: object) -> None:
        sent.append(statement)

    engine = create_mock_engine(url, keep)
    metadata.create_all(engine, checkfirst=False)
    return [
        written
        for is_index, together in groupby(sent, lambda each: isinstance(each, CreateIndex))
        # A table's indexes are a set, which comes in any order.
        for written in (sorted if is_index else list)(
            _written(statement, str(statement.compile(dialect=engine.dialect)))
            for statement in together
        )
    ]


def _written(statement: ExecutableDDLElement, sql: str) -> str:
    lines = [line.rstrip().replace("\t", "  ") for line in sql.strip().splitlines()]
    made = "\n".join(lines) + ";"
    if isinstance(statement, CreateTable) and (said := diagrams.about(statement.element)):
        return "\n".join(diagrams.wrapped(said, "-- ")) + "\n" + made
    return made


def write(folder: Path) -> None:
    """Write all documents into a folder."""
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
