"""What OpenAI's clients ask, read as a question."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from trialogue.core import wire
from trialogue.core.arguments.foreign import CreateCompletion
from trialogue.core.completions import Picture, Said
from trialogue.core.errors import ChatError
from trialogue.http import openai_questions

AT = datetime(2026, 1, 1, tzinfo=UTC)
USER = wire.User("1", "helper", "Helper", None, "assistant", "member", True, False, None, AT)
HELPER = wire.Assistant("2", USER, "Helper", "Own.", (), "always", {}, {}, True, AT)


def body(*messages: Any, **more: Any) -> CreateCompletion:
    return CreateCompletion.model_validate({"model": "x", "messages": list(messages), **more})


def said(role: str, content: Any, **more: Any) -> Any:
    return {"role": role, "content": content, **more}


def test_what_system_and_developer_say_are_instructions_in_their_order() -> None:
    asked = body(
        said("system", "One."),
        said("user", "Hello", name="Kevin"),
        said("assistant", None, tool_calls=[]),
        said("developer", [{"type": "text", "text": "Two."}]),
        said("assistant", "Hi"),
        said("user", "And?"),
    )
    question = openai_questions.read(asked, HELPER)
    assert question.instructions == "One.\n\nTwo."
    assert question.said == (
        Said("user", "Hello", "Kevin"),
        Said("assistant", "Hi"),
        Said("user", "And?"),
    )
    assert question.whole


def test_settings_are_named_as_providers_name_them() -> None:
    more = {"max_tokens": 5, "max_completion_tokens": 9, "stop": "x", "seed": 1, "stream": True}
    question = openai_questions.read(body(said("user", "x"), **more), HELPER)
    assert question.settings == {"max_tokens": 9, "stop_sequences": ["x"], "seed": 1}
    assert not question.whole


def test_pictures_are_read_from_data_addresses() -> None:
    address = "data:image/webp;base64," + base64.b64encode(b"RIFF").decode()
    parts = [{"type": "image_url", "image_url": {"url": address}}, {"type": "text", "text": "?"}]
    question = openai_questions.read(body(said("user", parts)), HELPER)
    assert question.said == (Said("user", "?", None, (Picture(b"RIFF", "image/webp"),)),)


@pytest.mark.parametrize(
    "url",
    [
        "https://pictures.example/1.png",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "data:image/svg+xml;base64,AAAA",
        "data:image/png,AAAA",
        "data:image/png;base64,?",
    ],
)
def test_nothing_is_fetched_and_nothing_strange_passed_on(url: str) -> None:
    parts = [{"type": "image_url", "image_url": {"url": url}}]
    with pytest.raises(ChatError) as refused:
        openai_questions.read(body(said("user", parts)), HELPER)
    assert (refused.value.code, refused.value.field) == ("invalid", "messages.0.content")


def test_what_is_kept_is_the_last_message_of_the_user() -> None:
    assert openai_questions.question_of(body(said("user", "x"), said("user", "y"))) == "y"
    with pytest.raises(ChatError):
        openai_questions.question_of(body(said("user", "x"), said("assistant", "y")))
