"""Behind proxies: whose word counts, and that HTTP and sockets hear the same."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from trialogue.gate.proxies import Proxies

CASES = [
    # of X-Forwarded-For, trusted, the client's address; all requests come from 10.0.0.1
    ([], "", "10.0.0.1"),
    ([], "10.0.0.1", "10.0.0.1"),
    (["1.1.1.1"], "", "10.0.0.1"),
    (["1.1.1.1"], "10.0.0.1", "1.1.1.1"),
    (["1.1.1.1"], "10.0.0.2", "10.0.0.1"),
    (["1.1.1.1"], "192.168.0.1, 10.0.0.0/8", "1.1.1.1"),
    (["6.6.6.6, 1.1.1.1, 10.0.0.2"], "10.0.0.0/8", "1.1.1.1"),
    (["6.6.6.6, 1.1.1.1, inner"], "10.0.0.1,inner", "1.1.1.1"),
    (["6.6.6.6, 1.1.1.1"], "*", "6.6.6.6"),
    (["10.0.0.3, 10.0.0.2"], "10.0.0.0/8", "10.0.0.3"),
    (["2001:db8::1"], "10.0.0.1", "2001:db8::1"),
    (["1.1.1.1:4711"], "10.0.0.1", "1.1.1.1"),
    (["[2001:db8::1]:4711"], "10.0.0.1", "2001:db8::1"),
    (["1.1.1.1, "], "10.0.0.1", "10.0.0.1"),
]


@pytest.mark.parametrize(("forwarded", "trusted", "address"), CASES)
def test_only_trusted_proxies_are_believed(
    forwarded: Sequence[str], trusted: str, address: str
) -> None:
    assert Proxies(trusted).client("10.0.0.1", forwarded) == address


def test_of_several_headers_the_last_one_counts() -> None:
    """A proxy that adds a header of its own adds it after those that the client has sent."""
    assert Proxies("10.0.0.1").client("10.0.0.1", ["6.6.6.6", "1.1.1.1"]) == "1.1.1.1"


def test_without_a_peer_there_is_no_address() -> None:
    assert Proxies("").client("", []) == ""


@pytest.mark.parametrize(("forwarded", "trusted", "address"), CASES)
def test_http_comes_to_the_same_address(
    forwarded: Sequence[str], trusted: str, address: str
) -> None:
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope: Any = {"type": "http", "client": ("10.0.0.1", 1), "headers": headers, "scheme": "http"}
    judge: Any = ProxyHeadersMiddleware(application, trusted)
    asyncio.run(judge(scope, None, None))
    assert seen == [address]
