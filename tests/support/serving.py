"""Fixtures with running servers, for the folders of tests that drive the whole program.

`server` is shared by many tests, so each of them makes people of its own; `lone_server` is one
test's own, for what changes the server itself.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.databases import Databases
from tests.support.server import Server

SERVERS = pytest.StashKey[list[tuple[Server, int]]]()
Make = Callable[..., Server]


class Pool:
    """One running server for each kind of database; started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[int, Server] = {}

    def on(self, databases: Databases) -> Server:
        """The server on a database of this kind."""
        found = self._servers.get(id(databases))
        if found is None or not found.running:
            folder = self._folder / f"{len(self._servers)}-{os.urandom(2).hex()}"
            found = Server(databases.migrated(), folder).start()
            self._servers[id(databases)] = found
        return found

    def stop(self) -> None:
        """Stop them all."""
        for server in self._servers.values():
            server.discard()


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The shared servers of this process."""
    made = Pool(tmp_path_factory.mktemp("servers"))
    yield made
    made.stop()


@pytest.fixture
def server(databases: Databases, pool: Pool, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running server that other tests use too. It must survive, and must not have failed."""
    found = pool.on(databases)
    start = found.written()
    _keep(request, found, start)
    yield found
    assert found.running, "the server has died"
    assert found.faults(start) == []


@pytest.fixture
def make_server(
    databases: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Make]:
    """Makes servers of the test's own on fresh databases, not yet started; they end with it."""
    made: list[Server] = []

    def make(**options: str | list[str]) -> Server:
        url = databases.migrated()
        folder = tmp_path / f"server-{len(made)}"
        server = Server(url, folder, **options)  # type: ignore[arg-type]
        _keep(request, server, 0)
        made.append(server)
        return server

    yield make
    for server in made:
        server.discard()
        databases.drop(server.database_url)


@pytest.fixture
def make_nodes(
    databases: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., list[Server]]]:
    """Makes running servers of the test's own on one fresh database; they end with it. None of
    them may have failed."""
    made: list[Server] = []

    def make(count: int = 2, **settings: str) -> list[Server]:
        url = made[0].database_url if made else databases.migrated()
        settings = {"TRIALOGUE_SECRET_KEY": "the key of all nodes of this test", **settings}
        for _ in range(count):
            server = Server(url, tmp_path / f"node-{len(made)}", **settings)
            _keep(request, server, 0)
            made.append(server)
            server.start()
        return made[-count:]

    yield make
    for server in made:
        server.discard()
    if made:
        databases.drop(made[0].database_url)
    assert [fault for server in made for fault in server.faults()] == []


@pytest.fixture
def lone_server(make_server: Make) -> Iterator[Server]:
    """A running server of the test's own, on a fresh database."""
    made = make_server().start()
    yield made
    assert made.faults() == []


def _keep(request: pytest.FixtureRequest, server: Server, since: int) -> None:
    request.node.stash.setdefault(SERVERS, []).append((server, since))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Iterator[None]:
    """Show with a failed test what its servers wrote meanwhile."""
    report = yield
    if report.failed:
        for server, since in item.stash.get(SERVERS, []):
            report.sections.append((f"log of {server.url}", server.log(since)[-20_000:]))
    return report
