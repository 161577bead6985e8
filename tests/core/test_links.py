"""A link is a known provider and a model of it; what else is written is refused by name."""

import pytest

from trialogue.core import links
from trialogue.core.errors import InvalidError


@pytest.mark.parametrize("provider", links.KNOWN)
def test_a_link_of_each_provider_is_read(provider: str) -> None:
    model = "" if provider == links.DEMO else "llama3.2:3b"
    assert links.split(f" {provider}:{model} ") == (provider, model)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nope:x", "no provider 'nope'; known ones are openai"),
        ("", "no provider ''"),
        ("OpenAI:gpt", "no provider 'OpenAI'"),
        ("openai", "Name a model of openai"),
        ("ollama: ", "Name a model of ollama"),
        ("demo:gpt", "no models"),
        ("openai:a\x00b", "printable"),
    ],
)
def test_what_is_no_link_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says) as wrong:
        links.split(text)
    assert (wrong.value.code, wrong.value.field) == ("invalid", "providers")
