"""The numbers for Prometheus: who may read them, and that they count what happens."""

import re
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.http.conftest import open_http
from tests.http.shapes import refused
from tests.support.client import Caller
from tests.support.serving import Make

TOKEN = "a token that only Prometheus has"
Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(answer: httpx.Response) -> Numbers:
    """All samples, by name and labels."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers.get((f"trialogue_{name}", frozenset(labels.items())), 0.0)


@pytest.fixture
def guarded(make_server: Make) -> Iterator[Caller]:
    """Nobody in particular, who calls a server with a token for its numbers."""
    server = make_server(TRIALOGUE_METRICS_TOKEN=TOKEN, TRIALOGUE_TRUSTED_PROXIES="").start()
    with open_http(server) as http:
        yield Caller(http)
    assert server.faults() == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_only_this_machine_and_who_has_the_token_may_read(guarded: Caller) -> None:
    def ask(**headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return guarded.call("GET", "/metrics", headers=named)

    assert ask().status_code == 200
    for passed_on in ("X_Forwarded_For", "X_Real_IP", "Forwarded", "Via"):
        refused(ask(**{passed_on: "127.0.0.1"}), 401, "unauthenticated")
        told = ask(**{passed_on: "1.1.1.1", "Authorization": f"Bearer {TOKEN}"})
        assert told.status_code == 200
        wrong = ask(**{passed_on: "1.1.1.1", "Authorization": f"Bearer {TOKEN}x"})
        refused(wrong, 401, "unauthenticated")


def test_without_a_token_a_login_opens_nothing_from_elsewhere(api: Caller) -> None:
    ada = api.person()
    answer = ada.call("GET", "/metrics", headers={"X-Forwarded-For": "1.1.1.1"})
    refused(answer, 401, "unauthenticated")


def test_what_happens_is_counted(api: Caller) -> None:
    before = read(api.get("/metrics"))
    ada = api.person()
    room = ada.room()
    for _ in range(3):
        ada.say(room)
    refused(ada.get("/api/v1/conversations/nonsense"), 404, "not_found")
    after = read(api.get("/metrics"))

    def more(name: str, **labels: str) -> float:
        return of(after, name, **labels) - of(before, name, **labels)

    said = {"method": "POST", "route": "/api/v1/conversations/{conversation_id}/messages"}
    assert more("http_request_seconds_count", **said, status="201") == 3
    assert more("http_request_seconds_bucket", **said, status="201", le="+Inf") == 3
    assert 0 < more("http_request_seconds_sum", **said, status="201") < 30
    gone = {"method": "GET", "route": "/api/v1/conversations/{conversation_id}"}
    assert more("http_request_seconds_count", **gone, status="404") == 1
    assert more("messages_total") == 3
    assert 1 <= more("batch_size_count") <= 3
    assert more("batch_size_sum") == 3
    assert more("database_transaction_seconds_count", kind="write") >= 4
    assert more("database_transaction_seconds_count", kind="read") >= 4
    assert more("database_transaction_seconds_sum", kind="write") > 0
    assert more("sessions") == 1
    assert of(after, "tasks") >= 1
    assert of(after, "database_connections", state="idle") >= 1
    assert of(after, "database_connections", state="used") >= 0
    assert after["process_open_fds", frozenset()] > 0
    assert after["process_resident_memory_bytes", frozenset()] > 10_000_000


def test_paths_and_ids_of_people_are_no_labels(api: Caller) -> None:
    ada = api.person()
    for path in (f"/api/v1/users/{ada.id}", f"/{ada.id}", "/api/nothing", "/assets/nothing.js"):
        ada.get(path)
    text = api.get("/metrics").text
    assert ada.id not in text
    assert "nothing" not in text
    assert {'route="other"', 'route="/assets"'} <= set(re.findall(r'route="[^"]*"', text))
