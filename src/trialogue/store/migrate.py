"""Makes or brings up to date the tables of a database."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from trialogue.store import engines

ADVISORY_LOCK = 0x7472_6961
PATIENCE = 600  # seconds that a server waits on MySQL while another one migrates


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here: no alembic.ini is needed."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
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
            _wait_for_others(connection)
            command.upgrade(config(connection), "head")
    finally:
        engine.dispose()


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
            options = {"version_table": "chat_version"}
            found = MigrationContext.configure(connection, opts=options).get_current_revision()
    finally:
        engine.dispose()
    return found, ScriptDirectory.from_config(config()).get_current_head()
