"""Every test has a database of its own, with all tables and nobody else's rows."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, insert, inspect, make_url, text

from tests.support import services
from tests.support.databases import Databases, Mariadb, Postgresql, open_mariadb, open_postgresql
from trialogue.core.models import Workspace


def driver(url: str) -> str:
    """The URL as plain SQLAlchemy takes it."""
    plain = url.replace("postgresql://", "postgresql+psycopg://")
    return plain.replace("mysql://", "mysql+pymysql://")


def tables(url: str) -> set[str]:
    engine = create_engine(driver(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_a_fresh_database_has_all_tables(database_url: str) -> None:
    assert {"chat_version", "chat_messages"} <= tables(database_url)


def test_a_blank_database_has_none(blank_database_url: str) -> None:
    assert tables(blank_database_url) == set()


def test_what_one_test_writes_no_other_sees(databases: Databases) -> None:
    first, second = databases.migrated(), databases.migrated()
    engine = create_engine(driver(first))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))
    engine.dispose()
    assert "mine" in tables(first)
    assert "mine" not in tables(second)
    databases.give_back(first)
    databases.give_back(second)
    third = databases.migrated()
    assert "mine" not in tables(third)
    databases.give_back(third)


def test_a_database_that_is_given_back_comes_empty_even_if_someone_kept_a_lock(
    databases: Databases,
) -> None:
    url = databases.migrated()
    engine = create_engine(driver(url))
    row = {"id": str(uuid4()), "key": "a", "name": "A", "settings": {}, "generation": 1}
    with engine.begin() as connection:
        connection.execute(insert(Workspace), {**row, "created_at": datetime.now(UTC)})
    held = engine.connect()
    held.execute(text("UPDATE chat_workspaces SET name = 'B'"))
    databases.give_back(url)
    again = databases.migrated()
    other = create_engine(driver(again))
    with other.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM chat_workspaces")).scalar() == 0
    other.dispose()
    databases.give_back(again)
    held.invalidate()
    held.close()
    engine.dispose()


def kill_postgresql(databases: Postgresql, other: Postgresql) -> None:
    """End the server's side of a run, as when its process dies; returns when it is gone."""
    pid = other.admin.info.backend_pid
    gone = databases.admin.execute("SELECT pg_terminate_backend(%s, 10000)", [pid]).fetchone()
    assert gone == (True,)
    other.admin.close()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_databases_of_a_killed_run_are_dropped_and_those_of_a_live_one_stay(
    databases: Postgresql,
) -> None:
    server = services.find("postgresql")
    with open_postgresql(server) as other:
        alive = make_url(other.blank()).database
        databases.drop_abandoned()
        assert alive in databases.names()
        kill_postgresql(databases, other)
        databases.drop_abandoned()
        assert alive not in databases.names()


def kill_mariadb(databases: Mariadb, other: Mariadb) -> None:
    """The same on MariaDB."""
    number = other.admin.thread_id()
    with databases.admin.cursor() as cursor:
        cursor.execute(f"KILL {number}")
        # The lock that it held ends with it: whoever gets it knows that it is gone.
        cursor.execute("SELECT GET_LOCK(%s, 10)", [other.name])
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT RELEASE_LOCK(%s)", [other.name])
    other.admin.close()


@pytest.mark.parametrize("databases", ["mariadb"], indirect=True)
def test_databases_of_a_killed_run_are_dropped_on_mariadb_too(databases: Mariadb) -> None:
    server = services.find("mariadb")
    with open_mariadb(server) as other:
        alive = make_url(other.blank()).database
        databases.drop_abandoned()
        assert alive in databases.names()
        kill_mariadb(databases, other)
        databases.drop_abandoned()
        assert alive not in databases.names()
