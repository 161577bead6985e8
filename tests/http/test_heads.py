"""Addresses and headers that are too long: answered, and never gathered."""

import socket

import pytest

from tests.http.test_middleware import raw
from tests.support.client import Caller
from tests.support.server import Server
from trialogue.http.heads import HEADERS_MOST, MOST

START = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def told(answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 "), answer[:200]
    assert b"application/problem+json" in head
    assert b'"code":"too_large"' in body


def test_what_browsers_and_proxies_send_passes(server: Server) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 300) for number in range(HEADERS_MOST - 2))
    assert raw(server, START + lines + b"\r\n").startswith(b"HTTP/1.1 200")
    assert raw(server, START + b"X: " + b"a" * 60_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "lines",
    [
        b"X: " + b"a" * MOST + b"\r\n",
        b"a" * MOST + b": x\r\n",
        b"X: a\r\n" * HEADERS_MOST,
        b"X: " + b"a" * 8_000 + b"\r\n" + b"Y: " + b"a" * 60_000 + b"\r\n",
    ],
)
def test_too_much_is_answered_with_431(server: Server, api: Caller, lines: bytes) -> None:
    told(raw(server, START + lines + b"\r\n"))
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    told(raw(server, b"GET /ws HTTP/1.1\r\nHost: x\r\n" + upgrade + lines + b"\r\n"))
    assert api.get("/health/live").status_code == 200


def test_a_long_address_is_answered_with_431(server: Server) -> None:
    line = b"GET /api/v1/search?q=" + b"a" * MOST + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    told(raw(server, line))


@pytest.mark.parametrize("start", [START + b"X: ", b"GET /", START + b"X: a\r\n" * 50 + b"X"])
def test_a_head_without_end_is_cut_off(server: Server, start: bytes) -> None:
    with socket.create_connection(server.address, timeout=30) as line:
        line.sendall(start)
        sent = 0
        try:
            while sent < 16 * 1024 * 1024:
                line.sendall(b"a" * 16_384)
                sent += 16_384
        except OSError:
            pass
        assert sent < 16 * 1024 * 1024


def test_a_line_with_many_requests_is_bounded_one_by_one(server: Server) -> None:
    """Each head may have its length, however the requests lie in the packets."""
    one = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 30_000 + b"\r\n\r\n"
    last = START + b"X: " + b"a" * 30_000 + b"\r\n\r\n"
    assert raw(server, one * 5 + last).count(b"HTTP/1.1 200") == 6
