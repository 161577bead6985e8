"""The stage of the HTTP tests: a running server, and someone who calls it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.assisted import assisted, assisted_pool
from tests.support.client import PATIENCE, Caller, no_cookies
from tests.support.server import Server
from tests.support.serving import (
    make_server,
    pool,
    pytest_runtest_makereport,
    server,
)
from trialogue.core import users, wire, workspaces
from trialogue.store.database import Database

__all__ = [
    "assisted",
    "assisted_pool",
    "make_server",
    "pool",
    "pytest_runtest_makereport",
    "server",
]


def open_http(server: Server) -> httpx.Client:
    """An HTTP client that keeps no cookies."""
    return httpx.Client(
        base_url=server.url,
        cookies=no_cookies(),
        timeout=PATIENCE,
        trust_env=False,
        verify=False,
    )


@pytest.fixture
def api(server: Server) -> Iterator[Caller]:
    """Nobody in particular, who calls the shared server."""
    with open_http(server) as http:
        yield Caller(http)


Appoint = Callable[[Caller, wire.WorkspaceRole], Caller]


@pytest.fixture
def appoint(server: Server) -> Iterator[Appoint]:
    """Gives someone a role in the workspace, as a command on the server would."""
    database = Database(server.database_url)

    def give(person: Caller, role: wire.WorkspaceRole) -> Caller:
        with database.transaction() as db:
            users.grant_role(db, workspaces.ensure_default(db), person.id, role)
        return person

    yield give
    database.dispose()


@pytest.fixture
def admin(api: Caller, appoint: Appoint) -> Caller:
    """An admin of the shared server."""
    return appoint(api.person("admin"), "admin")


@pytest.fixture
def owner(api: Caller, appoint: Appoint) -> Caller:
    """An owner of the shared server; there are others."""
    return appoint(api.person("owner"), "owner")
