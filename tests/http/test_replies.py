"""Replies over HTTP: their shape, and what is refused."""

import time

from tests.http.shapes import MESSAGE, NOBODY, invalid, is_id, is_time, refused
from tests.support.client import PATIENCE, Caller, Json

REPLY = {
    *("id", "state", "assistant_id", "trigger_id", "version", "attempt", "provider", "model"),
    *("attempts", "usage", "error", "finish", "ended_at"),
}
USAGE = {"input_tokens", "output_tokens", "cost", "estimated"}
ENDED = ("done", "interrupted", "failed", "cancelled")


def conversation(person: Caller) -> str:
    return str(person.call("POST", "/api/v1/conversations", json={}).json()["id"])


def answered(person: Caller, room: str, after: int) -> Json:
    """The next reply in a conversation, once it has ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        page = person.get(f"/api/v1/conversations/{room}/messages", after=after).json()["items"]
        done = [one for one in page if one["role"] == "assistant" and one["state"] in ENDED]
        if done:
            return done[0]
    raise AssertionError("nobody answered")


def test_a_reply_says_how_it_came_about(api: Caller) -> None:
    ada = api.person()
    room = conversation(ada)
    asked = ada.say(room, "/help")
    said = answered(ada, room, asked["seq"])
    assert set(said) == MESSAGE
    assert set(said["reply"]) == REPLY
    assert set(said["reply"]["usage"]) == USAGE
    assert (said["state"], said["reply"]["provider"]) == ("done", "demo")
    assert (said["reply"]["finish"], said["reply"]["ended_at"] is None) == ("stop", False)
    assert said["reply"]["trigger_id"] == said["parent_id"] == asked["id"]
    assert said["sender"]["kind"] == "assistant"


def test_another_answer_takes_the_place_of_the_first(api: Caller) -> None:
    ada = api.person()
    room = conversation(ada)
    first = answered(ada, room, ada.say(room, "/help")["seq"])
    again = ada.post(f"/api/v1/messages/{first['id']}/regenerate").json()
    assert again["id"] != first["id"]
    second = answered(ada, room, first["seq"])
    assert (second["id"], second["reply"]["version"]) == (again["id"], 2)
    kept = ada.get(f"/api/v1/messages/{first['id']}").json()
    assert (kept["superseded_by"], kept["content"]) == (second["id"], first["content"])


def test_a_question_is_asked_again(api: Caller) -> None:
    ada = api.person()
    room = conversation(ada)
    first = answered(ada, room, ada.say(room, "/help")["seq"])
    path = f"/api/v1/messages/{first['parent_id']}/ask-again"
    invalid(ada.post(path, content=""), "body", "content")
    asked = ada.post(path, content="2 + 3 =")
    assert asked.status_code == 201, asked.text
    assert "5" in answered(ada, room, asked.json()["seq"])["content"]
    assert ada.get(f"/api/v1/messages/{first['id']}").json()["superseded_by"]
    refused(ada.post(path, content="once more"), 409, "conflict")


def test_what_broke_off_is_continued(api: Caller) -> None:
    ada = api.person()
    room = conversation(ada)
    broken = answered(ada, room, ada.say(room, "/cut")["seq"])
    assert broken["state"] == "interrupted"
    assert broken["content"]
    path = f"/api/v1/messages/{broken['id']}/continue"
    assert ada.post(path).json()["state"] in ("queued", "streaming", "done")
    whole = answered(ada, room, broken["seq"] - 1)
    assert whole["id"] == broken["id"]
    assert whole["content"].startswith(broken["content"].strip()[:20])


def test_a_reply_is_rated(api: Caller) -> None:
    ada, eve = api.person(), api.person("eve")
    room = conversation(ada)
    said = answered(ada, room, ada.say(room, "/help")["seq"])
    for rating, comment in ((2, "too long"), (5, None)):
        given = ada.post("/api/v1/feedback", message_id=said["id"], rating=rating, comment=comment)
        assert given.status_code == 201, given.text
        assert set(given.json()) == {"id", "message_id", "rating", "comment", "created_at"}
        assert is_id(given.json()["id"])
        assert is_time(given.json()["created_at"])
    seen = ada.get(f"/api/v1/messages/{said['id']}").json()
    assert (seen["feedback"]["rating"], seen["feedback"]["comment"]) == (5, None)
    invalid(ada.post("/api/v1/feedback", message_id=said["id"], rating=6), "body", "rating")
    refused(eve.post("/api/v1/feedback", message_id=said["id"], rating=1), 404, "not_found")
    refused(ada.post("/api/v1/feedback", message_id=said["parent_id"], rating=1), 409, "conflict")


def test_what_is_no_reply_is_refused(api: Caller) -> None:
    ada = api.person()
    message = ada.say(ada.room(), "hello")
    for verb in ("continue", "regenerate"):
        refused(ada.post(f"/api/v1/messages/{message['id']}/{verb}"), 409, "conflict")
        refused(ada.post(f"/api/v1/messages/{NOBODY}/{verb}"), 404, "not_found")
    refused(ada.post(f"/api/v1/replies/{NOBODY}/cancel"), 404, "not_found")
    refused(ada.get(f"/api/v1/replies/{NOBODY}/stream"), 404, "not_found")
