"""`/v1` as OpenAI's own client sees it: models, answers, streams, errors; nothing is kept."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.support.assisted import Assisted
from tests.support.client import Caller
from tests.support.provider import CUT, HOLD, fail, inspected, say, silent

HELLO: Any = [{"role": "user", "content": "Hello"}]
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@contextmanager
def client(assisted: Assisted, person: Caller, key: str | None = None) -> Iterator[OpenAI]:
    made = OpenAI(api_key=key or person.token, base_url=f"{assisted.url}/v1", max_retries=0)
    with made:
        yield made


def texts(stream: Any) -> list[str]:
    return [one.choices[0].delta.content for one in stream if one.choices[0].delta.content]


@pytest.mark.on_mariadb
def test_the_client_lists_assistants_and_asks_one(assisted: Assisted) -> None:
    helper = assisted.answerer(say("Good ", "day", usage=(7, 2)), instructions="Be kind.")
    ada = assisted.person()
    with client(assisted, ada) as sdk:
        assert helper.username in [model.id for model in sdk.models.list()]
        assert sdk.models.retrieve(helper.id).id == helper.username
        said: Any = [{"role": "system", "content": "In English."}, *HELLO]
        answer = sdk.chat.completions.create(model=helper.username, messages=said)
    assert answer.object == "chat.completion"
    assert answer.model == helper.username
    assert answer.choices[0].message.content == "Good day"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (7, 2)
    (asked,) = assisted.asked(helper)
    told = {"role": "system", "content": "Be kind.\n\nIn English."}
    assert asked.messages == [told, {"role": "user", "content": "Hello"}]
    assert assisted.usage(ada) == [(helper.first, 1, 9)]


def test_a_call_leaves_nothing_behind_but_its_usage(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Hi", usage=(3, 1))), assisted.person()
    with client(assisted, ada) as sdk:
        sdk.chat.completions.create(model=helper.id, messages=HELLO)
    assert ada.get("/api/v1/conversations").json()["items"] == []
    assert assisted.usage(ada) == [(helper.first, 1, 4)]


@pytest.mark.parametrize("named", ["username", "id", "name", "case"])
def test_an_assistant_goes_by_its_id_its_username_and_its_name(
    assisted: Assisted, named: str
) -> None:
    helper = assisted.answerer()
    name = helper.name.upper() if named == "case" else getattr(helper, named)
    with client(assisted, assisted.person()) as sdk:
        answer = sdk.chat.completions.create(model=name, messages=HELLO)
    assert answer.model == helper.username
    assert answer.choices[0].message.content == "You said: Hello "


def test_a_stream_begins_with_the_role_and_ends_with_the_usage(assisted: Assisted) -> None:
    helper = assisted.answerer(say("One ", HOLD, "two", usage=(5, 2)))
    with client(assisted, assisted.person()) as sdk:
        stream = sdk.chat.completions.create(
            model=helper.id, messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = []
        for chunk in stream:
            chunks.append(chunk)
            if chunk.choices and chunk.choices[0].delta.content == "One ":
                assisted.provider.release()  # it was told while more was to come
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(one.choices[0].delta.content or "" for one in chunks[:-1]) == "One two"
    assert [one.choices[0].finish_reason for one in chunks[:-1]][-1] == "stop"
    assert len({one.id for one in chunks}) == 1
    assert {one.object for one in chunks} == {"chat.completion.chunk"}
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 7
    assert all(one.usage is None for one in chunks[:-1])


def test_a_stream_is_events_that_curl_reads(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Hi")), assisted.person()
    body = {"model": helper.id, "messages": HELLO, "stream": True}
    answer = ada.post("/v1/chat/completions", **body)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    events = answer.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    told = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    assert [one["choices"][0]["delta"] for one in told] == [
        {"role": "assistant", "content": ""},
        {"content": "Hi"},
        {},
    ]
    assert all("usage" not in one and "metadata" not in one for one in told)


def test_settings_reach_the_model_and_unknown_fields_are_accepted(assisted: Assisted) -> None:
    helper = assisted.answerer(settings={"temperature": 1.0, "top_p": 0.5})
    more = {"stop": "END", "max_completion_tokens": 50, "temperature": 0.25, "user": "x", "zz": 1}
    answer = assisted.person().post("/v1/chat/completions", model=helper.id, messages=HELLO, **more)
    assert answer.status_code == 200, answer.text
    (asked,) = assisted.asked(helper)
    sent = {name: asked.body.get(name) for name in ("stop", "temperature", "top_p")}
    assert sent == {"stop": ["END"], "temperature": 0.25, "top_p": 0.5}
    longest = asked.body.get("max_tokens") or asked.body.get("max_completion_tokens")
    assert longest == 50


def test_pictures_come_as_data_and_are_passed_on(assisted: Assisted) -> None:
    helper = assisted.answerer()
    address = f"data:image/png;base64,{PNG}"
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": address}},
    ]
    said: Any = [{"role": "user", "content": parts}]
    with client(assisted, assisted.person()) as sdk:
        sdk.chat.completions.create(model=helper.id, messages=said)
    (asked,) = assisted.asked(helper)
    content = asked.messages[-1]["content"]
    assert [part["type"] for part in content] == ["text", "image_url"]
    assert content[1]["image_url"]["url"] == address


def test_an_answer_that_was_begun_is_continued(assisted: Assisted) -> None:
    helper = assisted.answerer(say(" four, five."))
    said: Any = [*HELLO, {"role": "assistant", "content": "One, two, three,"}]
    with client(assisted, assisted.person()) as sdk:
        answer = sdk.chat.completions.create(model=helper.id, messages=said)
    assert answer.choices[0].message.content == " four, five."


def test_a_personal_token_opens_it_and_a_wrong_key_does_not(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(), assisted.person()
    token = ada.post("/api/v1/auth/tokens", name="script").json()["token"]
    with client(assisted, ada, token) as sdk:
        assert sdk.chat.completions.create(model=helper.id, messages=HELLO).choices
    with client(assisted, ada, "trg_wrong") as sdk:
        with pytest.raises(openai.AuthenticationError) as refused:
            sdk.models.list()
        assert refused.value.code == "invalid_api_key"
        with pytest.raises(openai.AuthenticationError):
            sdk.chat.completions.create(model=helper.id, messages=HELLO)
    assert len(assisted.asked(helper)) == 1


# What goes wrong --------------------------------------------------------------------------------


def test_an_unknown_model_is_not_found(assisted: Assisted) -> None:
    with client(assisted, assisted.person()) as sdk:
        with pytest.raises(openai.NotFoundError) as refused:
            sdk.chat.completions.create(model="gpt-nobody", messages=HELLO)
        assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
        with pytest.raises(openai.NotFoundError):
            sdk.models.retrieve("gpt-nobody")


WRONG: list[tuple[dict[str, object], str]] = [
    ({"messages": []}, "messages"),
    ({"n": 2}, "n"),
    ({"temperature": 9}, "temperature"),
    ({"messages": [{"role": "system", "content": "x"}]}, "messages"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
    (
        {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
        "messages.0.content",
    ),
    (
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "image_url", "image_url": {"url": "https://a.example/b"}}],
                }
            ]
        },
        "messages.0.content",
    ),
]


@pytest.mark.parametrize(("change", "param"), WRONG)
def test_what_is_wrong_with_a_request_is_400_and_named(
    assisted: Assisted, change: dict[str, object], param: str
) -> None:
    body = {"model": "default", "messages": HELLO, **change}
    answer = assisted.person().post("/v1/chat/completions", **body)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


def test_all_below_v1_has_errors_of_this_form(assisted: Assisted) -> None:
    ada = assisted.person()
    garbled = ada.call(
        "POST",
        "/v1/chat/completions",
        content="{x",
        headers={"Content-Type": "application/json"},
    )
    large = ada.post("/v1/chat/completions", model="x" * 1_100_000, messages=HELLO)
    for answer, status in (
        (garbled, 400),
        (large, 413),
        (ada.get("/v1/nothing"), 404),
        (ada.get("/v1/chat/completions"), 405),
    ):
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"error"}


def test_the_next_provider_answers_when_the_first_fails(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(fail(503)), assisted.person()
    with client(assisted, ada) as sdk:
        stream = sdk.chat.completions.create(model=helper.id, messages=HELLO, stream=True)
        assert "".join(texts(stream)) == "You said: Hello "
    assert [one.model for one in assisted.asked(helper)] == [helper.first, helper.second]
    assert [row[:2] for row in assisted.usage(ada)] == [(helper.first, 1), (helper.second, 1)]


def test_a_whole_answer_starts_over_when_its_provider_breaks(assisted: Assisted) -> None:
    helper = assisted.answerer(say("Half", CUT))
    with client(assisted, assisted.person()) as sdk:
        answer = sdk.chat.completions.create(model=helper.id, messages=HELLO)
    assert answer.choices[0].message.content == "You said: Hello "


@pytest.mark.on_mariadb
def test_a_stream_that_breaks_ends_with_an_error_and_is_paid_for(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Half ", "of", HOLD, CUT)), assisted.person()
    heard: list[str] = []
    with client(assisted, ada) as sdk:
        stream = sdk.chat.completions.create(model=helper.id, messages=HELLO, stream=True)

        def listen() -> None:
            for chunk in stream:
                heard.append(chunk.choices[0].delta.content or "")
                if heard[-1]:
                    assisted.provider.release()

        with pytest.raises(openai.APIError) as broken:
            listen()
    assert "".join(heard).startswith("Half ")
    assert broken.value.code == "provider_failed"
    assert [one.model for one in assisted.asked(helper)] == [helper.first]
    ((model, attempts, tokens),) = assisted.usage(ada)
    assert (model, attempts) == (helper.first, 1)
    assert tokens > 0


FAILURES = [
    (fail(500), 502, "provider_failed"),
    (inspected(), 400, "content_filter"),
    (fail(429, retry_after="7"), 429, "rate_limit_exceeded"),
    (fail(400, "context_length_exceeded"), 400, "context_length_exceeded"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("script", "status", "code"), FAILURES, ids=lambda one: str(one)[:16])
def test_when_all_providers_fail_the_status_says_how(
    assisted: Assisted, script: dict[str, Any], status: int, code: str, stream: bool
) -> None:
    helper = assisted.answerer(script)
    assisted.provider.queue(helper.second, script)
    body = {"model": helper.id, "messages": HELLO, "stream": stream}
    answer = assisted.person().post("/v1/chat/completions", **body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"] == code
    assert "No." not in answer.text  # what the provider itself has said
    if status == 429:
        assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize("stream", [False, True])
def test_who_hangs_up_before_the_first_token_closes_the_line(
    assisted: Assisted, stream: bool
) -> None:
    helper, ada = assisted.answerer(silent()), assisted.person()
    with client(assisted, ada) as sdk, pytest.raises(openai.APITimeoutError):
        sdk.with_options(timeout=4.0).chat.completions.create(
            model=helper.id, messages=HELLO, stream=stream
        )
    (asked,) = assisted.asked(helper, ended=1)
    assert asked.closed_early is not None
    assert [one.model for one in assisted.asked(helper)] == [helper.first]


def test_who_hangs_up_in_mid_stream_closes_the_line_and_pays_for_what_came(
    assisted: Assisted,
) -> None:
    helper, ada = assisted.answerer(say("One ", "two ", HOLD, "three")), assisted.person()
    with client(assisted, ada) as sdk:
        stream = sdk.chat.completions.create(model=helper.id, messages=HELLO, stream=True)
        for chunk in stream:
            if chunk.choices[0].delta.content:
                break
        stream.close()
    (asked,) = assisted.asked(helper, ended=1)
    assert asked.closed_early is not None
    assert "three" not in asked.sent
    ((model, attempts, tokens),) = assisted.usage(ada)
    assert (model, attempts) == (helper.first, 1)
    assert tokens > 0


@pytest.mark.parametrize("name", ["x" * 300, "%00"])
def test_a_name_that_no_model_can_have_is_refused_in_their_form(
    assisted: Assisted, name: str
) -> None:
    answer = assisted.person().get(f"/v1/models/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "invalid_request_error"
