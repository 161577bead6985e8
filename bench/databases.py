"""Databases of a scenario: empty ones with all tables, dropped at its end.

The servers are those that the tests find. `TRIALOGUE_BENCH_DATABASES=sqlite,mariadb` chooses
other kinds than a scenario's usual ones.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.support import services
from trialogue.store import migrate

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}


def chosen(usual: Sequence[str]) -> list[str]:
    """The kinds of databases to measure. Raises ValueError for an unknown one."""
    named = os.environ.get("TRIALOGUE_BENCH_DATABASES")
    kinds = named.split(",") if named else list(usual)
    unknown = set(kinds) - set(KINDS)
    if unknown:
        raise ValueError(f"no kind of database: {', '.join(sorted(unknown))}")
    return kinds


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database with all tables and no rows; a file of SQLite stands in `folder`."""
    name = f"trialogue_bench_{os.urandom(4).hex()}"
    if kind == "sqlite":
        url = f"sqlite:///{folder / name}.db"
        migrate.upgrade(url)
        yield url
        return
    server = services.find(kind)
    _administer(kind, server, f"CREATE DATABASE {name}")
    try:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        migrate.upgrade(url)
        yield url
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        _administer(kind, server, f"DROP DATABASE {name}{force}")


def _administer(kind: str, server: str, statement: str) -> None:
    if kind == "postgresql":
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)
    else:
        with services.connect_mariadb(server) as connection, connection.cursor() as cursor:
            cursor.execute(statement)


def servers(kinds: Sequence[str]) -> dict[str, dict[str, str]]:
    """What the servers say of themselves, and how they commit; of SQLite the machine's facts
    tell."""
    found = {}
    if "postgresql" in kinds:
        with psycopg.connect(services.find("postgresql")) as connection:
            names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
            rows = [connection.execute(f"SHOW {name}").fetchone() or ("",) for name in names]
            found["postgresql"] = {name: row[0] for name, row in zip(names, rows, strict=True)}
    if "mariadb" in kinds:
        names = ("version", "innodb_flush_log_at_trx_commit", "sync_binlog", "log_bin")
        with services.connect_mariadb(services.find("mariadb")) as line, line.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(f'@@{name}' for name in names)}")
            found["mariadb"] = dict(zip(names, map(str, cursor.fetchone() or ()), strict=True))
    return found
