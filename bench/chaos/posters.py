"""A client over a socket: posts with many in flight, and follows its room, whatever happens.

What is not acknowledged it posts again, with the same `client_id`; after a break it asks for what
it missed. All it knows stands in its journals.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from bench import wire
from bench.chaos import journal
from bench.chaos.journal import Acknowledged, Heard, Refused
from bench.chaos.plan import Breach, Plan, Seat, content, name, named
from bench.chaos.requests import PAUSE, history
from bench.clients import Client
from bench.processes import HOST

Json = Any
WINDOW = 64  # messages in flight on a socket
PATIENCE = 60  # seconds for a connection, and for an answer
CLOSE = 0x88
MAY_CLOSE = (1001, 1006, 1011, 1012, 1013, 4408)  # codes after which a client comes back
CHANGES = b'{"event":"changes"'
RESYNC = b'{"event":"resync"'
ANSWER = b'{"id":'
RESUME = "resume"


class Outbox:
    """The messages of a client that are not acknowledged yet, over all of its lives."""

    def __init__(self, plan: Plan, seat: Seat) -> None:
        self.seat = seat
        self._acknowledged = journal.acknowledged(plan.path, seat.client).open()
        self._refused = journal.refused(plan.path, seat.client).open()
        self._done = bytearray(seat.quota)
        for one in self._acknowledged:
            self._done[one.number] = 1
        self.left = self._done.count(0)

    def unsent(self) -> Iterator[int]:
        """The numbers to be posted on a new line, in their order."""
        number = -1
        while (number := self._done.find(0, number + 1)) >= 0:
            yield number

    def acknowledge(self, answers: Sequence[Json]) -> None:
        """Messages, as the server answers them; each is written down once."""
        fresh = []
        for answer in answers:
            client, number = named(answer["client_id"])
            if client != self.seat.client:
                raise Breach(f"client {self.seat.client} was told of {answer['client_id']}")
            if not self._done[number]:
                self._done[number] = 1
                message_id = UUID(answer["id"]).bytes
                fresh.append(Acknowledged(client, number, answer["seq"], message_id))
        self._acknowledged.write(fresh)
        self.left -= len(fresh)

    def refuse(self, number: int) -> None:
        """The server could not take it just now."""
        self._refused.write([Refused(self.seat.client, number)])


class Copy:
    """What a client knows of its room: every message, in the order in which it heard of them."""

    def __init__(self, plan: Plan, seat: Seat) -> None:
        self._journal = journal.heard(plan.path, seat.client).open()
        self.seq = self.rev = 0
        for one in self._journal:
            self.seq, self.rev = one.seq, one.rev

    def add(self, messages: Sequence[Json], rev: int | None = None) -> None:
        """Messages that come next; those that it knows are left out. `rev`: up to where."""
        fresh = [one for one in messages if one["rev"] > self.rev]
        self._journal.write(
            Heard(*named(one["client_id"]), one["seq"], one["rev"]) for one in fresh
        )
        if fresh:
            self.seq, self.rev = fresh[-1]["seq"], fresh[-1]["rev"]
        self.rev = max(self.rev, rev or 0)


class Line(Client):
    """One connection of a poster, which hears of every frame, and of the end."""

    __slots__ = ("lost", "poster")

    def __init__(self, request: bytes, poster: "Poster") -> None:
        super().__init__(request)
        self.poster = poster
        self.lost: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.poster.settle(self)

    def frame_received(self, first: int, payload: bytes) -> None:
        if first == CLOSE:
            self._end(int.from_bytes(payload[:2]))
            self.transport.abort()
        elif first == wire.TEXT and self.ready.done():
            self.poster.take(payload)
        else:
            super().frame_received(first, payload)

    def connection_lost(self, error: Exception | None) -> None:
        self._end(1006)

    def _end(self, code: int) -> None:
        if not self.lost.done():
            self.lost.set_result(code)
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before the first frame"))
            self.ready.exception()  # nobody may be waiting


class Poster:
    """One client, for as long as its process lives."""

    def __init__(self, plan: Plan, seat: Seat) -> None:
        self._plan = plan
        self._seat = seat
        self._letters = journal.letters(plan.path, plan.process)
        self.outbox = Outbox(plan, seat)
        self.copy = Copy(plan, seat)
        self._chance = random.Random(f"{plan.seed} {seat.client} {self.outbox.left}")
        self._until_cut = self._next_cut()
        self._line: Line | None = None
        self.failure: Breach | None = None

    def _next_cut(self) -> int:
        return self._chance.randint(1, 2 * self._plan.cut_every)

    async def run(self, last: "asyncio.Future[dict[str, int]]") -> None:
        """Post everything, and follow until the `last` number of the room is known and reached."""
        self._last = last
        while not self._over():
            try:
                await self._stay()
            except OSError:
                self._letters.note("n")  # nobody is there
            if self.failure is not None:
                raise self.failure
            await asyncio.sleep(self._chance.uniform(*PAUSE))

    def _over(self) -> bool:
        known = self._last.done() and self.copy.seq >= self._last.result()[self._seat.room]
        return not self.outbox.left and known

    async def _stay(self) -> None:
        """One connection, from its beginning to its end."""
        self._flying: set[int] = set()
        self._waiting = self.outbox.unsent()
        self._answers: list[Json] = []
        self._news: list[Json] = []
        self._resuming = True
        line = Line(wire.upgrade(self._plan.port, self._seat.token), self)
        async with asyncio.timeout(PATIENCE):
            await asyncio.get_running_loop().create_connection(lambda: line, HOST, self._plan.port)
            await line.ready
        self._line = line
        try:
            self._ask_for_missed()
            self._post()
            self._last.add_done_callback(self._leave_when_over)
            code = await line.lost
            self._letters.note("l")
            if code not in MAY_CLOSE:
                raise Breach(f"client {self._seat.client} was closed with {code}")
        finally:
            self._last.remove_done_callback(self._leave_when_over)
            self._line = None
            line.transport.abort()

    def _leave_when_over(self, _: object = None) -> None:
        if self._over():
            self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.transport.abort()

    def _write(self, frames: bytes) -> None:
        if self._line is not None:
            self._line.transport.write(frames)

    # What comes ---------------------------------------------------------------------------------

    def take(self, payload: bytes) -> None:
        """A text frame."""
        if payload.startswith(ANSWER):
            self._answered(orjson.loads(payload))
        elif payload.startswith((wire.CREATED, CHANGES)):
            self._news.append(orjson.loads(payload))
        elif payload.startswith(RESYNC) and not self._resuming:
            self._resuming = True
            self._ask_for_missed()

    def settle(self, line: Line) -> None:
        """All that has arrived together was taken: write it down, and go on posting."""
        if line is not self._line or line.lost.done():
            return
        try:
            self._write_down()
            self._post()
            self._leave_when_over()
        except Breach as error:
            self.failure = error
            line.transport.abort()

    def _write_down(self) -> None:
        self.outbox.acknowledge(self._answers)
        self._answers.clear()
        if not self._resuming:
            for frame in self._news:
                self._hear(frame)
            self._news.clear()

    def _hear(self, frame: Json) -> None:
        if frame["event"] == "changes":
            self.copy.add(frame["data"]["messages"], frame["data"]["rev"])
            return
        if frame["rev"] > self.copy.rev + 1:
            told = f"rev {frame['rev']} after {self.copy.rev}"
            raise Breach(f"out of order: client {self._seat.client} heard {told}")
        self.copy.add([frame["data"]])

    def _answered(self, answer: Json) -> None:
        if answer["id"] == RESUME:
            self._resumed(answer)
            return
        number = int(answer["id"])
        self._flying.discard(number)
        if answer["ok"]:
            self._answers.append(answer["data"])
        elif answer["error"]["code"] == "unavailable":
            self.outbox.refuse(number)
            self._letters.note("u")
            self._hang_up()  # and again, all of it
        else:
            self.failure = Breach(f"client {self._seat.client} was refused: {answer['error']}")
            self._hang_up()

    # What it missed -----------------------------------------------------------------------------

    def _ask_for_missed(self) -> None:
        args = {"cursors": {self._seat.room: self.copy.rev}}
        self._write(wire.text({"id": RESUME, "do": "sync.resume", "args": args}))

    def _resumed(self, answer: Json) -> None:
        if not answer["ok"]:
            self._hang_up()
            return
        changes = answer["data"][self._seat.room]
        if "error" in changes:
            self.failure = Breach(f"client {self._seat.client} may not resume: {changes['error']}")
            self._hang_up()
        elif changes["reload"]:
            self._letters.note("p")
            self._reading = asyncio.create_task(self._read_on())
        else:
            self.copy.add(changes["messages"], changes["rev"])
            self._resuming = bool(changes["more"])
            if self._resuming:
                self._ask_for_missed()
            else:
                self._letters.note("r")

    async def _read_on(self) -> None:
        """Too much was missed to be told by changes: read page after page."""
        line = self._line
        try:
            async for page in history(self._plan.port, self._seat, self.copy.seq):
                if line is not self._line:
                    return
                self.copy.add(page)
        except OSError:
            self._hang_up()
            return
        self._ask_for_missed()

    # What it posts ------------------------------------------------------------------------------

    def _post(self) -> None:
        frames = []
        while len(self._flying) < WINDOW:
            number = next(self._waiting, None)
            if number is None:
                break
            self._flying.add(number)
            frames.append(self._frame(number))
            self._until_cut -= 1
            if not self._until_cut:
                self._cut(b"".join(frames))
                return
        if frames:
            self._write(b"".join(frames))

    def _frame(self, number: int) -> bytes:
        client = self._seat.client
        text, client_id = content(client, number), name(client, number)
        return wire.send_message(self._seat.room, text, id=str(number), client_id=client_id)

    def _cut(self, frames: bytes) -> None:
        """Break the line: in mid-frame, or when all is sent and nothing is answered yet."""
        self._until_cut = self._next_cut()
        self._letters.note("c")
        half = self._chance.random() < 0.5
        self._write(frames[: -self._chance.randint(1, 40)] if half else frames)
        if self._chance.random() < 0.5:
            self._hang_up()
        elif self._line is not None:
            self._line.transport.close()
