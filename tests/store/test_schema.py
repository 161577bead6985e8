"""The plain SQL of the documents makes what the migrations make, on each database."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
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


def found(url: str) -> set[str]:
    """All that can be asked of the tables of a database, a line each: by SQLAlchemy, and in the
    database's own words."""
    engine = engines.synchronous(engines.parse(url))
    with engine.begin() as connection:
        inspector = inspect(connection)
        tables = inspector.get_table_names()
        lines = {line for table in tables for line in seen(inspector, table)}
        lines |= OWN[connection.dialect.name](connection, tables)
        lines |= {
            f"version {row}" for row in connection.execute(text("SELECT * FROM chat_version"))
        }
    engine.dispose()
    return lines


def seen(inspector: Any, table: str) -> Iterator[str]:
    for column in inspector.get_columns(table):
        yield f"{table}.{column['name']} { ({**column, 'type': repr(column['type'])}) }"
    yield f"{table} key {inspector.get_pk_constraint(table)}"
    for kind in ("foreign_keys", "unique_constraints", "indexes"):
        for each in getattr(inspector, f"get_{kind}")(table):
            yield f"{table} {kind} {each}"


def of_sqlite(connection: Connection, _: list[str]) -> set[str]:
    """Virtual tables and triggers; of the others SQLAlchemy has told all."""
    query = """SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')
        OR sql LIKE 'CREATE VIRTUAL TABLE %'"""
    return set(map(str, connection.execute(text(query))))


def of_postgresql(connection: Connection, _: list[str]) -> set[str]:
    """Indexes, constraints, triggers, and whether rows are protected, in PostgreSQL's words."""
    here = "relnamespace = 'public'::regnamespace"
    queries = [
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        f"SELECT relname, relkind, relrowsecurity FROM pg_class WHERE {here}",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ]
    return {str(row) for query in queries for row in connection.execute(text(query))}


def of_mysql(connection: Connection, tables: list[str]) -> set[str]:
    """What SHOW CREATE TABLE says, whatever the order of its lines, and however many rows another
    test has put into this database before."""
    lines = set()
    for name in tables:
        shown = connection.execute(text(f"SHOW CREATE TABLE `{name}`")).one()[1]
        shown = re.sub(r" AUTO_INCREMENT=\d+", "", shown)
        lines |= {f"{name}: {line.strip(' ,')}" for line in shown.splitlines()}
    return lines


OWN = {"sqlite": of_sqlite, "postgresql": of_postgresql, "mysql": of_mysql}


def test_the_sql_makes_what_the_migrations_make(blank_database_url: str, database_url: str) -> None:
    script = schema.tables(make_url(database_url).get_backend_name())
    run_script(blank_database_url, script)
    made, migrated = found(blank_database_url), found(database_url)
    assert len(migrated) > 100
    assert {"the SQL alone": made - migrated, "the migrations alone": migrated - made} == {
        "the SQL alone": set(),
        "the migrations alone": set(),
    }


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
