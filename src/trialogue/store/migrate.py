"""Makes or brings up to date the tables of a database."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from trialogue.store import engines

ADVISORY_LOCK = 0x7472_6961  # so that two servers that start at once do not both migrate


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here: no alembic.ini is needed."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(url: str) -> None:
    """Bring all tables to the newest revision; all of it or nothing."""
    parsed = engines.parse(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = engines.synchronous(parsed)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            command.upgrade(config(connection), "head")
    finally:
        engine.dispose()


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
