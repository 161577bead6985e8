"""Server-sent events: their form, and the places from which one goes on."""

import pytest

from trialogue.core.errors import ChatError
from trialogue.http import sse
from trialogue.http.sse import Position


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2:17", Position(2, 17)),
        (None, Position()),
        ("", Position()),
        ("2", Position()),
        ("2:x", Position()),
        ("-1:4", Position()),
        ("9" * 50 + ":1", Position()),
    ],
)
def test_a_place_is_read_from_the_last_event(text: str | None, found: Position) -> None:
    assert Position.parse(text) == found


def test_an_event_is_one_line_of_json_however_many_lines_its_text_has() -> None:
    made = sse.event("delta", {"text": "one\ntwo\r\n三"}, Position(1, 9)).decode()
    assert made == 'id: 1:9\nevent: delta\ndata: {"text":"one\\ntwo\\r\\n三"}\n\n'


def test_a_refusal_says_when_to_come_again() -> None:
    error = ChatError("limited", "Too much.", retry_after=7)
    assert b'"retry_after":7' in sse.refusal(error)
    assert b"retry_after" not in sse.refusal(ChatError("conflict", "No."))
