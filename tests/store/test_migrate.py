"""Migrations: they make exactly the tables of the models, once, whoever starts them."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

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
