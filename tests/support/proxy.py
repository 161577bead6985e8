"""A TCP proxy between a client and a server: it can cut lines, swallow bytes, and be slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 16 * 1024


class Proxy:
    """Passes bytes on, as long as it is told to.

    `hole` swallows what comes, in both directions, without closing anything; `rate` is bytes a
    second from the server to the client, None for all that come.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.hole = False
        self.rate: float | None = None
        self.lines = 0  # how many connections were let through so far
        self._refuses = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.address = ("", 0)

    def cut(self) -> None:
        """Break all lines, at once and without a goodbye."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def refuse(self, refuses: bool = True) -> None:
        """Break all lines, and let none through until told otherwise."""
        self._refuses = refuses
        if refuses:
            self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        try:
            if not self._refuses:
                await self._join(reader, writer)
        except OSError:
            pass  # a line that was cut, or a server that is gone
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self.target)
        self._writers.add(there_writer)
        self.lines += 1
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, there_writer, slow=False))
                both.create_task(self._pass(there_reader, writer, slow=True))
        except* OSError:
            pass
        finally:
            self._writers.discard(there_writer)
            there_writer.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slow: bool
    ) -> None:
        while data := await reader.read(CHUNK):
            if self.hole:
                continue
            if slow and self.rate is not None:
                await asyncio.sleep(len(data) / self.rate)  # sleep: this is the slow line itself
            writer.write(data)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Proxy"]:
        """Let lines through until the end of the block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = server.sockets[0].getsockname()[:2]
        try:
            yield self
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
