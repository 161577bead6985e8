"""The raw limit of search: a bare protocol that asks the index of words by the plain driver.

Standard input is the database's URL. `GET /?q=…`, in the index's own language, is answered by the
texts of the newest messages that match, whoever may see them.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import psycopg
import pymysql
import uvloop
from sqlalchemy import make_url

MOST = 50
SQLITE = f"""SELECT m.content FROM (SELECT rowid FROM chat_search_index
        WHERE chat_search_index MATCH ? ORDER BY rowid DESC LIMIT {MOST}) AS f
    CROSS JOIN chat_search AS s ON s.n = f.rowid
    CROSS JOIN chat_messages AS m ON m.id = s.message_id"""
OTHERS = f"""SELECT m.content FROM (SELECT message_id FROM chat_search
        WHERE %s ORDER BY n DESC LIMIT {MOST}) AS s
    JOIN chat_messages AS m ON m.id = s.message_id"""
POSTGRESQL = OTHERS % "words @@ CAST(%s AS tsquery)"
MYSQL = OTHERS % "MATCH (words) AGAINST (%s IN BOOLEAN MODE)"

Rows = Sequence[tuple[Any, ...]]


def asked(url: str) -> Callable[[str], Rows]:
    """The function that asks the index of this database."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        file = sqlite3.connect(parts.database or "")
        return lambda query: file.execute(SQLITE, [query]).fetchall()
    if parts.get_backend_name() == "postgresql":
        # Not prepared: one plan for all words would read the whole table.
        line = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        return lambda query: line.execute(POSTGRESQL, [query]).fetchall()
    server = pymysql.connect(
        host=parts.host or "",
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.database,
        charset="utf8mb4",
        autocommit=True,
    )
    return partial(_ask_mysql, server.cursor())


def _ask_mysql(cursor: Any, query: str) -> Rows:
    cursor.execute(MYSQL, [query])
    return cast(Rows, cursor.fetchall())


class Line(asyncio.Protocol):
    """One connection; every request comes in one piece."""

    def __init__(self, ask: Callable[[str], Rows]) -> None:
        self._ask = ask

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        target = data.split(b" ", 2)[1].decode()
        found = parse_qs(urlsplit(target).query).get("q")
        body = "\n".join(row[0] for row in self._ask(found[0])).encode() if found else b""
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def main() -> None:
    ask = asked(sys.stdin.read())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(ask), "127.0.0.1", int(os.environ["PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
