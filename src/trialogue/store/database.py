"""The door: the only way to the database.

`transaction()` for synchronous callers; `await read(fn, …)` and `await write(fn, …)` for the
server. After a commit the door publishes the events that `fn` has recorded.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool, QueuePool

from trialogue.core import events
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.limits import Limits
from trialogue.store import engines
from trialogue.store.failures import RETRIES, is_outage, is_transient, pause
from trialogue.store.locks import file_lock
from trialogue.store.tally import Tally

P = ParamSpec("P")
R = TypeVar("R")
Unit = Callable[[Session], R]
Publish = Callable[[Sequence[Event]], None]

PATIENCE = 10.0  # seconds for a unit of work: a frozen database says nothing for ever

log = structlog.get_logger()


class InDoubt(Exception):
    """The connection was lost during COMMIT: nobody can say whether it took place."""

    def __init__(self, recorded: Sequence[Event]) -> None:
        super().__init__("connection lost during COMMIT")
        self.recorded = recorded


class _Carrier(Protocol):
    """How a unit of work reaches a kind of database."""

    async def read(self, unit: Unit[R]) -> R: ...

    async def write(self, unit: Unit[R]) -> tuple[R, Sequence[Event]]: ...

    async def stamp(self) -> object: ...

    async def close(self) -> None: ...

    def pools(self) -> Sequence[Pool]: ...


class Database:
    """The door to one database.

    `publish` is called on the event loop after each commit with what happened; `doubt` with
    what may have happened, when a commit was not confirmed or its publication failed.
    """

    def __init__(self, url: str, *, limits: Limits | None = None) -> None:
        self.url = engines.parse(url)
        self.kind = self.url.get_backend_name()
        self.limits = limits or Limits()
        self.tally = Tally()
        self.publish: Publish = lambda _: None
        self.doubt: Publish = lambda _: None
        self._carrier: _Carrier | None = None
        self._engine: Engine | None = None
        self._writes: set[asyncio.Task[object]] = set()

    def now(self) -> datetime:
        """The time, with zone UTC."""
        return datetime.now(UTC)

    def _session_info(self) -> dict[object, object]:
        return {"limits": self.limits}

    def _carry(self) -> _Carrier:
        if self._carrier is None:
            self._carrier = CARRIERS[self.kind](self.url, self._session_info)
        return self._carrier

    async def read(
        self, fn: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `fn(db, …)` in a transaction that only reads.

        Raises what `fn` raises, and ChatError `unavailable` when the database cannot be reached.
        """
        started = perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._guarded(
                    lambda: self._carry().read(lambda db: fn(db, *args, **kwargs))
                )
        except OperationalError as error:
            raise ChatError("unavailable", "The database is busy; try again.") from error
        except TimeoutError:
            log.error("database.silent", seconds=PATIENCE)
            raise ChatError("unavailable", "The database does not answer just now.") from None
        finally:
            self.tally.has_read(started)

    async def write(
        self, fn: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `fn(db, …)` in a transaction, commit, then publish the events it recorded.

        `fn` is run again after deadlocks and the like, so it must not touch the world. A
        cancelled caller loses neither the commit nor the events. Raises what `fn` raises, and
        ChatError `unavailable` when the database cannot be reached, or says nothing: then the
        change may still take place, and is told when it does.
        """
        started = perf_counter()
        task = asyncio.ensure_future(self._write(lambda db: fn(db, *args, **kwargs)))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        task.add_done_callback(lambda _: self.tally.has_written(started))
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(task)
        except TimeoutError:
            log.error("database.silent", seconds=PATIENCE)
            detail = "The database does not answer; nobody can say whether the change took place."
            raise ChatError("unavailable", detail) from None

    async def ping(self) -> None:
        """Ask the database for a sign of life; ChatError `unavailable` without one."""
        # A real table: SQLite answers SELECT 1 without looking at its file.
        query = text("SELECT 1 FROM chat_workspaces LIMIT 1")
        try:
            await self.read(lambda db: db.execute(query))
        except DBAPIError as error:  # a database that is being dropped has lost its tables first
            raise ChatError("unavailable", "The database is not available just now.") from error

    async def stamp(self) -> object:
        """What changes whenever another process has written; None where nobody can tell. Raises
        ChatError `unavailable` when the database cannot be reached."""
        return await self._guarded(self._carry().stamp)

    def connections(self) -> tuple[int, int]:
        """How many connections to the database are in use, and how many wait to be used."""
        pools = [] if self._carrier is None else self._carrier.pools()
        kept = [pool for pool in pools if isinstance(pool, QueuePool)]
        return sum(pool.checkedout() for pool in kept), sum(pool.checkedin() for pool in kept)

    async def _write(self, unit: Unit[R]) -> R:
        for attempt in range(RETRIES + 1):
            try:
                result, recorded = await self._guarded(lambda: self._carry().write(unit))
            except InDoubt as doubt:
                self.doubt(doubt.recorded)
                raise ChatError("unavailable", "The database did not confirm the change.") from None
            except OperationalError as error:
                if attempt == RETRIES or not is_transient(error):
                    log.error("database.busy", error=str(error.orig))
                    raise ChatError("unavailable", "The database is busy; try again.") from error
                self.tally.retries += 1
                await asyncio.sleep(pause(attempt))
                continue
            self._tell(recorded)
            return result
        raise AssertionError("unreachable")

    def _tell(self, recorded: Sequence[Event]) -> None:
        """Publish. The change is committed: what fails here must not look as if it had failed."""
        try:
            if recorded:
                self.publish(recorded)
        except Exception:
            log.exception("database.publish_failed")
            self.doubt(recorded)

    async def _guarded(self, work: Callable[[], Coroutine[object, object, R]]) -> R:
        """Do something; what fails with a connection that has broken is done again on another: a
        database that was started again is met with connections that are no more."""
        try:
            try:
                return await work()
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return await work()
        except DBAPIError as error:
            if is_transient(error) or not is_outage(error):
                raise
            log.error("database.unavailable", error=str(error.orig))
            raise ChatError("unavailable", "The database is not available just now.") from error
        except PoolTimeout as error:
            log.error("database.busy", error=str(error))
            raise ChatError("unavailable", "The database is busy; try again.") from error

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A real session for synchronous callers; commits at the end, rolls back on an error.

        Events recorded in it are not published: no event loop is there to hear them.
        """
        if self._engine is None:
            self._engine = engines.synchronous(self.url)
        session = Session(self._engine, expire_on_commit=False, info=self._session_info())
        with file_lock(self.url), session, session.begin():
            yield session

    async def close(self) -> None:
        """Wait for what is under way, then close all connections."""
        await asyncio.gather(*self._writes, return_exceptions=True)
        if self._carrier is not None:
            await self._carrier.close()
        self.dispose()

    def dispose(self) -> None:
        """Close the connections of synchronous callers."""
        if self._engine is not None:
            self._engine.dispose()


class SQLiteCarrier:
    """One writer thread, and readers on connections of their own."""

    def __init__(self, url: URL, info: Callable[[], dict[object, object]]) -> None:
        self._url = url
        self._info = info
        self._writing = engines.sqlite(url, read_only=False)
        self._reading = engines.sqlite(url, read_only=True)
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._readers = ThreadPoolExecutor(engines.READERS, "sqlite-reader")

    async def read(self, unit: Unit[R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, unit)

    def _read(self, unit: Unit[R]) -> R:
        with Session(self._reading, expire_on_commit=False, info=self._info()) as db, db.begin():
            return unit(db)

    async def write(self, unit: Unit[R]) -> tuple[R, Sequence[Event]]:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, unit)

    def _write(self, unit: Unit[R]) -> tuple[R, Sequence[Event]]:
        with (
            file_lock(self._url),
            Session(self._writing, expire_on_commit=False, info=self._info()) as db,
        ):
            with db.begin():
                result = unit(db)
            return result, events.take(db)

    async def stamp(self) -> object:
        # On the connection that does all writing of this process: it counts those of others.
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._stamp)

    def _stamp(self) -> object:
        connection = self._writing.raw_connection()
        try:
            return id(connection.driver_connection), engines.sqlite_version(connection)
        finally:
            connection.close()

    async def close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    def pools(self) -> Sequence[Pool]:
        return self._writing.pool, self._reading.pool


class PostgresCarrier:
    """Connections of an asynchronous pool, driven from synchronous code by greenlets."""

    def __init__(self, url: URL, info: Callable[[], dict[object, object]]) -> None:
        self._info = info
        self._engine = engines.postgresql(url)
        # One snapshot for all statements of a read: who was removed meanwhile sees nothing newer.
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ")

    def _session(self, engine: AsyncEngine) -> AsyncSession:
        return AsyncSession(engine, expire_on_commit=False, info=self._info())

    async def read(self, unit: Unit[R]) -> R:
        async with self._session(self._reading) as session, session.begin():
            return await session.run_sync(unit)

    async def write(self, unit: Unit[R]) -> tuple[R, Sequence[Event]]:
        async with self._session(self._engine) as session:
            result = await session.run_sync(unit)
            recorded = events.take(session.sync_session)
            try:
                await session.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise InDoubt(recorded) from error
                raise
            return result, recorded

    async def stamp(self) -> object:
        return None

    async def close(self) -> None:
        await self._engine.dispose()

    def pools(self) -> Sequence[Pool]:
        return (self._engine.pool,)


class MySQLCarrier:
    """Threads, each with a connection of its own; reading connections keep one snapshot."""

    def __init__(self, url: URL, info: Callable[[], dict[object, object]]) -> None:
        self._info = info
        self._writing = engines.mysql(url)
        # One snapshot for all statements of a read: who was removed meanwhile sees nothing newer.
        self._reading = engines.mysql(url, isolation_level="REPEATABLE READ", size=engines.READERS)
        self._writers = ThreadPoolExecutor(engines.POOL, "mysql-writer")
        self._readers = ThreadPoolExecutor(engines.READERS, "mysql-reader")

    async def read(self, unit: Unit[R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, unit)

    def _read(self, unit: Unit[R]) -> R:
        with Session(self._reading, expire_on_commit=False, info=self._info()) as db, db.begin():
            return unit(db)

    async def write(self, unit: Unit[R]) -> tuple[R, Sequence[Event]]:
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write, unit)

    def _write(self, unit: Unit[R]) -> tuple[R, Sequence[Event]]:
        with Session(self._writing, expire_on_commit=False, info=self._info()) as db:
            result = unit(db)
            recorded = events.take(db)
            try:
                db.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise InDoubt(recorded) from error
                raise
            return result, recorded

    async def stamp(self) -> object:
        return None

    async def close(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    def pools(self) -> Sequence[Pool]:
        return self._writing.pool, self._reading.pool


_Build = Callable[[URL, Callable[[], dict[object, object]]], _Carrier]
CARRIERS: dict[str, _Build] = {
    "sqlite": SQLiteCarrier,
    "postgresql": PostgresCarrier,
    "mysql": MySQLCarrier,
}
