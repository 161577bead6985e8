"""How often logins may be tried: per address and per account, and never for long."""

from collections.abc import Iterator

import httpx
import pytest

from tests.http.shapes import refused
from tests.support.client import PASSWORD, Caller, unique
from tests.support.serving import Make
from tests.support.timeless import COMMAND
from trialogue.gate.limiter import FAILED_LOGINS

# Counting is in memory: the database plays no part.
ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
LOGIN = "/api/v1/auth/login"


@pytest.fixture
def limited(make_server: Make) -> Iterator[Caller]:
    """A server with limits; who calls it comes through a proxy that it trusts."""
    server = make_server(command=COMMAND, TRIALOGUE_RATE_LIMITS="on").start()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http:
        yield Caller(http)
    assert server.faults() == []


def log_in(api: Caller, name: str, password: str, address: str) -> httpx.Response:
    body = {"username": name, "password": password}
    return api.call("POST", LOGIN, json=body, headers={"X-Forwarded-For": address})


@ON_ONE
def test_an_account_is_guarded_and_its_owner_still_comes_in_from_home(limited: Caller) -> None:
    name = unique("ada")
    body = {"username": name, "password": PASSWORD}
    home = {"X-Forwarded-For": "10.0.0.1"}
    assert limited.call("POST", "/api/v1/auth/register", json=body, headers=home).is_success
    for number in range(10):
        answer = log_in(limited, name, "guess", f"10.1.0.{number}")
        refused(answer, 401, "invalid_credentials")
    for account in (name, name.upper()):
        answer = log_in(limited, account, PASSWORD, "10.2.0.1")
        refused(answer, 429, "limited")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert log_in(limited, name, PASSWORD, "10.0.0.1").status_code == 200


@ON_ONE
def test_an_address_is_guarded_whatever_names_it_tries(limited: Caller) -> None:
    limited.person()
    for number in range(FAILED_LOGINS.burst):
        refused(log_in(limited, f"nobody{number}", "x", "10.3.0.1"), 401, "invalid_credentials")
    refused(log_in(limited, "another", "x", "10.3.0.1"), 429, "limited")
    refused(log_in(limited, "another", "x", "10.3.0.2"), 401, "invalid_credentials")


@ON_ONE
def test_the_present_password_is_not_to_be_guessed_either(limited: Caller) -> None:
    ada = limited.person()
    change = {"current_password": "guess", "new_password": PASSWORD}
    for _ in range(10):
        refused(ada.post("/api/v1/auth/password", **change), 401, "invalid_credentials")
    refused(ada.post("/api/v1/auth/password", **change), 429, "limited")
