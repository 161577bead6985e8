"""The plain SQL of the documents makes what the migrations make, on each database."""

import os
import sqlite3
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from pymysql.constants import CLIENT
from sqlalchemy import Connection, inspect, make_url, text

from tests.support import services
from trialogue.store import engines, migrate, schema


def run_script(url: str, script: str) -> None:
    """Run a file of SQL as the database's own program would: all of it at once."""
    dialect = make_url(url).get_backend_name()
    if dialect == "sqlite":
        file = sqlite3.connect(make_url(url).database or "")
        file.executescript(script)
        file.close()
    elif dialect == "postgresql":
        with psycopg.connect(url) as connection:
            connection.execute(script)
    else:
        flag = {"client_flag": CLIENT.MULTI_STATEMENTS}
        with services.connect_mariadb(url, **flag) as line, line.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():  # tells the errors of the others
                pass


def found(url: str) -> dict[str, Any]:
    """All that can be asked of the tables of a database: by SQLAlchemy, and in its own words."""
    engine = engines.synchronous(engines.parse(url))
    with engine.begin() as connection:
        inspector = inspect(connection)
        tables = {name: seen(inspector, name) for name in inspector.get_table_names()}
        own = OWN[connection.dialect.name](connection, list(tables))
        version = connection.execute(text("SELECT * FROM chat_version")).all()
    engine.dispose()
    return {"tables": tables, "own": own, "version": version}


def seen(inspector: Any, table: str) -> dict[str, Any]:
    columns = inspector.get_columns(table)
    return {
        "columns": {each["name"]: {**each, "type": repr(each["type"])} for each in columns},
        "key": inspector.get_pk_constraint(table),
        "references": by_name(inspector.get_foreign_keys(table)),
        "unique": by_name(inspector.get_unique_constraints(table)),
        "indexes": by_name(inspector.get_indexes(table)),
    }


def by_name(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: item["name"])


def of_sqlite(connection: Connection, _: list[str]) -> list[Any]:
    """Virtual tables and triggers; of the others SQLAlchemy has told all."""
    query = """SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')
        OR sql LIKE 'CREATE VIRTUAL TABLE %' ORDER BY name"""
    return list(connection.execute(text(query)).all())


def of_postgresql(connection: Connection, _: list[str]) -> list[Any]:
    queries = [
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
        "SELECT relname, relkind, relrowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT"
        " tgisinternal",
    ]
    return [sorted(map(tuple, connection.execute(text(query)))) for query in queries]


def of_mysql(connection: Connection, tables: list[str]) -> list[Any]:
    """What SHOW CREATE TABLE says, whatever the order of its lines."""
    shown = [connection.execute(text(f"SHOW CREATE TABLE `{name}`")).one()[1] for name in tables]
    return [sorted(line.strip(" ,") for line in str(table).splitlines()) for table in shown]


OWN = {"sqlite": of_sqlite, "postgresql": of_postgresql, "mysql": of_mysql}


def test_the_sql_makes_what_the_migrations_make(blank_database_url: str, database_url: str) -> None:
    script = schema.tables(make_url(database_url).get_backend_name())
    run_script(blank_database_url, script)
    made, migrated = found(blank_database_url), found(database_url)
    assert len(migrated["tables"]) > 10
    assert any(migrated["own"])
    assert made == migrated


def test_a_database_that_was_made_by_the_sql_needs_no_migration(blank_database_url: str) -> None:
    run_script(blank_database_url, schema.tables(make_url(blank_database_url).get_backend_name()))
    current, newest = migrate.revisions(blank_database_url)
    assert current == newest
    migrate.upgrade(blank_database_url)


@pytest.mark.parametrize(("seed", "other"), [("1", "2")])
def test_the_documents_are_the_same_each_time(seed: str, other: str) -> None:
    """Sets come in another order in another process."""
    code = "from trialogue.store import schema; print(schema.documents())"

    def printed(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=environment, check=True, capture_output=True).stdout

    assert printed(seed) == printed(other)
