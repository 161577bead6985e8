"""Models are asked over real lines, and what they say comes verbatim."""

import asyncio
import json
import subprocess
import sys

import pytest

from tests.ai.asking import ASKED, GPT, QWEN, answered, credentials, heard, on, opened
from tests.support import provider as wire
from tests.support.provider import Provider, Step
from tests.support.server import environment
from trialogue.ai.credentials import Credential
from trialogue.ai.demo import Demo
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link, parse
from trialogue.ai.prompt import CONTINUE, Image, Prompt, Turn
from trialogue.ai.providers import Providers
from trialogue.ai.usage import Usage


@pytest.mark.parametrize("link", [GPT, QWEN])
def test_every_character_comes_as_it_was_sent(provider: Provider, link: Link) -> None:
    steps = ["\n\n ", "Hi", " ", '"you"', "\\n", "你好", "😀", "\t", " \n"]
    text, stream = answered(provider, wire.say(*steps, usage=(7, 9)), link)
    assert text == "".join(steps)
    assert stream.usage == Usage(7, 9, estimated=False)
    assert stream.finish == "stop"


@pytest.mark.parametrize("link", [GPT, QWEN, Link("openai-compatible", "local")])
@pytest.mark.parametrize("told", [[(5, 7), (5, 7)], [(5, 0), (5, 3), (5, 7)]])
def test_of_usage_that_is_told_again_and_again_the_last_counts(
    provider: Provider, link: Link, told: list[tuple[int, int]]
) -> None:
    steps: list[Step] = ["Hi"]
    for asked, answer in told:
        usage = {"prompt_tokens": asked, "completion_tokens": answer}
        chunk = {"id": "c", "choices": [], "usage": {**usage, "total_tokens": asked + answer}}
        steps += [wire.raw(f"data: {json.dumps(chunk)}\n\n"), " you"]
    _, stream = answered(provider, wire.say(*steps, usage=(0, 0)), link)
    assert stream.usage == Usage(5, 7, estimated=False)


def test_what_no_database_keeps_does_not_come(provider: Provider) -> None:
    texts = ["A\0", "\ud83d", "\ude00", "B\ud83d"]
    chunks = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    steps = [wire.raw(f"data: {json.dumps({'id': 'c', **chunk})}\n\n") for chunk in chunks]
    text, _ = answered(provider, wire.say(*steps), GPT)
    assert text == "A😀B"


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
