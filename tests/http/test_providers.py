"""Model providers for admins: keys that are set and never told, in force at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.http.conftest import open_http
from tests.http.shapes import invalid, refused
from tests.support import provider
from tests.support.client import Caller
from tests.support.provider import Provider, fail
from tests.support.server import Server
from tests.support.serving import Make

PATH = "/api/v1/admin/providers"
KEY = "sk-0123456789abcdefghij"
LINK = "openai-compatible:gpt-test"


@pytest.fixture
def model() -> Iterator[Provider]:
    with provider.running() as made:
        yield made


@contextmanager
def keeper(server: Server) -> Iterator[Caller]:
    """The owner of a fresh server."""
    with open_http(server) as http:
        yield Caller(http).person("keeper")


def of(report: object, name: str) -> dict[str, object]:
    assert isinstance(report, dict)
    found: dict[str, object] = next(one for one in report["providers"] if one["provider"] == name)
    return found


def test_a_key_is_kept_sealed_used_at_once_and_survives_a_restart(
    make_server: Make, model: Provider
) -> None:
    server = make_server(TRIALOGUE_AI_PROVIDERS="").start()
    with keeper(server) as owner:
        before = owner.get(PATH).json()
        assert of(before, "openai-compatible")["key"] == {
            "set": False,
            "hint": None,
            "source": None,
        }
        setting = {"provider": "openai-compatible", "key": KEY, "url": model.url}
        answer = owner.put(PATH, providers=[setting], chain=[LINK])
        assert answer.status_code == 200, answer.text
        told = of(answer.json(), "openai-compatible")
        assert told["key"] == {"set": True, "hint": "…ghij", "source": "workspace"}
        assert answer.json()["chain"] == {"links": [LINK], "source": "workspace"}
        assert KEY not in answer.text + owner.get(PATH).text
        assert owner.post(f"{PATH}/test", provider="openai-compatible", model="gpt-test").json()[
            "ok"
        ]
        chat = owner.post("/api/v1/chat", content="Hello")
        assert "You said: Hello" in chat.text
        assert {one.key for one in model.asked()} == {KEY}
        assert owner.get("/health").json()["components"]["ai"] == {
            "status": "healthy",
            "kind": "openai-compatible",
            "ms": None,
        }
    server.stop()
    for file in server.folder.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file
    server.start()
    with open_http(server) as http:
        again = Caller(http, owner.grant).log_in()
        assert of(again.get(PATH).json(), "openai-compatible")["key"] == told["key"]
        assert "You said: Again" in again.post("/api/v1/chat", content="Again").text
    assert server.faults() == []


def test_the_environment_goes_first(make_server: Make) -> None:
    settings = {"OPENAI_API_KEY": KEY, "TRIALOGUE_AI_PROVIDERS": "openai:gpt-a"}
    server = make_server(**settings).start()
    with keeper(server) as owner:
        told = owner.get(PATH)
        assert of(told.json(), "openai")["key"] == {
            "set": True,
            "hint": "…ghij",
            "source": "environment",
        }
        assert told.json()["chain"]["source"] == "environment"
        assert KEY not in told.text
        for change in (
            {"providers": [{"provider": "openai", "key": "sk-another"}]},
            {"providers": [{"provider": "openai", "url": "https://elsewhere.example/v1"}]},
            {"chain": ["demo"]},
        ):
            refused(owner.put(PATH, **change), 409, "conflict")


def test_a_key_that_is_set_is_never_sent_to_a_new_address(
    make_server: Make, model: Provider
) -> None:
    server = make_server().start()
    with keeper(server) as owner:
        setting = {"provider": "openai", "key": KEY}
        assert owner.put(PATH, providers=[setting]).status_code == 200
        moved = {"provider": "openai", "url": model.url}
        invalid(owner.put(PATH, providers=[moved]), "body", "key")
        invalid(owner.post(f"{PATH}/test", **moved, model="gpt-test"), "body", "key")
        assert model.asked() == []
        tested = owner.post(f"{PATH}/test", **moved, key="sk-another", model="gpt-test").json()
        assert tested["ok"] is True, tested
        assert [one.key for one in model.asked()] == ["sk-another"]
        forgotten = owner.put(PATH, providers=[{"provider": "openai", "key": None}]).json()
        assert of(forgotten, "openai")["key"]["set"] is False


def test_health_is_degraded_while_nobody_of_the_chain_can_be_asked(
    make_server: Make, model: Provider
) -> None:
    settings = {"TRIALOGUE_AI_COMPATIBLE_URL": model.url, "TRIALOGUE_AI_PROVIDERS": LINK}
    server = make_server(**settings).start()
    with keeper(server) as owner:
        model.queue("gpt-test", fail(429, retry_after="600"))
        assert "limited" in owner.post("/api/v1/chat", content="Hello").text
        health = owner.get("/health")
        assert health.status_code == 200
        assert health.json()["status"] == "degraded"
        assert health.json()["components"]["ai"]["status"] == "degraded"
        told = of(owner.get(PATH).json(), "openai-compatible")
        assert (told["circuit"], told["failure"]) == ("open", "limited")
        # A test that succeeds lets it be asked again.
        asked = {"provider": "openai-compatible", "model": "gpt-test"}
        assert owner.post(f"{PATH}/test", **asked).json()["ok"] is True
        assert owner.get("/health").json()["status"] == "healthy"


def test_only_owners_and_admins_may_look(api: Caller, owner: Caller, admin: Caller) -> None:
    ada = api.person()
    for answer in (
        ada.get(PATH),
        ada.put(PATH, chain=["demo"]),
        ada.post(f"{PATH}/test", provider="openai"),
    ):
        refused(answer, 403, "forbidden")
    for one in (owner, admin):
        assert one.get(PATH).status_code == 200


def test_what_is_not_known_is_refused(admin: Caller) -> None:
    for change, place in (
        ({"providers": [{"provider": "nobody", "key": "x"}]}, "provider"),
        ({"providers": [{"provider": "openai", "key": "x", "url": "ftp://x"}]}, "url"),
        ({"providers": [{"provider": "openai", "key": "x", "url": "http://[::1"}]}, "url"),
        ({"providers": [{"provider": "alibaba", "key": "x", "url": "https://a:99999"}]}, "url"),
    ):
        invalid(admin.put(PATH, **change), "body", place)
    invalid(admin.post(f"{PATH}/test", provider="anthropic"), "body", "key")
    assert admin.post(f"{PATH}/test", provider="demo").json()["ok"] is True
