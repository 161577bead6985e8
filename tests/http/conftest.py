"""The stage of the HTTP tests: a running server, and someone who calls it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.client import PATIENCE, Caller, no_cookies
from tests.support.server import Server
from tests.support.serving import (
    make_server,
    pool,
    pytest_runtest_makereport,
    server,
)

__all__ = ["make_server", "pool", "pytest_runtest_makereport", "server"]


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
