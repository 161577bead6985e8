"""The demo assistant says what it is, answers from the documents, and shows every state."""

import asyncio
from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.ai import phrases, showpieces
from trialogue.ai.demo import Demo
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.prompt import Prompt, Turn

BEFORE = (Turn("user", "Hi"), Turn("assistant", "Hello"))
CLOCK = datetime(2026, 11, 3, 14, 15, tzinfo=UTC)


def pieces(text: str, *before: Turn, prefill: str = "", stands_in: bool = False) -> list[str]:
    demo = Demo(0, clock=lambda: CLOCK)
    prompt = Prompt("", (*before, Turn("user", text)), prefill=prefill)

    async def listen() -> list[str]:
        async with demo.open(prompt, stands_in=stands_in) as stream:
            found = [piece async for piece in stream]
            assert stream.usage.estimated
            assert stream.usage.output_tokens > 0
            assert (stream.model, stream.finish) == ("demo", "stop")
            return found

    return asyncio.run(listen())


def answer(text: str, *before: Turn, **more: Any) -> str:
    return "".join(pieces(text, *(before or BEFORE), **more))


def broken(text: str) -> tuple[str, ProviderFailure]:
    said: list[str] = []

    async def listen() -> None:
        prompt = Prompt("", (*BEFORE, Turn("user", text)))
        async with Demo(0).open(prompt) as stream:
            async for piece in stream:
                said.append(piece)

    with pytest.raises(ProviderFailure) as failed:
        asyncio.run(listen())
    return "".join(said), failed.value


@pytest.mark.parametrize(("text", "han"), [("Hello", 0), ("你好", 1), ("How do I embed it?", 0)])
def test_a_conversation_begins_with_what_it_is(text: str, han: int) -> None:
    assert "".join(pieces(text)).startswith(phrases.INTRODUCTION[han])
    assert phrases.INTRODUCTION[han] not in answer(text)


def test_it_quotes_the_documents_with_their_source() -> None:
    said = answer("How do I embed it in my program?")
    assert said.startswith(phrases.FOUND[0])
    assert "(docs/guide/embed.md)" in said
    assert "\n> " in said


def test_it_says_when_it_cannot_help() -> None:
    assert answer("Who is the king of Sweden?") == phrases.UNKNOWN[0]
    assert answer("今晚吃火锅还是烧烤") == phrases.UNKNOWN[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What time is it?", "It is 2026-11-03 14:15 (UTC)."),
        ("What is (3 + 4) * 12?", "`(3 + 4) * 12` = **84**"),
        ("@Demo 2+2", "`2+2` = **4**"),
        ("> Ana: show me a table\n1/4 = ?", "`1/4` = **0.25**"),
    ],
)
def test_it_tells_the_time_and_does_sums(text: str, said: str) -> None:
    assert answer(text) == said


@pytest.mark.parametrize(
    ("text", "name", "han"),
    [
        ("Show me a table", "table", False),
        ("write some code please", "code", False),
        ("draw a mermaid diagram", "diagram", False),
        ("show a formula", "math", False),
        ("markdown", "markdown", False),
        ("来一张表格", "table", True),
        ("写一段代码", "code", True),
        ("画个流程图", "diagram", True),
    ],
)
def test_it_shows_every_form_of_an_answer(text: str, name: str, han: bool) -> None:
    shown = showpieces.CHINESE if han else showpieces.ENGLISH
    assert answer(text) == shown[name]


def test_help_names_every_command() -> None:
    for text in ("/help", ""):
        said = answer(text)
        assert all(f"`/{name}`" in said for name in ("slow", "long", "error", "cut", "refuse"))


def test_a_long_answer_is_long() -> None:
    assert len(answer("/long")) > 5_000


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [("/error", "unavailable", "next"), ("/refuse", "refused", "refused")],
)
def test_it_fails_before_its_first_word_on_command(text: str, code: str, verdict: str) -> None:
    said, failure = broken(text)
    assert (said, failure.code, failure.verdict) == ("", code, verdict)


def test_it_breaks_off_on_command_and_completes_the_answer() -> None:
    said, failure = broken("@Demo /cut")
    assert failure.code == "cut"
    assert phrases.BROKEN[0].startswith(said)
    assert 0 < len(said) < len(phrases.BROKEN[0])
    rest = answer("/cut", prefill=said)
    assert said + rest == phrases.BROKEN[0]


def test_a_text_of_someone_else_is_followed_by_a_whole_answer() -> None:
    assert answer("/help", prefill="Once upon") == f"\n\n{phrases.HELP[0]}"


def test_in_the_place_of_models_it_only_apologises() -> None:
    assert answer("How do I embed it?", stands_in=True) == phrases.APOLOGY[0]
    assert answer("怎么嵌入?", stands_in=True) == phrases.APOLOGY[1]


def test_a_slow_answer_can_be_left_at_once() -> None:
    async def leave() -> float:
        loop = asyncio.get_running_loop()
        async with Demo(60).open(Prompt("", (*BEFORE, Turn("user", "/slow")))) as stream:
            asking = asyncio.ensure_future(anext(aiter(stream)))
            await asyncio.wait({asking}, timeout=0.05)
            begun = loop.time()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        return loop.time() - begun

    assert asyncio.run(leave()) < 30


def test_it_speaks_word_by_word_and_sign_by_sign() -> None:
    assert pieces("2+2", *BEFORE) == ["`2+2`", " =", " **4**"]
    chinese = pieces("今晚吃火锅还是烧烤", *BEFORE)
    assert chinese[:4] == ["文", "档", "里", "没"]


@given(st.text(max_size=40))
def test_whatever_is_asked_is_answered(text: str) -> None:
    assert text.lstrip().startswith("/") or answer(text).strip()


def test_a_long_question_keeps_nobody_waiting() -> None:
    started = process_time()
    assert answer("今天" * 20_000)
    assert process_time() - started < 5  # to look for the end of each takes 10 s
