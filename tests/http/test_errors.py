"""Errors have one form, whatever goes wrong: what is no JSON, no object, no known type."""

import json

import pytest

from tests.http.shapes import invalid, refused
from tests.support.client import Caller

LOGIN = "/api/v1/auth/login"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"}", b"{'a': 1}", b"nothing", b'{"username": }', b'{"a":1}{"a":1}', b"\x00"),
        *(b'{"username":"\xff"}', b"\xff\xfe", b'{"username":"a\nb"}', b"[" * 100_000),
        *(b'{"a":' * 100_000, b'{"username":' + b"9" * 5000 + b"}", b"-", b'"\\u12"'),
    ],
)
def test_what_is_no_json_is_a_bad_request(api: Caller, body: bytes) -> None:
    refused(api.call("POST", LOGIN, content=body, headers=JSON), 400, "bad_request")


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "1", "true", "[[]]", "NaN", ""])
def test_json_that_is_no_object_is_invalid(api: Caller, body: str) -> None:
    answer = api.call("POST", LOGIN, content=body, headers=JSON)
    assert refused(answer, 422, "invalid")["errors"][0]["loc"] == ["body"]


@pytest.mark.parametrize(
    "kind",
    [
        *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"),
        *("application/xml", "json", "*/*", "application/json-seq", None),
    ],
)
def test_a_body_of_another_type_is_named_as_such(api: Caller, kind: str | None) -> None:
    body = json.dumps({"username": "ada", "password": "correct horse"}).encode()
    headers = {"Content-Type": kind} if kind else {}
    answer = api.call("POST", LOGIN, content=body, headers=headers)
    assert "application/json" in refused(answer, 415, "unsupported_type")["detail"]


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_by_any_of_its_names_is_read(api: Caller, kind: str) -> None:
    ada = api.person()
    body = json.dumps({"username": ada.name, "password": "correct horse"})
    answer = api.call("POST", LOGIN, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["\ud800", "\0", "x" * 10_000, "a.b", "", "键"])
def test_an_unknown_field_of_any_name_is_refused(api: Caller, name: str) -> None:
    body = json.dumps({"username": "ada", "password": "x", name: 1})
    refused(api.call("POST", LOGIN, content=body, headers=JSON), 422, "invalid")


def test_a_field_that_comes_twice_counts_once(api: Caller) -> None:
    body = '{"username":"a","username":"b","password":"correct horse"}'
    refused(api.call("POST", LOGIN, content=body, headers=JSON), 401, "invalid_credentials")


def test_all_that_is_wrong_is_told_at_once_and_what_was_sent_is_not(api: Caller) -> None:
    secret = "swordfish-7351"
    answer = api.post("/api/v1/auth/register", username=5, password=[secret], x=secret)
    for field in ("username", "password", "x"):
        invalid(answer, "body", field)
    assert secret not in answer.text


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"stop": 5}, "stop"),
        ({"stop": ["x", 5]}, "stop"),
        ({"stop": ["x"] * 17}, "stop"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": {"str": 5}}]}, "messages.0.content"),
        ({"messages": [{"content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "x", "content": "x"}]}, "messages.0.role"),
        ({"temperature": "hot"}, "temperature"),
        ({"stream_options": {"include_usage": []}}, "stream_options.include_usage"),
    ],
)
def test_the_place_of_an_error_is_told_by_names_alone(
    api: Caller, change: dict[str, object], place: str
) -> None:
    messages = [{"role": "user", "content": "x"}]
    body = {"model": "default", "messages": messages, **change}
    error = api.person().post("/v1/chat/completions", **body).json()["error"]
    assert error["param"] == place
    assert error["message"].startswith(f"{place}: ")


def test_no_error_tells_of_the_servers_inside(api: Caller) -> None:
    for answer in (
        api.get("/api/v1/users/me"),
        api.get("/api/nothing"),
        api.post(LOGIN, username="nobody", password="nothing"),
        api.call("POST", LOGIN, content=b"{", headers=JSON),
    ):
        for word in ("Traceback", "sqlalchemy", "psycopg", "sqlite", ".py", "pydantic"):
            assert word not in answer.text
        assert "server" not in answer.headers
