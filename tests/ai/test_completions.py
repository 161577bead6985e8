"""Answers that belong to no conversation: what the model is asked, and what is paid for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.completions import completion, question
from tests.support.provider import HOLD, Provider, fail, say
from tests.support.world import World
from trialogue.ai.chain import Chain
from trialogue.ai.circuit import Circuits
from trialogue.ai.completions import Completions, prompt_of
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.links import Link
from trialogue.ai.prices import Prices
from trialogue.ai.providers import Providers
from trialogue.core import usage
from trialogue.core.completions import Picture, Said
from trialogue.core.errors import ChatError, ProviderError
from trialogue.core.limits import Limits
from trialogue.core.policy import Actor
from trialogue.store.database import Database

LINK = Link("openai", "gpt-test")


# What the model is asked ------------------------------------------------------------------------


def test_own_instructions_come_first_and_the_caller_s_settings_last() -> None:
    asked = question(instructions="Own.", settings={"temperature": 1.0, "seed": 1})
    asked = replace(asked, instructions="Theirs.", settings={"temperature": 0.5})
    prompt = prompt_of(asked)
    assert prompt.instructions == "Own.\n\nTheirs."
    assert prompt.settings == {"temperature": 0.5, "seed": 1, "images": True}


def test_an_answer_that_was_begun_is_continued() -> None:
    prompt = prompt_of(question(Said("user", "Count."), Said("assistant", "One,")))
    assert (prompt.prefill, [turn.text for turn in prompt.turns]) == ("One,", ["Count."])


def test_names_and_pictures_go_with_what_was_said() -> None:
    said = Said("user", "Look", "Kevin", (Picture(b"x", "image/png"),))
    (turn,) = prompt_of(question(said)).turns
    assert (turn.said, turn.images[0].data) == ("Kevin: Look", b"x")


# What is read -----------------------------------------------------------------------------------


def test_text_that_gathers_is_one_piece_and_a_failure_comes_after_it() -> None:
    async def play() -> None:
        sheet = completion()
        for piece in ("One ", "two"):
            sheet.add(piece)
            sheet.tell(None)
        sheet.end(ChatError("unavailable", "x"))
        pieces = sheet.pieces()
        assert await anext(pieces) == "One two"
        with pytest.raises(ChatError):
            await anext(pieces)

    asyncio.run(play())


def test_of_a_whole_answer_nothing_is_read_before_its_end() -> None:
    async def play() -> None:
        sheet = completion(whole=True)
        sheet.add("Half")
        sheet.tell(None)
        reading = asyncio.ensure_future(anext(sheet.pieces()))
        await asyncio.sleep(0)
        sheet.tell("cut")
        sheet.add("Whole")
        sheet.end()
        assert await reading == "Whole"

    asyncio.run(play())


# What is paid for -------------------------------------------------------------------------------

kept = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def ada(database_url: str) -> Actor:
    database = Database(database_url)
    made = World(database).person("ada")
    database.dispose()
    return made


@asynccontextmanager
async def opened(
    url: str, provider: Provider, limits: Limits | None = None
) -> AsyncIterator[tuple[Completions, Database]]:
    database = Database(url, limits=limits or Limits())
    providers = Providers(Credentials((Credential("openai", "sk-x", provider.url),)))
    chain = Chain(providers, Prices.load(), Circuits(), usual=lambda: (LINK,))
    completions = Completions(database, chain)
    try:
        yield completions, database
    finally:
        await completions.stop()
        await chain.close()
        await database.close()


async def spent(database: Database, actor: Actor) -> tuple[int, int]:
    """Attempts and tokens so far."""
    now = datetime.now(UTC)
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    total = (await database.read(usage.sums, actor, user_id=actor.user_id, **span)).total
    return total.requests, total.input_tokens + total.output_tokens


@kept
def test_it_is_recorded_once_the_answer_has_ended(
    database_url: str, provider: Provider, ada: Actor
) -> None:
    async def play() -> None:
        provider.queue(LINK.model, say("Hi", usage=(4, 2)))
        async with opened(database_url, provider) as (completions, database):
            async with completions.open(ada, question()) as answer:
                assert [piece async for piece in answer.pieces()] == ["Hi"]
                assert await spent(database, ada) == (1, 6)
            assert (answer.tokens.input, answer.tokens.output) == (4, 2)

    asyncio.run(play())


@kept
def test_who_leaves_pays_for_what_was_made(
    database_url: str, provider: Provider, ada: Actor
) -> None:
    async def play() -> None:
        provider.queue(LINK.model, say("One ", "two ", HOLD))
        async with opened(database_url, provider) as (completions, database):
            async with completions.open(ada, question()) as answer:
                await anext(answer.pieces())
            attempts, tokens = await spent(database, ada)
            assert attempts == 1
            assert tokens > 0
            (asked,) = await asyncio.to_thread(provider.asked, ended=1)
            assert asked.closed_early is not None

    asyncio.run(play())


@kept
def test_who_has_used_up_the_day_is_refused_before_anyone_is_asked(
    database_url: str, provider: Provider, ada: Actor
) -> None:
    async def play() -> None:
        limits = Limits(user_tokens=5)
        provider.queue(LINK.model, say("Hi", usage=(4, 2)))
        async with opened(database_url, provider, limits) as (completions, _):
            async with completions.open(ada, question()) as answer:
                assert [piece async for piece in answer.pieces()] == ["Hi"]
            with pytest.raises(ChatError) as refused:
                async with completions.open(ada, question()):
                    pass
            assert refused.value.code == "limited"
            assert refused.value.retry_after is not None
        assert len(provider.asked()) == 1

    asyncio.run(play())


@kept
def test_a_failure_says_what_the_provider_s_was(
    database_url: str, provider: Provider, ada: Actor
) -> None:
    async def play() -> None:
        provider.queue(LINK.model, fail(429, retry_after="7"))
        async with (
            opened(database_url, provider) as (completions, _),
            completions.open(ada, question()) as answer,
        ):
            with pytest.raises(ProviderError) as failed:
                await anext(answer.pieces())
            assert (failed.value.reason, failed.value.retry_after) == ("limited", 7)

    asyncio.run(play())
