"""The raw limit of posting: sockets on uvloop, one thread that writes rows, frames to a room.

What waits while one transaction commits goes into the next one together. A message is a row and a
counter; nothing is checked, looked up or encoded. The token of a handshake names the room.
"""

import asyncio
import json
import os
import queue
import re
import sqlite3
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import psycopg
import uvloop
from sqlalchemy import make_url

from bench import wire
from bench.processes import HOST

GIVEN = json.loads(sys.stdin.read())
_ROOM = re.compile(rb"trialogue, ([^\r]+)\r\n")
TABLES = (
    "CREATE TABLE raw_rooms (id VARCHAR(36) PRIMARY KEY, last_seq BIGINT NOT NULL)",
    """CREATE TABLE raw_messages (room VARCHAR(36), seq BIGINT, client_id VARCHAR(128) NOT NULL,
        content TEXT NOT NULL, PRIMARY KEY (room, seq), UNIQUE (room, client_id))""",
)
INSERT = "INSERT INTO raw_messages (room, seq, client_id, content) VALUES (?, ?, ?, ?)"
COUNT = "UPDATE raw_rooms SET last_seq = ? WHERE id = ?"
PADDING = b" " * GIVEN["frame_bytes"]


class Post(NamedTuple):
    """A message on its way."""

    sender: "Socket"
    id: str
    client_id: str
    content: str


Row = tuple[str, int, str, str]


def _sqlite(url: str) -> Callable[[Sequence[Row], Sequence[tuple[int, str]]], None]:
    file = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")

    def write(rows: Sequence[Row], counters: Sequence[tuple[int, str]]) -> None:
        file.execute("BEGIN IMMEDIATE")
        file.executemany(INSERT, rows)
        file.executemany(COUNT, counters)
        file.execute("COMMIT")

    for statement in TABLES:
        file.execute(statement)
    return write


def _postgresql(url: str) -> Callable[[Sequence[Row], Sequence[tuple[int, str]]], None]:
    line = psycopg.connect(url)

    def write(rows: Sequence[Row], counters: Sequence[tuple[int, str]]) -> None:
        with line.cursor() as cursor:
            cursor.executemany(INSERT.replace("?", "%s"), rows)
            cursor.executemany(COUNT.replace("?", "%s"), counters)
        line.commit()

    for statement in TABLES:
        line.execute(statement)
    line.commit()
    return write


WRITERS: dict[str, Any] = {"sqlite": _sqlite, "postgresql": _postgresql}


class Store:
    """Commits what has come, all of it at once, in a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.posts: queue.SimpleQueue[Post] = queue.SimpleQueue()
        self._loop = loop
        self._last: dict[str, int] = defaultdict(int)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        write = WRITERS[make_url(GIVEN["url"]).get_backend_name()](GIVEN["url"])
        while True:
            batch = [self.posts.get()]
            while not self.posts.empty():
                batch.append(self.posts.get())
            rows = []
            for post in batch:
                self._last[post.sender.room] += 1
                numbers = (post.sender.room, self._last[post.sender.room])
                rows.append((*numbers, post.client_id, post.content))
            write(rows, [(seq, room) for room, seq, _, _ in rows])
            self._loop.call_soon_threadsafe(self._tell, batch)

    @staticmethod
    def _tell(batch: Sequence[Post]) -> None:
        for post in batch:
            named = b',"data":{"client_id":"%s"' % post.client_id.encode()
            frame = wire.served(wire.CREATED + named + PADDING)
            for each in Socket.rooms[post.sender.room]:
                each.transport.write(frame)
            answer = b'{"id":"%s","ok":true' % post.id.encode()
            post.sender.transport.write(wire.served(answer + PADDING))


class Socket(asyncio.Protocol):
    """One connection, in one room."""

    rooms: "dict[str, list[Socket]]" = defaultdict(list)  # noqa: RUF012 — one server a process
    store: Store

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.room = ""
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        if not self.room:
            found = _ROOM.search(data)
            if found is not None:
                self.room = found[1].decode()
                self.rooms[self.room].append(self)
            self.transport.write(wire.ACCEPTED + wire.EMPTY_FRAME)
            return
        data, read = self._rest + data, 0
        for payload, end in wire.commands(data):
            read = end
            command = json.loads(payload)
            args = command["args"]
            self.store.posts.put(Post(self, command["id"], args["client_id"], args["content"]))
        self._rest = data[read:]

    def connection_lost(self, error: Exception | None) -> None:
        if self.room:
            self.rooms[self.room].remove(self)


async def main() -> None:
    loop = asyncio.get_running_loop()
    Socket.store = Store(loop)
    server = await loop.create_server(Socket, HOST, int(os.environ["PORT"]), backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
