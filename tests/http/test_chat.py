"""`POST /api/v1/chat`: ask and hear the answer, in one call."""

import json

import pytest

from tests.http.shapes import MESSAGE, NOBODY, invalid, refused
from tests.support.client import Caller, Json

PATH = "/api/v1/chat"


def events(text: str) -> list[tuple[str, Json]]:
    """Server-sent events as names and data."""
    blocks = [block.splitlines() for block in text.split("\n\n") if "event: " in block]
    return [(block[1][7:], json.loads(block[2][6:])) for block in blocks]


def test_a_question_begins_a_conversation_and_is_answered(api: Caller) -> None:
    ada = api.person()
    answer = ada.post(PATH, content="/help")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    told = events(answer.text)
    names = [name for name, _ in told]
    assert names[:2] == ["message", "reply"]
    assert set(names[2:-1]) == {"delta"}
    assert names[-1] == "done"
    assert set(told[0][1]) == set(told[-1][1]) == MESSAGE
    assert (told[1][1]["content"], told[1][1]["state"]) == ("", "streaming")
    text = "".join(data["text"] for name, data in told if name == "delta")
    assert text == told[-1][1]["content"]
    room = told[0][1]["conversation_id"]
    again = ada.post(PATH, content="/help", conversation_id=room)
    assert events(again.text)[0][1]["conversation_id"] == room


def test_a_repeated_question_is_asked_once(api: Caller) -> None:
    ada = api.person()
    told = [events(ada.post(PATH, content="/help", client_id="once").text) for _ in range(2)]
    assert told[0][0][1]["id"] == told[1][0][1]["id"]
    assert told[0][-1] == told[1][-1]


def test_a_failure_is_an_event_with_a_code(api: Caller) -> None:
    ada = api.person()
    name, data = events(ada.post(PATH, content="/error").text)[-1]
    assert (name, data["code"]) == ("error", "unavailable")
    assert data["detail"]


def test_where_nobody_answers_it_is_said(api: Caller) -> None:
    ada = api.person()
    told = events(ada.post(PATH, content="hello", conversation_id=ada.room()).text)
    assert [name for name, _ in told] == ["message", "error"]
    assert told[-1][1]["code"] == "conflict"


@pytest.mark.parametrize("content", ["", " \n", "x" * 20_001])
def test_a_call_that_is_refused_begins_no_conversation(api: Caller, content: str) -> None:
    ada = api.person()
    messages = [{"role": "user", "content": content}]
    parts = [{"type": "text", "text": content}]
    invalid(ada.post(PATH, content=content), "body", "content")
    kept = ada.post("/v1/chat/completions", model="default", messages=messages, store=True)
    assert kept.status_code == 400
    vercel = ada.post("/api/chat", id="c", messages=[{"role": "user", "parts": parts}])
    refused(vercel, 400, "bad_request")
    assert ada.get("/api/v1/conversations").json()["items"] == []


def test_bad_questions_are_refused(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    invalid(ada.post(PATH, content=" "), "body", "content")
    invalid(ada.post(PATH), "body", "content")
    refused(ada.post(PATH, content="hello", conversation_id=NOBODY), 404, "not_found")
    refused(ada.post(PATH, content="hello", assistant_id=NOBODY), 404, "not_found")
    refused(eve.post(PATH, content="hello", conversation_id=ada.room()), 404, "not_found")
    refused(api.post(PATH, content="hello"), 401, "unauthenticated")
