"""Migrations: they make exactly the tables of the models, once, whoever starts them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from trialogue.core.models import Base
from trialogue.store import engines, migrate


def test_the_migrated_tables_are_those_of_the_models(blank_database_url: str) -> None:
    migrate.upgrade(blank_database_url)
    engine = engines.synchronous(engines.parse(blank_database_url))
    with engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "chat_version", "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        tables = inspect(connection).get_table_names()
    engine.dispose()
    assert all(table.startswith("chat_") for table in tables)


def test_servers_that_start_at_once_migrate_once(blank_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.upgrade, [blank_database_url] * 4))
    found, newest = migrate.revisions(blank_database_url)
    assert found == newest


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
