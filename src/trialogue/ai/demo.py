"""The offline assistant `demo`: no network, no model, and it says so. Same form as a real one."""

import asyncio
import re
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from trialogue.ai.prompt import Prompt
from trialogue.ai.stream import Finish, Stream, estimated
from trialogue.ai.usage import Usage

PACE = 0.03  # seconds between two words: somewhat faster than one reads
_PIECES = re.compile(r"\s*[\u2e80-\u9fff\uff00-\uffef]|\s*[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+")


class Demo:
    """The demo assistant. `pace` in seconds between two words."""

    def __init__(self, pace: float = PACE) -> None:
        self._pace = pace

    def open(self, prompt: Prompt) -> Stream:
        """Its answer to a prompt."""
        return _Answer(prompt, self._pace)


class _Answer:
    def __init__(self, prompt: Prompt, pace: float) -> None:
        self._prompt = prompt
        self._pieces = self._say("This is the demo assistant: no model is connected.", pace)
        self._said: list[str] = []
        self.finish: Finish = "stop"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        piece = await anext(self._pieces)
        self._said.append(piece)
        return piece

    @property
    def model(self) -> str:
        return "demo"

    @property
    def usage(self) -> Usage:
        return estimated(self._prompt, "".join(self._said))

    async def _say(self, text: str, pace: float) -> AsyncIterator[str]:
        for piece in _PIECES.findall(text):
            await asyncio.sleep(pace)  # sleep: the speed of its talk
            yield piece
