"""Models are asked over real lines: what they say comes verbatim, what goes wrong with a verdict,
and whoever leaves closes the line."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support import provider as wire
from tests.support.provider import Provider, Script, Step
from tests.support.server import environment
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.demo import Demo
from trialogue.ai.failures import FailureCode, ProviderFailure
from trialogue.ai.links import Link, parse
from trialogue.ai.prompt import CONTINUE, Image, Prompt, Turn
from trialogue.ai.providers import Providers
from trialogue.ai.stream import Stream
from trialogue.ai.usage import Usage

GPT, QWEN = Link("openai", "gpt-test"), Link("alibaba", "qwen-test")
ASKED = Prompt("Be brief.", (Turn("user", "How are you?"),))
CLOSING = 0.2  # seconds in which a line must be closed


def credentials(provider: Provider, key: str = "sk-secret") -> Credentials:
    return Credentials(
        (
            Credential("openai", key, provider.url),
            Credential("alibaba", key, provider.url),
            Credential("ollama", url=provider.url),
            Credential("openai-compatible", None, provider.url),
        )
    )


@asynccontextmanager
async def opened(held: Credentials, **more: Any) -> AsyncIterator[Providers]:
    providers = Providers(held, **more)
    try:
        yield providers
    finally:
        await providers.close()


def on(provider: Provider, scene: Callable[[Providers], Awaitable[Any]], **more: Any) -> Any:
    """Run a scene with the provider's models."""

    async def play() -> Any:
        async with opened(credentials(provider), **more) as providers:
            return await scene(providers)

    return asyncio.run(play())


async def heard(
    providers: Providers, link: Link = GPT, prompt: Prompt = ASKED
) -> tuple[list[str], Stream]:
    async with providers.open(link, prompt) as stream:
        pieces = [piece async for piece in stream]
    return pieces, stream


def answered(provider: Provider, script: Script, link: Link = GPT) -> tuple[str, Stream]:
    provider.queue(link.model, script)
    pieces, stream = on(provider, lambda providers: heard(providers, link))
    return "".join(pieces), stream


def failed(
    provider: Provider, script: Script, link: Link = GPT, **more: Any
) -> tuple[str, ProviderFailure, Usage]:
    """What came before a failure, the failure, and the usage."""
    provider.queue(link.model, script)

    async def scene(providers: Providers) -> tuple[str, ProviderFailure, Usage]:
        said = ""
        async with providers.open(link, ASKED) as stream:
            try:
                async for piece in stream:
                    said += piece
            except ProviderFailure as failure:
                return said, failure, stream.usage
        raise AssertionError(f"it has not failed: {said!r}")

    found: tuple[str, ProviderFailure, Usage] = on(provider, scene, **more)
    return found


# Answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", [GPT, QWEN])
def test_every_character_comes_as_it_was_sent(provider: Provider, link: Link) -> None:
    steps = ["\n\n ", "Hi", " ", '"you"', "\\n", "你好", "😀", "\t", " \n"]
    text, stream = answered(provider, wire.say(*steps, usage=(7, 9)), link)
    assert text == "".join(steps)
    assert stream.usage == Usage(7, 9, estimated=False)
    assert stream.finish == "stop"


def test_tokens_that_come_together_are_read_together(provider: Provider) -> None:
    tokens = [f"word{n} " for n in range(500)]
    provider.queue(GPT.model, wire.say(wire.burst(*tokens)))
    pieces, stream = on(provider, heard)
    assert "".join(pieces) == "".join(tokens)
    assert len(pieces) < 50
    assert stream.usage.output_tokens == 500


def test_what_is_sent_is_the_prompt(provider: Provider) -> None:
    turns = (Turn("user", "Hi", "Ana"), Turn("assistant", "Yes?"), Turn("user", "Why?", "Bo"))
    settings = {"temperature": 0.5, "max_tokens": 9, "unheard_of": 1}
    prompt = Prompt("Be brief.", turns, settings)
    on(provider, lambda providers: heard(providers, QWEN, prompt))
    asked = provider.asked(ended=1)[0]
    assert [(one["role"], one["content"]) for one in asked.messages] == [
        ("system", "Be brief."),
        ("user", "Ana: Hi"),
        ("assistant", "Yes?"),
        ("user", "Bo: Why?"),
    ]
    assert (asked.body["temperature"], asked.body["max_tokens"]) == (0.5, 9)
    assert "unheard_of" not in asked.body
    assert asked.body["stream_options"] == {"include_usage": True}
    assert asked.key == "sk-secret"


def test_openai_itself_is_told_the_longest_answer_in_its_own_words(provider: Provider) -> None:
    prompt = Prompt("", ASKED.turns, {"max_tokens": 9})
    on(provider, lambda providers: heard(providers, GPT, prompt))
    assert provider.asked()[0].body["max_completion_tokens"] == 9


def test_pictures_are_sent(provider: Provider) -> None:
    picture = Image(b"\x89PNG", "image/png")
    prompt = Prompt("", (Turn("user", "What is this?", images=(picture,)),))
    on(provider, lambda providers: heard(providers, GPT, prompt))
    text, image = provider.asked()[0].messages[0]["content"]
    assert text["text"] == "What is this?"
    assert image["image_url"]["url"].startswith("data:image/png;base64,")


def test_an_interrupted_answer_is_continued_without_a_repetition(provider: Provider) -> None:
    before = "The harbour lies in the east of the town"
    provider.queue(GPT.model, wire.say("in the east", " of the town", ", by the sea."))
    prompt = Prompt("", ASKED.turns, prefill=before)
    pieces, _ = on(provider, lambda providers: heard(providers, GPT, prompt))
    assert "".join(pieces) == ", by the sea."
    assert [one["content"] for one in provider.asked()[0].messages[1:]] == [before, CONTINUE]


def test_what_a_model_thinks_is_no_text(provider: Provider) -> None:
    text, _ = answered(provider, wire.say(wire.think("Hm."), wire.think("So."), "Yes."))
    assert text == "Yes."
    text, _ = answered(provider, wire.say("<think>", "Hm.", "</think>", "Yes."))
    assert text == "Yes."


def test_an_answer_that_reached_its_longest_says_so(provider: Provider) -> None:
    text, stream = answered(provider, wire.say("Once upon", finish="length"))
    assert (text, stream.finish) == ("Once upon", "length")


def test_the_model_has_the_name_that_the_provider_gives(provider: Provider) -> None:
    _, stream = answered(provider, wire.say("Hi"))
    assert stream.model == GPT.model + "-2026"


def test_a_provider_that_does_not_count_is_estimated(provider: Provider) -> None:
    _, stream = answered(provider, wire.say("Hi there", usage=(0, 0)))
    assert stream.usage.estimated
    assert (stream.usage.output_tokens, stream.usage.input_tokens > 4) == (2, True)


def test_one_connection_serves_one_question_after_another(provider: Provider) -> None:
    async def scene(providers: Providers) -> None:
        for _ in range(3):
            await heard(providers)

    on(provider, scene)
    assert len({asked.line for asked in provider.asked(ended=3)}) == 1


@pytest.mark.parametrize("link", ["ollama:llama:3b", "openai-compatible:house", "vllm:some"])
def test_local_and_compatible_servers_need_no_key(provider: Provider, link: str) -> None:
    held = credentials(provider).having(Credential("vllm", url=provider.url))

    async def scene() -> None:
        async with opened(held) as providers:
            pieces, _ = await heard(providers, parse(link))
            assert "".join(pieces).strip() == "You said: How are you?"

    asyncio.run(scene())
    assert provider.asked()[0].model == parse(link).model


# Failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "code", "verdict"),
    [
        (wire.fail(500), "unavailable", "next"),
        (wire.fail(503, "overloaded"), "unavailable", "next"),
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
    said, failure, usage = failed(provider, wire.silent(), first_event_timeout=0.3)
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
    said, failure, _ = failed(provider, wire.say(*steps), request_timeout=0.5)
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


# Leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [wire.silent(), wire.say("Hi ", wire.HOLD)])
def test_a_cancelled_answer_closes_its_line_at_once(provider: Provider, script: Script) -> None:
    usage: list[Usage] = []

    async def scene(providers: Providers) -> float:
        async def listen() -> None:
            async with providers.open(GPT, ASKED) as stream:
                try:
                    async for _ in stream:
                        first.set()
                finally:
                    usage.append(stream.usage)

        first = asyncio.Event()
        listening = asyncio.create_task(listen())
        await asyncio.to_thread(provider.asked, began=1)
        if "hold" not in script:
            await first.wait()
        begun = time.monotonic()
        listening.cancel()
        await asyncio.wait({listening})
        assert listening.cancelled()
        ended = await asyncio.to_thread(provider.asked, ended=1)
        assert ended[0].closed_early is not None
        return ended[0].closed_early - begun

    provider.queue(GPT.model, script)
    assert on(provider, scene) < CLOSING
    assert usage[0].estimated
    assert usage[0].input_tokens > 0
    assert usage[0].output_tokens == (0 if "hold" in script else 1)


def test_leaving_early_closes_the_line_at_once(provider: Provider) -> None:
    async def scene(providers: Providers) -> float:
        async with providers.open(GPT, ASKED) as stream:
            assert await anext(stream) == "Hi "
            begun = time.monotonic()
        ended = await asyncio.to_thread(provider.asked, ended=1)
        assert ended[0].closed_early is not None
        return ended[0].closed_early - begun

    provider.queue(GPT.model, wire.say("Hi ", wire.HOLD))
    assert on(provider, scene) < CLOSING


def test_nothing_is_asked_before_the_first_piece_is(provider: Provider) -> None:
    async def scene(providers: Providers) -> Usage:
        async with providers.open(GPT, ASKED) as stream:
            return stream.usage

    assert on(provider, scene) == Usage(0, 0, estimated=True)
    assert provider.asked() == []


def test_many_answers_at_once_stay_apart(provider: Provider) -> None:
    async def scene(providers: Providers) -> list[str]:
        prompts = [Prompt("", (Turn("user", f"number {n}"),)) for n in range(40)]
        answers = await asyncio.gather(*(heard(providers, GPT, prompt) for prompt in prompts))
        return ["".join(pieces) for pieces, _ in answers]

    found = on(provider, scene)
    assert found == [f"You said: number {n} " for n in range(40)]


# Keys and loading -----------------------------------------------------------------------------


def test_a_new_key_is_used_from_the_next_question_on(provider: Provider) -> None:
    provider.serve(key="new")

    async def scene(providers: Providers) -> None:
        with pytest.raises(ProviderFailure):
            await heard(providers)
        providers.renew(credentials(provider, "new"))
        await heard(providers)

    on(provider, scene)


def test_demo_needs_nothing(provider: Provider) -> None:
    async def scene(providers: Providers) -> str:
        pieces, _ = await heard(providers, Link("demo"), Prompt("", (Turn("user", "2+2"),)))
        return "".join(pieces)

    assert on(provider, scene, demo=Demo(0)).endswith("`2+2` = **4**")


LAZY = """
import asyncio, sys
from trialogue.ai import circuit, credentials, discovery, history, links, prices, probing
from trialogue.ai.prompt import Prompt, Turn
from trialogue.ai.providers import Providers
import trialogue.settings

async def ask():
    providers = Providers(credentials.Credentials())
    async with providers.open(links.Link("demo"), Prompt("", (Turn("user", "2+2"),))) as stream:
        async for _ in stream:
            pass
    await providers.close()

asyncio.run(ask())
print([name for name in ("pydantic_ai", "openai", "httpx2") if name in sys.modules])
"""


def test_libraries_of_models_are_loaded_only_when_a_model_is_asked() -> None:
    settings = environment()
    done = subprocess.run(
        [sys.executable, "-c", LAZY], env=settings, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
