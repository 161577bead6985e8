"""Keys come from the usual variables, decide the chain, and are shown nowhere."""

import pytest

from trialogue.ai import credentials
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.links import Link
from trialogue.settings import Settings

VARIABLES = ("OPENAI", "DASHSCOPE", "ALIBABA", "ANTHROPIC", "GOOGLE", "GEMINI", "OLLAMA")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        for end in ("API_KEY", "BASE_URL"):
            monkeypatch.delenv(f"{name}_{end}", raising=False)


def settings(**set_: str) -> Settings:
    return Settings(_env_file=None, **set_)  # type: ignore[call-arg,arg-type]


def test_a_key_is_in_no_representation() -> None:
    made = settings(openai_key="sk-very-secret", google_key="AIza-secret")
    assert "secret" not in repr(made.credentials())
    assert "secret" not in repr(made)
    assert "secret" not in str(Credential("openai", "sk-very-secret"))


@pytest.mark.parametrize("name", ["DASHSCOPE_API_KEY", "ALIBABA_API_KEY"])
def test_both_names_of_alibabas_key_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "sk-1")
    held = settings().credentials().of("alibaba")
    assert held == Credential("alibaba", "sk-1", credentials.REGIONS["singapore"])


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("beijing", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
        ("Hong Kong", "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1"),
        ("us", "https://dashscope-us.aliyuncs.com/compatible-mode/v1"),
        ("", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
        ("https://own.example/v1/", "https://own.example/v1"),
    ],
)
def test_a_region_is_a_name_or_an_address(region: str, url: str) -> None:
    held = settings(alibaba_key="sk-1", alibaba_region=region).credentials().of("alibaba")
    assert held is not None
    assert held.url == url


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(ValueError, match="singapore, beijing, virginia, hongkong"):
        settings(alibaba_region="atlantis")


def test_an_unknown_provider_in_the_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="no provider 'gpt'"):
        settings(ai_providers="gpt:5")


def test_ollama_is_known_with_and_without_v1() -> None:
    for given in ("http://box:11434", "http://box:11434/", "http://box:11434/v1"):
        held = settings(ollama_url=given).credentials().of("ollama")
        assert held == Credential("ollama", url="http://box:11434/v1")


def test_a_local_server_needs_nothing() -> None:
    assert Credentials().of("vllm") == Credential("vllm", url="http://127.0.0.1:8000/v1")
    assert Credentials().of("openai") is None


def test_the_chain_is_that_of_the_keys_then_what_was_found_then_demo() -> None:
    keyed = settings(alibaba_key="a", openai_key="b").credentials()
    here = (Link("ollama", "llama"),)
    assert [str(link) for link in credentials.fallback(keyed, here)] == [
        "openai:gpt-5.6-terra",
        "alibaba:qwen-plus",
    ]
    assert credentials.fallback(settings().credentials(), here) == here
    assert credentials.fallback(settings().credentials()) == (Link("demo"),)


def test_a_new_key_takes_the_place_of_the_old_one() -> None:
    held = Credentials((Credential("openai", "old"), Credential("google", "g")))
    renewed = held.having(Credential("openai", "new"))
    assert renewed.of("openai") == Credential("openai", "new")
    assert renewed.of("google") == Credential("google", "g")
    assert len(renewed.held) == 2
