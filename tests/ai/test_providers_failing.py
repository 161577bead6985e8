"""Whatever goes wrong with a provider has a verdict, and is told to the log alone."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.ai.asking import ASKED, GPT, QWEN, failed, heard, on, opened
from tests.support import provider as wire
from tests.support.provider import Provider, Script, Step
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.failures import FailureCode, ProviderFailure
from trialogue.ai.links import parse
from trialogue.ai.providers import Providers
from trialogue.ai.usage import Usage


@pytest.mark.parametrize(
    ("script", "code", "verdict"),
    [
        (wire.fail(500), "unavailable", "next"),
        (wire.fail(503, "overloaded"), "unavailable", "next"),
        (wire.fail(408), "timeout", "next"),
        (wire.fail(409), "unavailable", "next"),
        (wire.fail(425), "unavailable", "next"),
        (wire.fail(520), "unavailable", "next"),
        (wire.fail(524), "unavailable", "next"),
        (wire.fail(529), "unavailable", "next"),
        (wire.say(wire.error("408")), "timeout", "next"),
        (wire.fail(401, "invalid_api_key"), "unauthorized", "next"),
        (wire.fail(404, "model_not_found"), "no_model", "next"),
        (wire.fail(429, "insufficient_quota"), "account", "account"),
        (wire.fail(402), "account", "account"),
        (wire.arrears(), "account", "account"),
        (wire.inspected(), "refused", "refused"),
        (wire.fail(400, "context_length_exceeded"), "too_long", "ours"),
        (wire.fail(400, "invalid_request_error"), "rejected", "ours"),
        (wire.say(wire.CUT), "cut", "next"),
        (wire.say(wire.END), "cut", "next"),
        (wire.say(wire.GARBAGE), "cut", "next"),
        (wire.say(), "empty", "next"),
        (wire.say(" \n"), "empty", "next"),
        (wire.say(wire.think("Hm.")), "empty", "next"),
        (wire.say(wire.error("server_error")), "unavailable", "next"),
        (wire.say(wire.error("data_inspection_failed")), "refused", "refused"),
    ],
)
def test_a_failure_says_what_to_do(
    provider: Provider, script: Script, code: FailureCode, verdict: str
) -> None:
    said, failure, _ = failed(provider, script)
    assert (said.strip(), failure.code, failure.verdict) == ("", code, verdict)
    assert len(provider.asked(ended=1)) == 1  # nobody has asked again behind our back


@pytest.mark.parametrize(
    ("steps", "finish", "code"),
    [
        (["Hi ", wire.CUT], "stop", "cut"),
        (["Hi ", wire.END], "stop", "cut"),
        (["Hi ", wire.GARBAGE], "stop", "cut"),
        (["Hi ", wire.error("server_error")], "stop", "unavailable"),
        (["Hi ", wire.error("Arrearage")], "stop", "account"),
        (["Hi "], "content_filter", "refused"),
    ],
)
def test_a_failure_in_the_midst_keeps_what_was_said(
    provider: Provider, steps: list[Step], finish: str, code: FailureCode
) -> None:
    said, failure, usage = failed(provider, wire.say(*steps, finish=finish), QWEN)
    assert (said, failure.code) == ("Hi ", code)
    assert usage.output_tokens == 1
    assert usage.estimated or code == "refused"


def test_a_provider_says_when_to_ask_again(provider: Provider) -> None:
    _, failure, usage = failed(provider, wire.fail(429, "rate_limit_exceeded", retry_after="7"))
    assert (failure.code, failure.retry_after) == ("limited", 7.0)
    assert usage == Usage(0, 0, estimated=True)


def test_a_silent_provider_has_its_time_before_the_first_word(provider: Provider) -> None:
    said, failure, usage = failed(provider, wire.silent(), first_event_timeout=2.0)
    assert (said, failure.code) == ("", "timeout")
    assert usage.estimated
    assert usage.input_tokens > 0
    asked = provider.asked(ended=1)[0]
    assert asked.closed_early is not None


def test_a_role_alone_is_no_first_word(provider: Provider) -> None:
    said, failure, _ = failed(provider, wire.say(wire.HOLD), first_event_timeout=0.3)
    assert (said, failure.code) == ("", "timeout")


def test_a_provider_that_falls_silent_has_its_time(provider: Provider) -> None:
    script = wire.say("Hi ", wire.HOLD)
    said, failure, _ = failed(provider, script, silence_timeout=0.3)
    assert (said, failure.code) == ("Hi ", "timeout")


def test_an_answer_has_its_time(provider: Provider) -> None:
    steps: list[Step] = ["a", wire.wait(0.1)] * 300
    said, failure, _ = failed(provider, wire.say(*steps), request_timeout=3.0)
    assert said.startswith("a")
    assert failure.code == "timeout"


def test_nobody_at_the_address_is_told_at_once() -> None:
    async def scene() -> FailureCode:
        held = Credentials((Credential("openai", "k", "http://127.0.0.1:9/v1"),))
        async with opened(held) as providers:
            with pytest.raises(ProviderFailure) as failure:
                await heard(providers)
            return failure.value.code

    assert asyncio.run(scene()) == "unreachable"


@pytest.mark.parametrize("link", ["openai:gpt", "alibaba:qwen", "anthropic:c", "google:g"])
def test_a_missing_key_is_told_without_asking_anyone(link: str) -> None:
    async def scene() -> tuple[FailureCode, Usage]:
        async with opened(Credentials()) as providers, providers.open(parse(link), ASKED) as stream:
            with pytest.raises(ProviderFailure) as failure:
                await anext(stream)
            return failure.value.code, stream.usage

    assert asyncio.run(scene()) == ("no_key", Usage(0, 0, estimated=True))


def test_the_raw_answer_is_for_the_log_and_no_key_is_in_it(provider: Provider) -> None:
    provider.serve(key="another")
    with capture_logs() as logs:
        _, failure, _ = failed(provider, wire.say("never"))
    assert failure.code == "unauthorized"
    assert "sk-" not in f"{failure}{failure!r}"
    (entry,) = logs
    assert "Incorrect API key provided: [key]." in entry["answer"]
    assert entry["link"] == "openai:gpt-test"


def test_a_failure_ends_the_answer(provider: Provider) -> None:
    async def scene(providers: Providers) -> list[str]:
        async with providers.open(GPT, ASKED) as stream:
            with pytest.raises(ProviderFailure):
                await anext(stream)
            return [piece async for piece in stream]

    provider.queue(GPT.model, wire.fail(500), wire.say("late"))
    assert on(provider, scene) == []


def test_a_key_that_no_header_can_hold_is_refused_without_asking_anyone() -> None:
    async def scene() -> FailureCode:
        keys = Credentials((Credential("openai", "sk-…abcd"),))
        async with opened(keys) as providers, providers.open(parse("openai:gpt"), ASKED) as stream:
            with pytest.raises(ProviderFailure) as failure:
                await anext(stream)
            return failure.value.code

    assert asyncio.run(scene()) == "unauthorized"
