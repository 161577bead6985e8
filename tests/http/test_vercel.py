"""What the Vercel AI SDK's `useChat` sends, and what it is told. The SDK itself does so in
`tests/e2e/test_other_clients.py`."""

import json
from typing import Any

import pytest

from tests.http.shapes import refused
from tests.support.assisted import Answerer, Assisted
from tests.support.client import Caller
from tests.support.provider import HOLD, fail, say

PATH = "/api/chat"


def message(text: str, name: str = "m-1") -> Any:
    return {"id": name, "role": "user", "parts": [{"type": "text", "text": text}]}


def send(
    person: Caller, helper: Answerer, text: str = "Hello", name: str = "m-1", **more: Any
) -> Any:
    body = {"id": "chat-1", "messages": [message(text, name)], "assistant_id": helper.id, **more}
    answer = person.post(PATH, **body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    return parsed(answer.text)


def parsed(text: str) -> list[Any]:
    parts = [part.strip() for part in text.split("\n\n")]
    events = [part for part in parts if part and not part.startswith(":")]
    assert events.pop() == "data: [DONE]"
    return [json.loads(event.removeprefix("data: ")) for event in events]


def said(told: list[Any]) -> str:
    return "".join(one["delta"] for one in told if one["type"] == "text-delta")


def history(person: Caller, told: list[Any]) -> list[str]:
    where = told[0]["messageMetadata"]["conversation_id"]
    found = person.get(f"/api/chat/{where}/history").json()["messages"]
    return [one["content"] for one in found]


@pytest.mark.on_mariadb
def test_an_answer_is_a_ui_message_stream(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Good ", "day")), assisted.person()
    told = send(ada, helper)
    kinds = [one["type"] for one in told if one["type"] != "text-delta"]
    assert kinds == ["start", "start-step", "text-start", "text-end", "finish-step", "finish"]
    assert said(told) == "Good day"
    found = ada.get(f"/api/v1/messages/{told[0]['messageId']}").json()
    assert found["content"] == "Good day"
    assert found["reply"]["id"] == told[0]["messageMetadata"]["reply_id"]


def test_a_chat_is_one_conversation_and_a_message_is_posted_once(assisted: Assisted) -> None:
    helper, ada, bob = assisted.answerer(), assisted.person("ada"), assisted.person("bob")
    first = send(ada, helper, "one")
    assert send(ada, helper, "one") == first
    second = send(ada, helper, "two", "m-2")
    assert history(ada, second) == ["one", "You said: one ", "two", "You said: two "]
    assert len(assisted.asked(helper)) == 2
    # The same ids of somebody else are somebody else's.
    assert history(bob, send(bob, helper, "three")) == ["three", "You said: three "]


def test_a_message_with_another_text_takes_the_place_of_the_first(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(), assisted.person()
    send(ada, helper, "one")
    changed = send(ada, helper, "another")
    assert send(ada, helper, "another") == changed
    assert history(ada, changed) == ["another", "You said: another "]


def test_an_answer_is_made_anew(assisted: Assisted) -> None:
    helper = assisted.answerer(say("First"), say("Second"), say("Third"))
    ada = assisted.person()
    first = send(ada, helper)
    again = {"trigger": "regenerate-message"}
    second = send(ada, helper, **again)
    assert said(second) == "Second"
    third = send(ada, helper, messageId=second[0]["messageId"], **again)
    assert said(third) == "Third"
    assert history(ada, first) == ["Hello", "Third"]


def test_who_comes_back_hears_all_of_what_runs_and_nothing_of_what_does_not(
    assisted: Assisted,
) -> None:
    helper, ada = assisted.answerer(say("One ", HOLD, "two")), assisted.person()
    assert ada.get("/api/chat/chat-1/stream").status_code == 204
    headers = {"Authorization": f"Bearer {ada.token}"}
    body = {"id": "chat-1", "messages": [message("Hello")], "assistant_id": helper.id}
    with ada.http.stream("POST", PATH, json=body, headers=headers) as stream:
        for line in stream.iter_lines():
            if "One" in line:
                break
    with ada.http.stream("GET", "/api/chat/chat-1/stream", headers=headers) as stream:
        assert stream.status_code == 200
        lines = []
        for line in stream.iter_lines():
            lines.append(line)
            if "One" in line:
                assisted.provider.release()
    assert said(parsed("\n".join(lines))) == "One two"
    assert ada.get("/api/chat/chat-1/stream").status_code == 204
    assert assisted.person("bob").get("/api/chat/chat-1/stream").status_code == 204
    assert Caller(ada.http).get("/api/chat/chat-1/stream").status_code == 401


def test_the_id_of_a_conversation_is_the_chat_of_its_members(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(), assisted.person("ada")
    where = ada.post("/api/v1/conversations", assistant_id=helper.id).json()["id"]
    told = send(ada, helper, id=where)
    assert told[0]["messageMetadata"]["conversation_id"] == where
    bob = assisted.person("bob")
    assert send(bob, helper, id=where)[0]["messageMetadata"]["conversation_id"] != where


def test_a_failure_is_a_safe_text(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(fail(500)), assisted.person()
    assisted.provider.queue(helper.second, fail(500))
    told = send(ada, helper)
    assert told[-1] == {"type": "error", "errorText": "The provider has a fault or is overloaded."}


@pytest.mark.parametrize(
    "change",
    [
        {"messages": []},
        {"id": ""},
        {"messages": [{"role": "assistant", "parts": []}]},
        {"messages": [{"role": "user", "parts": [{"type": "text", "text": " "}]}]},
        {"messages": [{"role": "user", "parts": [{"type": "file", "url": "data:x"}]}]},
    ],
)
def test_what_cannot_be_posted_is_a_bad_request(assisted: Assisted, change: Any) -> None:
    body = {"id": "chat-1", "messages": [message("Hello")], **change}
    refused(assisted.person().post(PATH, **body), 400, "bad_request")


def test_the_header_gives_the_same_form_to_the_own_call(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Hi")), assisted.person()
    headers = {"x-vercel-ai-ui-message-stream": "v1"}
    body = {"content": "Hello", "assistant_id": helper.id}
    answer = ada.call("POST", "/api/v1/chat", json=body, headers=headers)
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert said(parsed(answer.text)) == "Hi"
    plain = ada.post("/api/v1/chat", **body)
    assert "event: message" in plain.text
