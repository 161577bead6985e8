"""One wheel for all timers of all sockets: a tick a second, no task or timer of their own.

The wheel only counts; what is due is called on the event loop, and must not block.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

TICK = 1.0  # seconds


class Wheel:
    """Calls what is due. `now` counts ticks since the start; tests may call `tick` themselves."""

    def __init__(self) -> None:
        self.now = 0
        self._due: dict[int, list[Callable[[], None]]] = {}
        self._each: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0

    def start(self) -> None:
        """Begin to tick on the running loop."""
        loop = asyncio.get_running_loop()
        self._next = loop.time() + TICK
        self._timer = loop.call_at(self._next, self._turn)

    def stop(self) -> None:
        """Tick no more."""
        if self._timer is not None:
            self._timer.cancel()

    def each_tick(self, call: Callable[[], None]) -> None:
        """Call at every tick."""
        self._each.append(call)

    def after(self, seconds: int, call: Callable[[], None]) -> None:
        """Call once, at least `seconds` from now. Cannot be cancelled: `call` looks whether
        there is still something to do."""
        self._due.setdefault(self.now + seconds + 1, []).append(call)

    def _turn(self) -> None:
        self.tick()
        loop = asyncio.get_running_loop()
        # A loop that was held up does not make up for lost ticks in a burst.
        self._next = max(self._next + TICK, loop.time())
        self._timer = loop.call_at(self._next, self._turn)

    def tick(self) -> None:
        """One second has passed."""
        self.now += 1
        for call in [*self._due.pop(self.now, ()), *self._each]:
            try:
                call()
            except Exception:  # one failure must not stop the clock for all
                log.exception("a timer failed")


class Beating(Protocol):
    """A connection as the heartbeat sees it. `heard` is the tick of the last byte."""

    heard: int

    def ping(self) -> None:
        """Ask the peer for a sign of life."""

    def lost(self) -> None:
        """The peer gave no sign of life in time."""


class Heartbeat:
    """Pings every connection once in `period` seconds, a part of them each tick, and gives
    those up from whom no byte came for `dead_after` seconds."""

    def __init__(self, wheel: Wheel, period: int, dead_after: int) -> None:
        self._wheel = wheel
        self._dead_after = dead_after
        self._period = period
        self._ring: list[set[Beating]] = [set() for _ in range(period)]
        wheel.each_tick(self._beat)

    @property
    def size(self) -> int:
        """How many connections it beats for."""
        return sum(map(len, self._ring))

    def add(self, connection: Beating) -> int:
        """Take a connection in; returns its place, which `remove` wants."""
        place = self._wheel.now % self._period
        self._ring[place].add(connection)
        return place

    def remove(self, connection: Beating, place: int) -> None:
        """Leave a connection alone from now on."""
        self._ring[place].discard(connection)

    def _beat(self) -> None:
        now = self._wheel.now
        for connection in tuple(self._ring[now % self._period]):
            left = self._dead_after - (now - connection.heard)
            if left < self._period:  # would be overdue before its turn comes again
                self._wheel.after(max(left - 1, 0), _Verdict(self, connection))
            connection.ping()

    def judge(self, connection: Beating) -> None:
        """Give a connection up, unless something came from it in the last moment."""
        if self._wheel.now - connection.heard >= self._dead_after:
            connection.lost()


class _Verdict:
    """A judgement to come. The connection may be closed by then; `lost` copes with that."""

    __slots__ = ("_connection", "_heartbeat")

    def __init__(self, heartbeat: Heartbeat, connection: Beating) -> None:
        self._heartbeat = heartbeat
        self._connection = connection

    def __call__(self) -> None:
        self._heartbeat.judge(self._connection)
