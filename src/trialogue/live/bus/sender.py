"""What one node tells the others: a bounded backlog, and one task that sends it.

While Redis is away what cannot be sent is dropped: other nodes find out by themselves, and a
flood of old news at its return would help nobody.
"""

import asyncio
import time

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from trialogue.live.bus import client
from trialogue.live.bus.backlog import Backlog

log = structlog.get_logger(__name__)

AT_ONCE = 200  # messages in one round trip
FAREWELL = 2  # seconds for what is left when the server stops


class Sender:
    """Sends in the order of `put`, as long as Redis is there."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, **client.options(Retry(NoBackoff(), 0)))
        self._backlog = Backlog()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self._pause = client.FIRST_PAUSE

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Send what is left, unless that takes too long."""
        if self._task is not None:
            try:
                async with asyncio.timeout(FAREWELL):
                    await self._idle.wait()
            except TimeoutError:
                log.warning("bus.unsent", messages=len(self._backlog))
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._redis.aclose()

    def put(self, channel: str, data: bytes) -> None:
        """Have a message sent; does not wait."""
        self._backlog.put(channel, data)
        self._idle.clear()
        self._wake.set()

    async def ping(self) -> float:
        """How long Redis takes to answer, in milliseconds. Raises RedisError or OSError."""
        started = time.perf_counter()
        await self._redis.ping()
        return (time.perf_counter() - started) * 1000

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._backlog:
                await self._send_some()
            self._idle.set()

    async def _send_some(self) -> None:
        some = self._backlog.take(AT_ONCE)
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for channel, data in some:
                    pipeline.publish(channel, data)
                await pipeline.execute()
            self._pause = client.FIRST_PAUSE
        except (RedisError, OSError) as error:
            self._backlog.clear()
            log.warning("bus.not_sent", error=str(error), dropped=self._backlog.dropped)
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, client.LONGEST_PAUSE)
