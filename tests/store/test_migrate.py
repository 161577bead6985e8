"""Migrations: they make exactly the tables of the models, once, whoever starts them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Index, Table, inspect, text

from trialogue.core.models import Base
from trialogue.store import engines, migrate


def test_the_migrated_tables_are_those_of_the_models(blank_database_url: str) -> None:
    migrate.upgrade(blank_database_url)
    engine = engines.synchronous(engines.parse(blank_database_url))
    with engine.begin() as connection:
        options = {"version_table": "chat_version", "compare_type": True}
        options["include_object"] = lambda item, *_: of_the_models(item, connection)
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        tables = inspect(connection).get_table_names()
    engine.dispose()
    assert all(table.startswith("chat_") for table in tables)


def of_the_models(item: Any, connection: Connection) -> bool:
    """Whether the models speak of this here: not the tables that SQLite's index of words
    consists of, and each of the other databases has its own such index."""
    own = {"ix_chat_search_words": "postgresql", "ix_chat_search_full": "mysql"}
    if isinstance(item, Index) and item.name in own:
        return own[item.name] == connection.dialect.name
    return not (isinstance(item, Table) and item.name.startswith("chat_search_index"))


def test_servers_that_start_at_once_migrate_once(blank_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.upgrade, [blank_database_url] * 4))
    found, newest = migrate.revisions(blank_database_url)
    assert found == newest


def test_the_newest_revision_is_the_head_of_the_chain(blank_database_url: str) -> None:
    chain = ScriptDirectory.from_config(migrate.config())
    assert migrate.newest() == chain.get_current_head()
    assert len(list(chain.walk_revisions())) == int(migrate.newest())


def test_where_nothing_is_to_be_migrated_alembic_is_not_loaded(database_url: str) -> None:
    program = f"""
import sys
from trialogue.store import migrate
migrate.upgrade({database_url!r})
print([name for name in sys.modules if name.startswith("alembic")])
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout, run.stderr, run.returncode) == ("[]\n", "", 0)


def test_a_blank_database_has_no_revision(blank_database_url: str) -> None:
    found, newest = migrate.revisions(blank_database_url)
    assert found is None
    assert newest is not None


@pytest.mark.parametrize("databases", ["mariadb"], indirect=True)
def test_text_is_compared_exactly_whatever_the_default_of_the_server(database_url: str) -> None:
    engine = engines.synchronous(engines.parse(database_url))
    columns = "SELECT DISTINCT collation_name FROM information_schema.columns"
    tables = "SELECT DISTINCT engine, table_collation FROM information_schema.tables"
    with engine.connect() as connection:
        here = "WHERE table_schema = DATABASE()"
        found = connection.scalars(text(f"{columns} {here} AND collation_name IS NOT NULL"))
        assert set(found) == {"utf8mb4_bin", "ascii_bin"}
        assert connection.execute(text(f"{tables} {here}")).all() == [("InnoDB", "utf8mb4_bin")]
    engine.dispose()
