"""Fixtures for every folder of tests, and the closing summary: what passed, what was left out.

A test that takes `database_url` (or anything that stands on it) runs once on each database; where
whole servers are driven, on MariaDB only with the mark `on_mariadb`.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import services
from tests.support.databases import (
    Databases,
    Mariadb,
    Postgresql,
    Sqlite,
    open_mariadb,
    open_postgresql,
)
from tests.support.own_redis import OwnRedis

DATABASES = ["sqlite", "postgresql", "mariadb"]
SERVERS = {"http", "live", "e2e"}  # folders of tests that drive whole servers


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of our mark."""
    config.addinivalue_line("markers", "on_mariadb: drive a server on MariaDB as well")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the kinds of database for a test that does not choose them itself."""
    chosen = any(
        "databases" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "databases" not in metafunc.fixturenames or chosen:
        return
    whole = metafunc.definition.path.parent.name in SERVERS
    marked = metafunc.definition.get_closest_marker("on_mariadb")
    kinds = [kind for kind in DATABASES if kind != "mariadb" or marked or not whole]
    metafunc.parametrize("databases", kinds, indirect=True)


def reach(service: str, request: pytest.FixtureRequest) -> str:
    """The address of a service; without it the test is left out, or fails where it is required."""
    try:
        return services.find(service)
    except services.Missing as missing:
        reason = f"{service} is not within reach: {missing}"
        if service in services.required():
            pytest.fail(f"{reason} (required by TRIALOGUE_TEST_REQUIRE)", pytrace=False)
        request.node.user_properties.append(("left out", service))
        pytest.skip(reason)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Files of this process."""
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Postgresql]:
    """Databases of this process; only through `databases`, which looks for the server first."""
    with open_postgresql(services.find("postgresql")) as databases:
        yield databases


@pytest.fixture(scope="session")
def mariadb_databases() -> Iterator[Mariadb]:
    """Databases of this process; only through `databases`, which looks for the server first."""
    with open_mariadb(services.find("mariadb")) as databases:
        yield databases


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Databases:
    """The maker of databases of one kind; the test counts for that kind in the summary."""
    kind: str = request.param
    if kind != "sqlite":
        reach(kind, request)
    request.node.user_properties.append(("database", kind))
    makers: Databases = request.getfixturevalue(f"{kind}_databases")
    return makers


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A fresh database with all tables. For one kind alone:
    `@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)`.
    """
    url = databases.migrated()
    yield url
    databases.give_back(url)


@pytest.fixture
def blank_database_url(databases: Databases) -> Iterator[str]:
    """A fresh database without tables, for tests of the migrations themselves."""
    url = databases.blank()
    yield url
    databases.drop(url)


# The door, `database: Database` on `database_url`, takes its place here.


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """A Redis that other tests use too: take channels that nobody else has."""
    return reach("redis", request)


@pytest.fixture
def own_redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnRedis]:
    """A running Redis of the test's own, which it may kill."""
    made = OwnRedis(reach("redis-server", request), tmp_path / "redis").start()
    yield made
    made.discard()


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> str:
    """The path of the browser."""
    return reach("chromium", request)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Two lines above pytest's own: what passed on which database, and what was left out."""
    passed = Counter(_noted(terminalreporter, "passed", "database"))
    counts = ", ".join(f"{kind} {passed[kind]}" for kind in DATABASES)
    missing = Counter(_noted(terminalreporter, "skipped", "left out"))
    left_out = ", ".join(f"{service} ({count} tests)" for service, count in missing.items())
    terminalreporter.write_line(f"passed per database: {counts}")
    terminalreporter.write_line(f"left out: {left_out or 'nothing'}")


def _noted(terminalreporter: pytest.TerminalReporter, outcome: str, name: str) -> list[str]:
    reports = terminalreporter.stats.get(outcome, [])
    notes = [note for report in reports for note in getattr(report, "user_properties", [])]
    return [str(value) for key, value in notes if key == name]
