"""What tokens cost is known for current models, by tiers, and can be set by a file."""

from decimal import Decimal
from pathlib import Path

import pytest

from trialogue.ai.links import PREFERRED
from trialogue.ai.prices import Prices
from trialogue.ai.usage import Usage
from trialogue.settings import Settings

BUILT_IN = Prices.load()


def used(asked: int, answered: int, cached: int = 0) -> Usage:
    return Usage(asked, answered, estimated=False, cached_tokens=cached)


def test_the_models_that_are_asked_unless_told_otherwise_have_prices() -> None:
    for provider, model in PREFERRED.items():
        assert BUILT_IN.cost(provider, model, used(1_000, 1_000)), provider
    assert BUILT_IN.as_of.startswith("2026-")


def test_a_cost_is_exact() -> None:
    cost = BUILT_IN.cost("openai", "gpt-5-mini", used(1_000, 100, cached=400))
    # 600 at 0.25, 400 at 0.025, 100 at 2 USD a million
    assert cost == Decimal("0.00036")


def test_a_dated_form_costs_what_its_model_costs() -> None:
    for form in ("qwen-plus-2026-09-11", "qwen-plus-latest"):
        assert BUILT_IN.find("alibaba", form) == BUILT_IN.find("alibaba", "qwen-plus")


def test_a_smaller_model_is_not_taken_for_its_elder() -> None:
    assert BUILT_IN.find("openai", "gpt-5-mini") != BUILT_IN.find("openai", "gpt-5")
    assert BUILT_IN.find("openai", "gpt-5-unheard-of") is None
    assert BUILT_IN.find("nobody", "gpt-5") is None
    assert BUILT_IN.cost("openai-compatible", "gpt-5", used(1, 1)) is None


def test_long_questions_cost_more_where_the_provider_says_so() -> None:
    short = BUILT_IN.find("alibaba", "qwen3-max", 31_999)
    middle = BUILT_IN.find("alibaba", "qwen3-max", 32_000)
    long = BUILT_IN.find("alibaba", "qwen3-max", 200_000)
    assert short is not None
    assert middle is not None
    assert long is not None
    assert short.input < middle.input < long.input


@pytest.mark.parametrize("provider", ["demo", "ollama", "vllm", "lmstudio", "llamacpp"])
def test_what_runs_here_costs_nothing(provider: str) -> None:
    assert BUILT_IN.cost(provider, "any", used(1_000, 1_000)) == 0


def test_a_file_goes_before_the_built_in_table(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(
        '{"as_of": "2027-01-01", "models": {"openai": {"gpt-5": {"input": 1, "output": 2.5}},'
        ' "openai-compatible": {"house": {"input": 0, "output": 0}}}}'
    )
    prices = Prices.load(file)
    assert prices.cost("openai", "gpt-5", used(1_000_000, 1_000_000)) == Decimal("3.5")
    assert prices.cost("openai-compatible", "house", used(1, 1)) == 0
    assert prices.find("alibaba", "qwen-plus") == BUILT_IN.find("alibaba", "qwen-plus")
    assert prices.as_of == "2027-01-01"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no table"),
        ("[]", "is no table"),
        ('{"models": {"openai": {"gpt": 3}}}', "openai:gpt is no object"),
        ('{"models": {"openai": {"gpt": {"input": 1}}}}', "openai:gpt needs numbers"),
        ('{"models": {"openai": {"gpt": {"input": "x", "output": 1}}}}', "openai:gpt needs"),
        ('{"models": {"openai": {"gpt": {"input": -1, "output": 1}}}}', "below nothing"),
    ],
)
def test_a_wrong_file_says_where(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=says):
        Prices.load(file)


def test_a_server_does_not_start_with_a_wrong_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        Settings(_env_file=None, ai_prices=tmp_path / "none.json")  # type: ignore[call-arg]


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        Prices.load(tmp_path / "none.json")
