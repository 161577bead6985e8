"""What a server does from time to time: ends sessions that have run out, removes old messages,
deletes files that nobody can get any more.

All of it may be done by several servers at once, and none of it is urgent: sessions are shown as
expired anyway. A server in which nothing happens asks its database nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from trialogue.core import retention, sessions
from trialogue.core.errors import ChatError
from trialogue.store import keeping
from trialogue.store.database import Database
from trialogue.store.files import Files

SWEEP = 60.0  # seconds between looks for sessions that have run out
PURGE = 3_600.0  # seconds between looks for messages that are too old
PAUSE = 0.05  # seconds in which others come in between two portions

log = structlog.get_logger()


class Housekeeping:
    """The chores of one server. `posted` tells how many messages came through this process;
    `cleanup_interval` are the seconds after which what was uploaded, and never sent, goes."""

    def __init__(
        self,
        database: Database,
        posted: Callable[[], int],
        *,
        retention_days: int | None,
        files: Files,
        cleanup_interval: int,
    ) -> None:
        self._database = database
        self._posted = posted
        self._days = retention_days
        self._files = files
        self._age = timedelta(seconds=cleanup_interval)
        self._seen = -1  # messages at the last look
        self._until = 0.0  # up to when sessions may run out, by the loop's clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; the first looks come soon after the start."""
        clean = min(PURGE, self._age.total_seconds() / 4)
        for chore, pause in ((self.sweep, SWEEP), (self.purge, PURGE), (self.clean, clean)):
            self._tasks.append(asyncio.create_task(self._repeat(chore, pause)))

    async def stop(self) -> None:
        """End; a portion under way is finished by the door."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, chore: Callable[[], Awaitable[int]], pause: float) -> None:
        while True:
            await asyncio.sleep(pause / 60)
            try:
                await chore()
            except ChatError as error:
                log.warning("housekeeping.postponed", reason=error.detail)
            except Exception:  # a chore that fails once must not be given up for ever
                log.exception("housekeeping.failed", chore=chore.__name__)
            await asyncio.sleep(pause)

    async def sweep(self) -> int:
        """End the sessions that have run out, and say how many; asks nothing once all have."""
        clock = asyncio.get_running_loop().time()
        if self._posted() != self._seen:
            self._seen = self._posted()
            self._until = clock + self._database.limits.session_timeout + 2 * SWEEP
        if clock > self._until:
            return 0
        ended = 0
        while due := await self._database.read(sessions.page_overdue):
            done = await self._database.write(sessions.expire, due)
            ended += done
            if done < len(due):  # others hold the rest
                break
            await asyncio.sleep(PAUSE)
        return ended

    async def clean(self) -> int:
        """Delete the files that nobody can get any more, and say how many."""
        return await keeping.clean_up(self._database, self._files, self._age)

    async def purge(self) -> int:
        """Remove the messages that are too old, and say how many."""
        gone = 0
        after: str | None = None
        while True:
            due, after = await self._database.read(retention.page_due, self._days, after=after)
            for conversation_id in due:
                gone += await self._purge(conversation_id)
            if after is None:
                return gone

    async def _purge(self, conversation_id: str) -> int:
        gone = 0
        while True:
            done = await self._database.write(retention.purge, conversation_id, self._days)
            gone += done.count
            if not done.more:
                return gone
            await asyncio.sleep(PAUSE)
