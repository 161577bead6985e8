"""The turnstile: what many do at once who come back is done in turn, a few at a time.

Who is in already and catches up goes first, three of them for each who comes in: an answer that
waited behind thousands of newcomers would be given up, and asked for again.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FIRST = 3  # who catch up, for each who comes in, where both wait
Turn = asyncio.Future[None]


class Turnstile:
    """Lets so many through at a time as there are `places`; fair to either kind."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._first: deque[Turn] = deque()
        self._others: deque[Turn] = deque()
        self._ahead = 0  # how many have gone first since one of the others

    @asynccontextmanager
    async def turn(self, *, first: bool = False) -> AsyncIterator[None]:
        """One's turn, once it has come, until the end of the block."""
        await self._wait(self._first if first else self._others)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, queue: deque[Turn]) -> None:
        if self._free:  # then nobody waits
            self._free -= 1
            return
        turn: Turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had come already
                self._next()
            raise

    def _next(self) -> None:
        """Hand a place on to who is next, or keep it free."""
        first, others = self._first, self._others
        turn = None
        while turn is None or turn.done():
            if first and (self._ahead < FIRST or not others):
                turn = first.popleft()
                self._ahead += 1
            elif others:
                turn = others.popleft()
                self._ahead = 0
            else:
                self._free += 1
                return
        turn.set_result(None)
