"""A loop with a virtual clock: what takes minutes takes milliseconds, and repeats itself."""

import asyncio
import selectors
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock leaps to the next timer as soon as nothing else is left to do."""

    def __init__(self) -> None:
        self.clock = 0.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        return self.clock


class _Leaping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._virtual = loop

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0)
        if timeout and not found:
            self._virtual.clock += timeout
            found = super().select(0)
        return found
