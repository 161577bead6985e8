"""What one node hears from Redis: the channels it wants, whatever becomes of the connection.

While Redis is away nobody waits for it. When it is back, all channels are subscribed anew and
`returned` is called: what happened meanwhile has not been heard.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import RedisError

from trialogue.live.bus import client

log = structlog.get_logger(__name__)

HEARTBEAT = 5.0  # seconds of silence after which Redis is asked for a sign of life
AT_ONCE = 1_000  # channels in one command
LASTING = 10.0  # seconds after which a connection counts as a good one


class Subscriptions:
    """The channels of a node, and the one connection that hears them."""

    def __init__(
        self, url: str, hear: Callable[[bytes], None], returned: Callable[[], None]
    ) -> None:
        # Made when they are needed: a connection belongs to the loop that runs then.
        self._pool = ConnectionPool.from_url(url, **client.options(Retry(NoBackoff(), 0)))
        self._hear = hear
        self._returned = returned
        self._wanted: dict[str, None] = {}
        self._link: _Link | None = None
        self._task: asyncio.Task[None] | None = None
        self.heard = False  # whether all that is wanted is heard just now

    def start(self) -> None:
        """Begin to connect; nobody waits for it."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        """Hear nothing more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def subscribe(self, channels: Iterable[str]) -> None:
        """From the return on these are heard, unless Redis is away: then from its return on."""
        asked = dict.fromkeys(channels)
        self._wanted.update(asked)
        if self._link is not None:
            await self._link.subscribe(asked)

    def unsubscribe(self, channels: Iterable[str]) -> None:
        """These are no longer wanted."""
        for channel in channels:
            if channel in self._wanted:
                del self._wanted[channel]
                if self._link is not None:
                    self._link.unsubscribe(channel)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        pause = client.FIRST_PAUSE
        while True:
            begun = loop.time()
            try:
                await self._live()
            except (RedisError, OSError) as error:
                log.warning("bus.away", error=str(error))
            except Exception:  # whatever it was: this node must hear again
                log.exception("bus.failed")
            lasted = loop.time() - begun > LASTING
            pause = client.FIRST_PAUSE if lasted else min(2 * pause, client.LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311

    async def _live(self) -> None:
        """The life of one connection; raises what ended it."""
        link = _Link(self._pool.make_connection(), self._hear)  # type: ignore[no-untyped-call]
        try:
            await link.open()
            self._link = link
            parts = [link.read(), link.write(), self._greet(link)]
            await _until_one_fails([asyncio.ensure_future(part) for part in parts])
        finally:
            self.heard = False
            self._link = None
            await link.close()

    async def _greet(self, link: "_Link") -> None:
        await link.subscribe(dict(self._wanted))
        if link.is_open:
            self.heard = True
            log.info("bus.heard", channels=len(self._wanted))
            self._returned()


async def _until_one_fails(tasks: list[asyncio.Task[None]]) -> None:
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Asked:
    """One SUBSCRIBE under way: how many confirmations are still to come."""

    __slots__ = ("done", "left")

    def __init__(self, count: int) -> None:
        self.left = count
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class _Link:
    """One connection. Redis confirms in the order in which it was asked."""

    def __init__(self, connection: AbstractConnection, hear: Callable[[bytes], None]) -> None:
        self._connection = connection
        self._hear = hear
        self._commands: deque[tuple[str, ...]] = deque()
        self._wake = asyncio.Event()
        self._asked: deque[_Asked] = deque()
        self._latest: dict[str, _Asked] = {}  # by channel: the subscription that counts
        self.is_open = False

    async def open(self) -> None:
        """Connect. A Redis that takes connections may still be one that does not answer."""
        await self._connection.connect()  # type: ignore[no-untyped-call]
        await self._connection.send_command("PING")
        await self._connection.read_response()
        self.is_open = True

    async def close(self) -> None:
        """Let go, also those who wait for a confirmation."""
        self.is_open = False
        for asked in self._asked:
            if not asked.done.done():
                asked.done.set_result(None)
        await self._connection.disconnect(nowait=True)

    async def subscribe(self, channels: Iterable[str]) -> None:
        """Returns when all are confirmed, or the connection has ended."""
        fresh = [channel for channel in channels if channel not in self._latest]
        for start in range(0, len(fresh), AT_ONCE):
            some = fresh[start : start + AT_ONCE]
            asked = _Asked(len(some))
            self._asked.append(asked)
            self._latest.update(dict.fromkeys(some, asked))
            self._send("SUBSCRIBE", *some)
        waiting = {self._latest[channel].done for channel in channels if channel in self._latest}
        waiting = {future for future in waiting if not future.done()}
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=client.PATIENCE)
            if late and self.is_open:
                await self.close()  # the reader fails, and a new connection is made

    def unsubscribe(self, channel: str) -> None:
        """Hear this channel no more."""
        if self._latest.pop(channel, None) is not None:
            self._send("UNSUBSCRIBE", channel)

    def _send(self, *command: str) -> None:
        self._commands.append(command)
        self._wake.set()

    async def write(self) -> None:
        """Send commands, one after the other."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._commands:
                self._must_be_open()
                await self._connection.send_command(*self._commands.popleft())

    def _must_be_open(self) -> None:
        """redis-py would connect again by itself, with nothing subscribed."""
        if not self.is_open:
            raise Lost("Redis did not answer in time")

    async def read(self) -> None:
        """Take what comes."""
        silent = False
        while True:
            self._must_be_open()
            reply = await self._connection.read_response(
                timeout=HEARTBEAT, disconnect_on_error=False
            )
            if reply is not None:
                silent = False
                self._take(reply)
            elif silent:
                raise Lost("Redis has fallen silent")
            else:
                silent = True
                self._send("PING")

    def _take(self, reply: Any) -> None:
        kind = reply[0]
        if kind == b"message":
            self._hear(reply[2])
        elif kind == b"subscribe":
            asked = self._asked[0]
            asked.left -= 1
            if asked.left == 0:
                self._asked.popleft()
                if not asked.done.done():
                    asked.done.set_result(None)
