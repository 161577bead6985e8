"""Which models are shown pictures: what the assistant says, else what their names tell."""

import pytest

from trialogue.ai import sight
from trialogue.ai.links import DEMO, PREFERRED, Link

SEEING = (
    *("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-5", "gpt-5.6-terra", "o3", "o4-mini", "o1"),
    *("claude-3-5-haiku-latest", "claude-sonnet-5-5", "gemini-2.5-flash", "gemini-3.8-flash"),
    *("qwen-vl-max", "qwen2.5-vl-72b-instruct", "qwen2.5vl:7b", "qwen3-vl-plus", "qwen-omni-turbo"),
    *("qvq-max", "llava:13b", "llama3.2-vision", "llama4:scout", "gemma3:12b", "minicpm-v"),
    *("openai/gpt-4o", "Qwen/Qwen2.5-VL-7B-Instruct", "mistral-small3.2"),
)
BLIND = (
    *("gpt-3.5-turbo", "gpt-4", "gpt-oss:20b", "o1-mini", "o1-preview", "o3-mini", "gpt-test"),
    *("claude-2.1", "claude-instant-1", "gemini-1.0-pro", "qwen-plus", "qwen3-max", "qwen3:8b"),
    *("llama3.2:3b", "mistral-large", "deepseek-chat", "my-vlog-writer"),
)


@pytest.mark.parametrize("model", SEEING)
def test_models_that_are_known_to_see_do(model: str) -> None:
    assert sight.sees(Link("openai-compatible", model), {})


@pytest.mark.parametrize("model", BLIND)
def test_others_are_not_shown_what_they_would_refuse(model: str) -> None:
    assert not sight.sees(Link("openai-compatible", model), {})


def test_the_assistant_s_word_goes_first_and_the_demo_never_sees() -> None:
    blind, seeing = Link("openai", "gpt-3.5-turbo"), Link("openai", "gpt-4o")
    assert sight.sees(blind, {"images": True})
    assert not sight.sees(seeing, {"images": False})
    assert sight.sees(seeing, {"images": None})
    assert not sight.sees(Link(DEMO), {"images": True})


def test_of_what_is_asked_without_a_word_all_see_but_one() -> None:
    seeing = {name for name, model in PREFERRED.items() if sight.is_known_to_see(model)}
    assert seeing == {"openai", "anthropic", "google"}
