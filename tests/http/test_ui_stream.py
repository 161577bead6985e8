"""A reply as a UI message stream: what it says when a provider breaks, and when it is stopped."""

from collections.abc import Iterator
from typing import Any

from tests.http.test_vercel import PATH, message, parsed, said
from tests.support.assisted import Answerer, Assisted
from tests.support.client import Caller
from tests.support.provider import CUT, HOLD, say
from trialogue.http import ui_stream


def heard(assisted: Assisted, person: Caller, helper: Answerer) -> Iterator[str]:
    """The lines of an answer, as they come."""
    headers = {"Authorization": f"Bearer {person.token}"}
    body = {"id": "chat-1", "messages": [message("Hello")], "assistant_id": helper.id}
    with assisted.http.stream("POST", PATH, json=body, headers=headers) as stream:
        yield from stream.iter_lines()


def test_chunks_are_json_on_one_line() -> None:
    line = ui_stream.chunk("text-delta", id="a", delta="Zwei\nZeilen ☃")
    assert line == 'data: {"type":"text-delta","id":"a","delta":"Zwei\\nZeilen ☃"}\n\n'.encode()


def test_what_was_said_is_taken_back_when_a_provider_breaks(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Half", HOLD, CUT)), assisted.person()
    lines = []
    for line in heard(assisted, ada, helper):
        lines.append(line)
        if "Half" in line:
            assisted.provider.release()
    told = parsed("\n".join(lines))
    place = [one["type"] for one in told].index("reset-step")
    assert said(told[:place]) == "Half"
    assert said(told[place:]) == "You said: Hello "
    assert told[-1]["type"] == "finish"


def test_a_reply_at_its_longest_says_so(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("Once upon", finish="length")), assisted.person()
    told = parsed("\n".join(heard(assisted, ada, helper)))
    assert told[-1] == {"type": "finish", "finishReason": "length"}


def test_a_reply_that_is_stopped_ends_with_abort(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(say("One ", HOLD, "two")), assisted.person()
    lines: list[str] = []
    for line in heard(assisted, ada, helper):
        lines.append(line)
        if "One" in line:
            reply_id = _parts(lines)[0]["messageMetadata"]["reply_id"]
            assert ada.post(f"/api/v1/replies/{reply_id}/cancel").status_code == 200
    told = parsed("\n".join(lines))
    assert said(told) == "One "
    assert told[-1]["type"] == "abort"


def _parts(lines: list[str]) -> list[Any]:
    return parsed("\n".join([*lines, "", "data: [DONE]", ""]))
