"""Whoever leaves an answer closes the line to its provider."""

import asyncio
import time

import pytest

from tests.ai.asking import ASKED, GPT, heard, on
from tests.support import provider as wire
from tests.support.provider import Provider, Script
from trialogue.ai.prompt import Prompt, Turn
from trialogue.ai.providers import Providers
from trialogue.ai.usage import Usage

CLOSING = 5.0  # seconds; nothing else would end it before `first_event_timeout`, 10 seconds


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
            waiting = asyncio.create_task(first.wait())
            await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
            assert first.is_set()
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
