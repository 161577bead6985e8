"""JSON that is nested too deep: told apart before it is parsed, and refused in good form."""

import json
from typing import Any

import pytest

from tests.http.shapes import refused
from tests.support.client import Caller
from trialogue.http.depth import MOST, is_too_deep

JSON = {"Content-Type": "application/json"}


def nested(levels: int) -> bytes:
    """Lists and objects in turn."""
    pairs = [(b"[", b"]") if level % 2 else (b'{"a":', b"}") for level in range(levels)]
    return b"".join(start for start, _ in pairs) + b"1" + b"".join(e for _, e in reversed(pairs))


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def test_the_limit_is_exact() -> None:
    assert json.loads(nested(MOST))
    assert not is_too_deep(nested(MOST))
    assert is_too_deep(nested(MOST + 1))
    assert is_too_deep(b"[" * (MOST + 1))  # though it is no JSON


@pytest.mark.parametrize(
    "value",
    [
        ["[" * 1_000, "{" * 1_000],
        ['"' + "[" * 1_000],
        ["\\" + "[" * 1_000],
        ["\\\\", '\\"' + "[" * 1_000, "]"],
        [[[]] for _ in range(1_000)],
        [{"a": [{"b": {}}]}] * 1_000,
        {"[" * 100: ["]" * 100], '"' * 99: 1},
    ],
)
def test_brackets_in_texts_and_side_by_side_are_no_levels(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=3, ensure_ascii=False)):
        assert depth(json.loads(text)) <= MOST
        assert not is_too_deep(text.encode())
        wrapped = b"[" * MOST + text.encode() + b"]" * MOST
        assert is_too_deep(wrapped)


@pytest.mark.parametrize("levels", [MOST + 2, 900, 1_100, 100_000])
def test_a_deep_body_is_refused_everywhere(api: Caller, levels: int) -> None:
    ada = api.person()
    path = f"/api/v1/conversations/{ada.room()}/messages"
    deep = b'{"content": "x", "more": ' + nested(levels) + b"}"
    if len(deep) > 500_000:
        deep = b"[" * levels
    for place in (path, "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/chat", "/api/v1/chat"):
        answer = ada.call("POST", place, content=deep, headers=JSON)
        assert "64 levels" in refused(answer, 400, "bad_request")["detail"]
    answer = ada.call("POST", "/v1/chat/completions", content=deep, headers=JSON)
    assert answer.status_code == 400
    assert "64 levels" in answer.json()["error"]["message"]


def test_a_deep_body_in_pieces_is_refused_too(api: Caller) -> None:
    deep = nested(1_000)
    pieces = (deep[place : place + 700] for place in range(0, len(deep), 700))
    answer = api.call("POST", "/api/v1/auth/login", content=pieces, headers=JSON)
    refused(answer, 400, "bad_request")


def test_what_is_no_json_may_hold_as_many_brackets_as_it_likes(api: Caller) -> None:
    ada = api.person()
    form = {"username": ada.name, "password": "[" * 200}
    refused(api.call("POST", "/api/v1/auth/token", data=form), 401, "invalid_credentials")
    said = ada.say(ada.room(), "[" * 2_000)
    assert said["content"] == "[" * 2_000
