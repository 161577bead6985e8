"""A chain is read as it is written, and what is wrong with it is said."""

import pytest

from trialogue.ai import links
from trialogue.ai.links import Link
from trialogue.core.errors import ChatError


def test_a_chain_keeps_its_order() -> None:
    found = links.chain("openai:gpt-5.6-terra, alibaba:qwen-plus,demo")
    assert found == (Link("openai", "gpt-5.6-terra"), Link("alibaba", "qwen-plus"), Link("demo"))
    assert ",".join(map(str, found)) == "openai:gpt-5.6-terra,alibaba:qwen-plus,demo"


def test_a_model_may_have_colons_in_its_name() -> None:
    assert links.parse("ollama:llama3.2:3b") == Link("ollama", "llama3.2:3b")
    assert str(links.parse("ollama:llama3.2:3b")) == "ollama:llama3.2:3b"


def test_an_empty_text_is_no_link() -> None:
    assert links.chain("") == ()
    assert links.chain(" , ") == ()


def test_a_link_named_twice_counts_once() -> None:
    assert links.chain("demo,demo") == (Link("demo"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gpt-5", "known ones are openai"),
        ("openai", "`openai:<model>`"),
        ("openai:", "`openai:<model>`"),
        ("demo:gpt", "no models"),
        ("openai:" + "x" * 201, "200"),
        ("openai:a\x00b", "printable"),
        (",".join(f"openai:m{n}" for n in range(9)), "up to 8"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as wrong:
        links.chain(text)
    assert isinstance(wrong.value, ChatError)
    assert (wrong.value.code, wrong.value.field) == ("invalid", "providers")
