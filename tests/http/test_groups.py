"""Calls that come too often: per user and group of routes, per address for strangers, and told
in headers."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.http.conftest import open_http
from tests.http.shapes import refused
from tests.support.client import Caller
from tests.support.server import Server
from tests.support.serving import Make
from tests.support.timeless import COMMAND
from trialogue.app import Parts, create_app
from trialogue.gate.limiter import SEARCHES, STRANGERS
from trialogue.http.groups import GROUPS
from trialogue.settings import Settings

ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ITEM = re.compile(r'"([a-z]+)";r=(\d+);t=(\d+)')


@pytest.fixture
def limiting(make_server: Make) -> Server:
    """A server with limits, for which no time passes."""
    return make_server(command=COMMAND, TRIALOGUE_RATE_LIMITS="on").start()


@pytest.fixture
def limited(limiting: Server) -> Iterator[Caller]:
    """Nobody in particular, who calls it."""
    with open_http(limiting) as http:
        yield Caller(http)
    assert limiting.faults() == []


def told(answer: httpx.Response) -> dict[str, int]:
    """What is left, by the header."""
    return {name: int(left) for name, left, _ in ITEM.findall(answer.headers["ratelimit"])}


def test_every_group_is_of_routes_that_exist() -> None:
    parts = Parts(Settings.model_construct(secret_key="-" * 32))
    paths = create_app(parts=parts).openapi()["paths"]
    known = {(method.upper(), path) for path, found in paths.items() for method in found}
    assert GROUPS.keys() - known == set()


@ON_ONE
def test_searching_too_often_is_refused_and_all_else_goes_on(limited: Caller) -> None:
    ada, bob = limited.person("ada"), limited.person("bob")
    first = ada.get("/api/v1/search", q="x")
    assert first.headers["ratelimit-policy"] == '"calls";q=12000;w=60, "searches";q=600;w=60'
    left = told(first)
    assert left.keys() == {"calls", "searches"}
    assert left["searches"] == SEARCHES.burst - 1
    for _ in range(SEARCHES.burst - 1):
        assert ada.get("/api/v1/search", q="x").status_code == 200
    answer = ada.get("/api/v1/search", q="x")
    refused(answer, 429, "limited")
    assert answer.headers["retry-after"] == "1"
    assert told(answer)["searches"] == 0
    refused(ada.get("/api/v1/users", query="x"), 429, "limited")
    assert bob.get("/api/v1/search", q="x").status_code == 200
    mine = ada.get("/api/v1/users/me")
    assert mine.status_code == 200
    assert told(mine).keys() == {"calls"}


@ON_ONE
def test_strangers_are_counted_by_address_and_users_are_none(limited: Caller) -> None:
    ada = limited.person()
    here, elsewhere = {"X-Forwarded-For": "10.0.0.1"}, {"X-Forwarded-For": "10.0.0.2"}

    def ask(headers: dict[str, str]) -> httpx.Response:
        return limited.call("GET", "/api/v1/users/me", headers=headers)

    first = told(ask(here))["strangers"]
    for _ in range(20):
        assert ada.call("GET", "/api/v1/users/me", headers=here).status_code == 200
    for _ in range(20):
        refused(answer := ask(here), 401, "unauthenticated")
    assert told(answer)["strangers"] == first - 20 == STRANGERS.burst - 21
    assert told(ask(elsewhere))["strangers"] == STRANGERS.burst - 1
    for _ in range(STRANGERS.burst - 21):
        refused(ask(here), 401, "unauthenticated")
    answer = ask(here)
    refused(answer, 429, "limited")
    assert answer.headers["retry-after"] == "1"
    refused(ask(elsewhere), 401, "unauthenticated")
    assert limited.call("GET", "/health/live", headers=here).status_code == 200
    openai = limited.call("GET", "/v1/models", headers=here)
    assert openai.status_code == 429
    assert openai.json()["error"]["type"] == "rate_limit_error"


@ON_ONE
def test_pages_and_health_are_not_counted(limited: Caller) -> None:
    for path in ("/", "/health", "/health/live", "/docs", "/openapi.json"):
        assert "ratelimit" not in limited.get(path).headers


def test_without_limits_no_header_speaks_of_them(api: Caller) -> None:
    answer = api.person().get("/api/v1/users/me")
    assert "ratelimit" not in answer.headers
    assert "ratelimit-policy" not in answer.headers
