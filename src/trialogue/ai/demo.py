"""The offline assistant `demo`: no network, no model, and it says so. Same form as a real one.

It answers from the product's documents, shows every form of an answer, and fails on command.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from trialogue.ai import calculator, documents, phrases, showpieces
from trialogue.ai.documents import Index
from trialogue.ai.failures import FailureCode, ProviderFailure
from trialogue.ai.links import DEMO
from trialogue.ai.prompt import Prompt
from trialogue.ai.stream import Stream
from trialogue.ai.usage import Usage, estimated
from trialogue.core import wire

PACE = 0.03  # seconds between two words: somewhat faster than one reads
SLOW = 20  # times slower
PARAGRAPHS = 40  # of a long answer
LONGEST = 1_000  # characters of a question that are read
_DENSE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"\s*[{_DENSE}]|\s*[^\s{_DENSE}]+|\s+")
_HAN = re.compile("[\u4e00-\u9fff]")
_MENTIONS = re.compile(r"(?<!\S)@\S+")
_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|good (?:morning|day|evening)|你好|您好|嗨|在吗)\b\W*|你好.{0,2}", re.I
)
_TIME = re.compile(
    r"\b(?:what(?:'s| is)? (?:the )?(?:time|date|day)|time is it)\b"
    "|几点|今天.{0,20}(?:几号|日期|星期)|现在.{0,20}时间",
    re.I,
)
_FAILING: dict[str, FailureCode] = {"/error": "unavailable", "/refuse": "refused"}


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is said, how much slower than usual, and how it ends: where it breaks off, and why."""

    text: str
    slowness: float = 1.0
    breaks_at: int | None = None
    failure: FailureCode = "cut"


class Demo:
    """The demo assistant. `pace` in seconds between two words."""

    def __init__(
        self,
        pace: float = PACE,
        *,
        index: Callable[[], Index] = documents.index,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pace = pace
        self._index = index
        self._clock = clock

    def open(self, prompt: Prompt, *, stands_in: bool = False) -> Stream:
        """Its answer to a prompt. Where it `stands_in` for models that have failed it says so, and
        does not pretend to be one of them."""
        return _Answer(prompt, self._pace, lambda: self._reply(prompt, stands_in))

    def _reply(self, prompt: Prompt, stands_in: bool) -> _Reply:
        asked = _question(prompt)
        han = _HAN.search(asked) is not None
        if stands_in:
            return _Reply(phrases.APOLOGY[han])
        reply = _commanded(asked.lower(), han) or _Reply(self._answer(asked, han))
        first = all(turn.role == "user" for turn in prompt.turns)
        if first and reply.breaks_at is None and not asked.startswith("/"):
            return _Reply(f"{phrases.INTRODUCTION[han]}\n\n{reply.text}".strip())
        return reply

    def _answer(self, asked: str, han: bool) -> str:
        """An answer to what is no command."""
        if not asked or _GREETING.fullmatch(asked):
            return phrases.GREETING[han] if asked else phrases.HELP[han]
        if _TIME.search(asked):
            return phrases.NOW[han].format(time=self._clock().strftime("%Y-%m-%d %H:%M"))
        if expression := calculator.find(asked):
            return phrases.SUM[han].format(sum=expression, result=calculator.evaluate(expression))
        if piece := _shown(asked.lower(), han):
            return piece
        return self._quoted(asked, han)

    def _quoted(self, asked: str, han: bool) -> str:
        found = self._index().search(asked)
        if not found:
            return phrases.UNKNOWN[han]
        quotations = (
            f"**{passage.heading}** ({passage.source})\n\n{_quotation(passage.text)}"
            for passage in found
        )
        return "\n\n".join((phrases.FOUND[han], *quotations))


def _question(prompt: Prompt) -> str:
    """What was asked last, or its beginning: without mentions, and without what it quotes."""
    text = prompt.turns[-1].text if prompt.turns else ""
    lines = [line for line in text.splitlines() if not line.startswith("> ")]
    return _MENTIONS.sub("", "\n".join(lines)).strip()[:LONGEST]


def _commanded(asked: str, han: bool) -> _Reply | None:
    command = asked.split()[0] if asked else ""
    match command:
        case "/help":
            return _Reply(phrases.HELP[han])
        case "/slow":
            return _Reply(phrases.SLOWLY[han], slowness=SLOW)
        case "/long":
            paragraphs = (phrases.PARAGRAPH[han].format(n=n) for n in range(1, PARAGRAPHS + 1))
            return _Reply("\n\n".join(paragraphs))
        case "/cut":
            return _Reply(phrases.BROKEN[han], breaks_at=len(phrases.BROKEN[han]) // 2)
        case "/error" | "/refuse":
            return _Reply("", breaks_at=0, failure=_FAILING[command])
        case _:
            return None


def _shown(asked: str, han: bool) -> str | None:
    """A showpiece, when one is asked for: its noun alone, or with a verb."""
    words = re.findall(r"[a-z]+", asked)
    wants = len(words) == 1 or any(verb in words for verb in showpieces.VERBS)
    wants = wants or any(verb in asked for verb in showpieces.CHINESE_VERBS) or len(asked) <= 4
    if not wants:
        return None
    for name, nouns in showpieces.NOUNS.items():
        if any(noun in words or (noun in asked and _HAN.search(noun)) for noun in nouns):
            return (showpieces.CHINESE if han else showpieces.ENGLISH)[name]
    return None


def _quotation(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


class _Answer:
    """The demo assistant's answer, said at its pace."""

    def __init__(self, prompt: Prompt, pace: float, reply: Callable[[], _Reply]) -> None:
        self._prompt = prompt
        self._pieces = self._said_by(pace, reply)
        self._said: list[str] = []
        self.finish: wire.Finish = "stop"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pieces.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        piece = await anext(self._pieces)
        self._said.append(piece)
        return piece

    @property
    def model(self) -> str:
        """It has none."""
        return DEMO

    @property
    def usage(self) -> Usage:
        """Estimated, as nobody counts."""
        return estimated(self._prompt, "".join(self._said))

    async def _said_by(self, pace: float, make: Callable[[], _Reply]) -> AsyncGenerator[str]:
        # The first search reads and indexes the documents: not in the server's loop.
        reply = await asyncio.to_thread(make)
        text, end = reply.text, reply.breaks_at
        if before := self._prompt.prefill:
            # What was cut off on command is completed when one asks for it.
            text, end = _continued(text, before), None
        for piece in _PIECES.findall(text if end is None else text[:end]):
            await asyncio.sleep(pace * reply.slowness)  # sleep: the speed of its talk
            yield piece
        if end is not None:
            raise ProviderFailure(reply.failure)


def _continued(text: str, before: str) -> str:
    """The rest of an answer of which something has been said; all of it, if it was another one."""
    return text.removeprefix(before) if text.startswith(before) else f"\n\n{text}"
