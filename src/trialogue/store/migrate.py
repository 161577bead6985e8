"""Makes or brings up to date the tables of a database.

Alembic is loaded where there is something to migrate: a start of the server that finds everything
up to date does without (0.2 s, 6 MB).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from trialogue.store import engines

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "chat_version"

ADVISORY_LOCK = 0x7472_6961
PATIENCE = 600  # seconds that a server waits on MySQL while another one migrates


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, made here: no alembic.ini is needed."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(url: str) -> None:
    """Bring all tables to the newest revision; all of it or nothing (MySQL can't take back what a
    failed revision has made: there, restore a backup)."""
    parsed = engines.parse(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = engines.synchronous(parsed)
    try:
        with engine.begin() as connection:
            if _current(connection) == newest():
                return
        with engine.begin() as connection:
            _wait_for_others(connection)
            _migrate(connection)
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    from alembic import command

    command.upgrade(config(connection), "head")


def newest() -> str:
    """The newest revision of this program, by the names of its files."""
    return max(path.stem[1:5] for path in (MIGRATIONS / "versions").glob("v[0-9]*.py"))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(
        text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 — a name of our own
    ).scalar()
    return found


def _wait_for_others(connection: Connection) -> None:
    """Two servers that start at once must not both migrate. On SQLite the transaction itself keeps
    others out; on MySQL the lock ends with the connection, since every DDL commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
    if connection.dialect.name == "mysql":
        # Its names are those of the whole server, and 64 characters long at most.
        lock = f"GET_LOCK(CONCAT('trialogue_', SHA1(DATABASE())), {PATIENCE})"
        if connection.execute(text(f"SELECT {lock}")).scalar() != 1:
            raise TimeoutError(f"Another process has been migrating for {PATIENCE} s.")


def revisions(url: str) -> tuple[str | None, str | None]:
    """The revision of the tables, and the newest one of this program."""
    engine = engines.synchronous(engines.parse(url))
    try:
        with engine.begin() as connection:
            return _current(connection), newest()
    finally:
        engine.dispose()
