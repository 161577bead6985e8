"""Clients that cost next to nothing: the load must not be what is measured.

A client knows frames by their heads, answers pings, and never decodes JSON.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar, cast

import uvloop

from bench import wire
from bench.processes import HOST

T = TypeVar("T")

AT_ONCE = 64  # connections on their way in at the same time
CONNECT_MOST = 300  # seconds for all of them
_ADDRESSES = 32  # finding a free port takes the kernel long where most are taken


class Client(asyncio.Protocol):
    """One connection. `ready` is done when the first frame has come."""

    __slots__ = ("_rest", "_upgraded", "ready", "request", "transport")

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rest = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self._upgraded:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.connection_lost(ConnectionRefusedError(head.decode()))
                return
            self._upgraded = True
        end = 0
        for first, start, end in wire.frames(data):
            self.frame_received(first, data[start:end])
        self._rest = data[end:]

    def frame_received(self, first: int, payload: bytes) -> None:
        if first == wire.PING:
            self.transport.write(wire.pong(payload))
        elif first != wire.TEXT:
            self.connection_lost(ConnectionError(f"the server closed: {payload!r}"))
        elif not self.ready.done():
            self.ready.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed before the first frame"))


class Witness(Client):
    """A client that keeps the first message it hears of."""

    __slots__ = ("heard",)

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self.heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def frame_received(self, first: int, payload: bytes) -> None:
        super().frame_received(first, payload)
        if payload.startswith(wire.CREATED) and not self.heard.done():
            self.heard.set_result(payload)


class Tally:
    """When frames have reached all: the n-th frame of each member is the n-th message."""

    def __init__(self, members: int, arrived: Callable[[int], None]) -> None:
        self._members = members
        self._arrived = arrived
        self._left: list[int] = []
        self.first: list[float] = []  # by time.perf_counter, of each message
        self.last: list[float] = []

    def count(self, number: int) -> None:
        """A member has received its message `number` (from 0)."""
        if number == len(self._left):
            self._left.append(self._members)
            self.first.append(time.perf_counter())
        left = self._left[number] = self._left[number] - 1
        if not left:
            self.last.append(time.perf_counter())
            self._arrived(number)


class Member(Client):
    """A client that counts the messages it is told of."""

    __slots__ = ("_heard", "tally")

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self._heard = 0
        self.tally: Tally | None = None

    def watch(self, tally: Tally) -> None:
        """Count for this tally from now on."""
        self.tally, self._heard = tally, 0

    def data_received(self, data: bytes) -> None:
        # Nearly always one whole frame with a length of two bytes.
        if (
            not self._rest
            and data.startswith(wire.CREATED, 4)
            and (data[2] << 8 | data[3]) + 4 == len(data)
            and self.tally is not None
        ):
            number, self._heard = self._heard, self._heard + 1
            self.tally.count(number)
        else:
            super().data_received(data)

    def frame_received(self, first: int, payload: bytes) -> None:
        if self.tally is not None and payload.startswith(wire.CREATED):
            number, self._heard = self._heard, self._heard + 1
            self.tally.count(number)
        else:
            super().frame_received(first, payload)


async def connect(clients: Sequence[Client], port: int, *, at_once: int = AT_ONCE) -> None:
    """Let all of them in, some at a time."""
    gate = asyncio.Semaphore(at_once)
    loop = asyncio.get_running_loop()

    async def enter(place: int, client: Client) -> None:
        address = (f"127.0.0.{2 + place % _ADDRESSES}", 0)
        async with gate:
            await loop.create_connection(lambda: client, HOST, port, local_addr=address)
            await client.ready

    async with asyncio.timeout(CONNECT_MOST):
        await asyncio.gather(*(enter(place, client) for place, client in enumerate(clients)))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop. SIGTERM cancels the work: an exception out of a signal handler would
    end up in whichever connection is just being served."""

    async def stoppable() -> T:
        task = cast("asyncio.Task[T]", asyncio.current_task())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    return uvloop.run(stoppable())


def hang_up(clients: Sequence[Client]) -> None:
    """End all connections at once."""
    for client in clients:
        client.transport.abort()
