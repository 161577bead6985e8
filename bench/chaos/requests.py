"""A client over HTTP: posts one message after the other, on lines that break in mid-request.

Bytes of its own instead of a library's: the load must cost little, and break where it likes.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import orjson

from bench.chaos import journal
from bench.chaos.plan import MESSAGES, Breach, Plan, Seat, content, name
from bench.processes import HOST

if TYPE_CHECKING:
    from bench.chaos.posters import Outbox

Json = Any
PATIENCE = 60  # seconds for an answer
PAGE = 200
PAUSE = (0.02, 0.4)  # seconds before the next attempt to connect


class Exchange:
    """One connection on which requests are made one after the other. OSError when it breaks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> "Exchange":
        """Connect."""
        async with asyncio.timeout(PATIENCE):
            return cls(*await asyncio.open_connection(HOST, port, limit=16 * 1024 * 1024))

    async def ask(self, request: bytes) -> tuple[int, Json]:
        """The status and the body of the answer to a request."""
        try:
            async with asyncio.timeout(PATIENCE):
                self.writer.write(request)
                head = await self._reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").lower().split("\r\n")
                fields = dict(line.split(": ", 1) for line in lines[1:] if line)
                body = await self._reader.readexactly(int(fields["content-length"]))
        except EOFError as error:
            raise ConnectionError("closed before the answer") from error
        return int(lines[0].split(" ")[1]), orjson.loads(body)


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def history(port: int, seat: Seat, after: int) -> AsyncIterator[list[Json]]:
    """The messages of a room behind a number, page after page."""
    exchange = await Exchange.open(port)
    try:
        more = True
        while more:
            path = f"{MESSAGES.format(seat.room)}?after={after}&limit={PAGE}"
            status, answer = await exchange.ask(request("GET", path, seat.token))
            if status != 200:
                raise ConnectionError(f"the page was answered with {status}")
            if answer["items"]:
                yield answer["items"]
                after = answer["items"][-1]["seq"]
            more = answer["has_more"]
    finally:
        exchange.writer.close()


class Requester:
    """One client, for as long as its process lives."""

    def __init__(self, plan: Plan, seat: Seat, outbox: "Outbox") -> None:
        self._plan = plan
        self._seat = seat
        self._outbox = outbox
        self._letters = journal.letters(plan.path, plan.process)
        self._chance = random.Random(f"{plan.seed} {seat.client} {outbox.left}")

    async def run(self) -> None:
        """Post everything."""
        while self._outbox.left:
            try:
                exchange = await Exchange.open(self._plan.port)
                try:
                    await self._post(exchange)
                finally:
                    exchange.writer.transport.abort()
            except OSError:
                self._letters.note("n")
            await asyncio.sleep(self._chance.uniform(*PAUSE))

    async def _post(self, exchange: Exchange) -> None:
        client = self._seat.client
        for number in self._outbox.unsent():
            body = {"content": content(client, number), "client_id": name(client, number)}
            path = MESSAGES.format(self._seat.room)
            asked = request("POST", path, self._seat.token, orjson.dumps(body))
            if self._chance.randrange(self._plan.cut_every) == 0:
                await self._cut(exchange, asked)
                return
            status, answer = await exchange.ask(asked)
            if status == 503:
                self._letters.note("u")
                return
            if status not in (200, 201):
                raise Breach(f"client {client} was answered {status}: {answer}")
            self._outbox.acknowledge([answer])

    async def _cut(self, exchange: Exchange, asked: bytes) -> None:
        """Break the line: in mid-request, or when all is sent and nothing is answered yet."""
        self._letters.note("c")
        sent = asked[: -self._chance.randint(1, 60)] if self._chance.random() < 0.5 else asked
        exchange.writer.write(sent)
        await exchange.writer.drain()
