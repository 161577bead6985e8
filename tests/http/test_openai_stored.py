"""A call of OpenAI's clients that is kept: a message and a reply like any other."""

import json
from typing import Any

import openai
import pytest

from tests.http.shapes import NOBODY
from tests.support.assisted import Answerer, Assisted
from tests.support.client import Caller
from tests.support.provider import CUT, HOLD, fail, say

PATH = "/v1/chat/completions"
HELLO: Any = [{"role": "user", "content": "Hello"}]


def ask(person: Caller, helper: Answerer, **more: Any) -> Any:
    answer = person.post(PATH, **{"model": helper.id, "messages": HELLO, "store": True, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def history(person: Caller, conversation_id: str) -> list[tuple[str, str, str]]:
    page = person.get(f"/api/v1/conversations/{conversation_id}/messages").json()
    return [
        (one["role"], one["content"], one["state"])
        for one in page["items"]
        if one["role"] != "system"
    ]


def chunks(text: str) -> list[Any]:
    events = [event.removeprefix("data: ") for event in text.split("\n\n") if event]
    return [event if event == "[DONE]" else json.loads(event) for event in events]


@pytest.mark.on_mariadb
def test_store_makes_a_conversation_and_metadata_goes_on_with_it(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Hi", usage=(4, 1))), assisted.person()
    first = ask(ada, helper)
    assert first["choices"][0]["message"]["content"] == "Hi"
    assert first["usage"]["total_tokens"] == 5
    kept = first["metadata"]
    assert set(kept) == {"conversation_id", "question_id", "reply_id"}
    earlier = [{"role": "user", "content": "This is not kept"}, *HELLO]
    named = {"conversation_id": kept["conversation_id"]}
    second = ask(ada, helper, messages=earlier, metadata=named, store=None)
    assert second["metadata"]["conversation_id"] == kept["conversation_id"]
    assert history(ada, kept["conversation_id"]) == [
        ("user", "Hello", "sent"),
        ("assistant", "Hi", "done"),
        ("user", "Hello", "sent"),
        ("assistant", "You said: Hello ", "done"),
    ]
    # The model was given what the conversation holds, not what the client has sent.
    told = [one["content"] for one in assisted.asked(helper)[1].messages]
    assert told == ["Hello", "Hi", "Hello"]


@pytest.mark.parametrize("call", [PATH, "/api/v1/chat", "/api/chat"])
def test_an_assistant_that_is_mentioned_only_answers_where_the_call_names_it(
    assisted: Assisted, call: str
) -> None:
    helper, ada = assisted.answerer(say("Hi"), trigger="mention"), assisted.person()
    part = {"type": "text", "text": "Hello"}
    forms: Any = {
        PATH: {"model": helper.id, "messages": HELLO, "store": True},
        "/api/v1/chat": {"content": "Hello", "assistant_id": helper.id},
        "/api/chat": {
            "id": "c",
            "messages": [{"role": "user", "parts": [part]}],
            "assistant_id": helper.id,
        },
    }
    answer = ada.post(call, **forms[call])
    assert answer.status_code == 200, answer.text
    assert "Hi" in answer.text


def shared(assisted: Assisted, person: Caller, *helpers: Answerer) -> dict[str, str]:
    """`metadata` that names a room with these assistants."""
    room = person.room()
    for one in helpers:
        added = person.post(f"/api/v1/conversations/{room}/members", user_id=one.user_id)
        assert added.status_code in (200, 201), added.text
    return {"conversation_id": room}


def test_a_conversation_that_goes_on_is_answered_by_whom_the_call_names(
    assisted: Assisted,
) -> None:
    one, silent = assisted.answerer(), assisted.answerer(say("Named"), trigger="mention")
    ada, absent = assisted.person(), assisted.answerer()
    where = shared(assisted, ada, one, silent)
    body = {"model": absent.username, "messages": HELLO, "metadata": where}
    refused = ada.post(PATH, **body)
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "model_not_found"
    assert refused.json()["error"]["param"] == "model"
    assert history(ada, where["conversation_id"]) == []
    told = ask(ada, silent, metadata=where)
    assert told["model"] == silent.username
    assert told["choices"][0]["message"]["content"] == "Named"
    assert [row[1] for row in history(ada, where["conversation_id"])] == ["Hello", "Named"]


def test_the_default_is_whoever_answers_and_is_told_by_name(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("One"), say("Two")), assisted.person()
    where = shared(assisted, ada, helper)
    told = ask(ada, helper, model="default", metadata=where)
    assert (told["model"], told["choices"][0]["message"]["content"]) == (helper.username, "One")
    answer = ada.post(PATH, model="default", messages=HELLO, metadata=where, stream=True)
    assert {one["model"] for one in chunks(answer.text)[:-1]} == {helper.username}


def test_an_answer_at_its_longest_that_is_kept_says_so(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Once upon", finish="length")), assisted.person()
    assert ask(ada, helper)["choices"][0]["finish_reason"] == "length"


def test_a_stream_that_is_kept_says_first_where(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("One ", "two")), assisted.person()
    answer = ada.post(PATH, model=helper.id, messages=HELLO, store=True, stream=True)
    told = chunks(answer.text)
    assert told.pop() == "[DONE]"
    assert "metadata" in told[0]
    assert all("metadata" not in one for one in told[1:])
    text = "".join(one["choices"][0]["delta"].get("content", "") for one in told)
    assert text == "One two"
    assert history(ada, told[0]["metadata"]["conversation_id"])[1][1] == "One two"


def test_a_repeat_with_the_same_key_posts_nothing_anew(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(), assisted.person()
    body = {"model": helper.id, "messages": HELLO, "store": True}
    answers = [
        ada.call("POST", PATH, json=body, headers={"Idempotency-Key": "call-1"}).json()
        for _ in range(2)
    ]
    assert answers[0]["metadata"] == answers[1]["metadata"]
    assert answers[0]["choices"] == answers[1]["choices"]
    assert len(history(ada, answers[0]["metadata"]["conversation_id"])) == 2
    assert len(assisted.asked(helper)) == 1


def test_who_hangs_up_does_not_end_a_reply_that_is_kept(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("One ", HOLD, "two")), assisted.person()
    headers = {"Authorization": f"Bearer {ada.token}"}
    body = {"model": helper.id, "messages": HELLO, "store": True, "stream": True}
    with ada.http.stream("POST", PATH, json=body, headers=headers) as stream:
        lines = stream.iter_lines()
        kept = json.loads(next(lines).removeprefix("data: "))["metadata"]
    assisted.provider.release()
    (asked,) = assisted.asked(helper, ended=1)
    assert asked.closed_early is None
    found = ada.post(f"/api/chat/{kept['conversation_id']}", message="And?")
    assert found.status_code == 200
    assert history(ada, kept["conversation_id"])[1] == ("assistant", "One two", "done")


def test_a_stream_cannot_start_over_but_the_reply_does(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Half", HOLD, CUT)), assisted.person()
    headers = {"Authorization": f"Bearer {ada.token}"}
    body = {"model": helper.id, "messages": HELLO, "store": True, "stream": True}
    told: list[str] = []
    with ada.http.stream("POST", PATH, json=body, headers=headers) as stream:
        for line in stream.iter_lines():
            told += [line] if line else []
            if "Half" in line:
                assisted.provider.release()
    kept = json.loads(told[0].removeprefix("data: "))["metadata"]
    last = json.loads(told[-1].removeprefix("data: "))
    assert last["error"]["code"] == "provider_failed"
    ada.get(f"/api/v1/replies/{kept['reply_id']}/stream")  # until it has ended
    assert history(ada, kept["conversation_id"])[1] == ("assistant", "You said: Hello ", "done")


def test_what_cannot_be_kept_is_refused_before_anything_is(assisted: Assisted) -> None:
    helper, ada, bob = assisted.answerer(), assisted.person("ada"), assisted.person("bob")
    foreign = ask(bob, helper)["metadata"]["conversation_id"]
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    for change, status in (
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400),
        ({"messages": [{"role": "user", "content": [picture]}]}, 400),
        ({"metadata": {"conversation_id": foreign}}, 404),
        ({"metadata": {"conversation_id": NOBODY}}, 404),
        ({"metadata": {"conversation_id": "x"}}, 404),
    ):
        body = {"model": helper.id, "messages": HELLO, "store": True, **change}
        answer = ada.post(PATH, **body)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"error"}
    assert ada.get("/api/v1/conversations").json()["items"] == []
    room = ada.room()
    body = {"model": helper.id, "messages": HELLO, "metadata": {"conversation_id": room}}
    answer = ada.post(PATH, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert history(ada, room) == []


def test_a_reply_that_fails_says_so_with_a_status(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(fail(500)), assisted.person()
    assisted.provider.queue(helper.second, fail(500))
    answer = ada.post(PATH, model=helper.id, messages=HELLO, store=True, stream=True)
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "provider_failed"


def test_openais_own_client_posts_a_question_once_when_the_providers_fail(
    assisted: Assisted,
) -> None:
    helper, ada = assisted.answerer(fail(500)), assisted.person()
    assisted.provider.queue(helper.second, fail(500))
    with (
        openai.OpenAI(base_url=f"{assisted.url}/v1", api_key=ada.token) as sdk,
        pytest.raises(openai.APIStatusError) as failed,
    ):
        sdk.chat.completions.create(model=helper.id, messages=HELLO, store=True)
    assert failed.value.status_code == 502
    assert failed.value.response.headers["x-should-retry"] == "false"
    (kept,) = ada.get("/api/v1/conversations").json()["items"]
    assert [one[0] for one in history(ada, kept["id"])] == ["user", "assistant"]
