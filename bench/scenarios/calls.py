"""P9: HTTP calls: posting a message, and the newest page of fifty, with 64 in flight.

64 people on connections that stay open, in rooms of eight. The raw limit is the same web framework
answering with the same bytes, without a database.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import cast
from uuid import uuid4

from bench.clients import run
from bench.machine import Watch
from bench.population import Population
from bench.processes import HOST, Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "P9, HTTP: posting a message, and the newest page, 64 in flight"
RUNS = 3
IN_FLIGHT = 64
ROOM = 8  # members
CONTENT = "A message of usual length, as people write them to each other all day long. " * 2
PAGE = 50  # messages
CALLS = {"post": 4_000, "page": 3_000}  # in a flood
PACE = 200  # calls a second, for the p99
PACED_SECONDS = 8
PATIENCE = 120  # seconds
LEAST = {"post": 1_000, "page": 450}
GOAL = {"page": 800}
LATE_MOST = 25  # milliseconds


class Line(asyncio.Protocol):
    """A connection that stays open; one call at a time."""

    def __init__(self, token: str, room: str, port: int) -> None:
        self._head = (
            f"/api/v1/conversations/{room}/messages HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
        )
        self._data = b""
        self.body = b""
        self.answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def request(self, call: str) -> bytes:
        """The bytes of a call."""
        if call == "page":
            return f"GET {self._head}\r\n".encode()
        body = json.dumps({"content": CONTENT, "client_id": str(uuid4())})
        return f"POST {self._head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    async def ask(self, request: bytes) -> None:
        """Send a call and wait for the whole answer; RuntimeError for one that is not good."""
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await self.answered

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, found, body = self._data.partition(b"\r\n\r\n")
        if not found:
            return
        fields = head.lower()
        size = fields.find(b"content-length: ") + 16
        if len(body) < int(fields[size:].split(b"\r\n", 1)[0]):
            return
        self._data, self.body = b"", body
        if self.answered is None:
            return
        if head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 201 ")):
            self.answered.set_result(None)
        else:
            self.answered.set_exception(RuntimeError(self.body.decode()))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_exception(error or ConnectionError("the line was closed"))


@dataclass(frozen=True, slots=True)
class Side:
    """A server, and who calls it where."""

    server: Running
    seats: Sequence[tuple[str, str]]

    async def open(self) -> list[Line]:
        """A line for each of them. Servers close those that are silent for a while."""
        loop = asyncio.get_running_loop()
        lines = [Line(token, room, self.server.port) for token, room in self.seats]
        for line in lines:
            await loop.create_connection(_factory(line), HOST, self.server.port)
        return lines


def measure(runs: int) -> Result:
    """Interleaved runs of both servers."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        population = Population(Path(folder))
        people = population.people(IN_FLIGHT)
        circles = [people[at : at + ROOM] for at in range(0, len(people), ROOM)]
        rooms = population.rooms_of(circles)
        population.close()
        with trialogue(Path(folder), TRIALOGUE_RATE_LIMITS="off") as server:
            server.wait_healthy()
            seats = [
                (person.token, room)
                for circle, room in zip(circles, rooms, strict=True)
                for person in circle
            ]
            return run(_measure(server, seats, runs))


async def _measure(server: Running, seats: Sequence[tuple[str, str]], runs: int) -> Result:
    ours = Side(server, seats)
    await _flood(ours, "post", PAGE * len(seats))
    line, *_ = await ours.open()
    await line.ask(line.request("page"))
    page = line.body
    await line.ask(line.request("post"))
    with raw("calls", page + b"\0" + line.body) as bare:
        bare.wait_healthy()
        sides = {"server": ours, "raw": Side(bare, seats)}
        found = []
        for turn in turns(runs):
            figures: dict[str, Figures] = {}
            for call, count in CALLS.items():
                for name in sorted(sides, reverse=bool(turn % 2)):
                    figures[f"{name}, {call}, 64 in flight"] = await _flood(
                        sides[name], call, count
                    )
                    figures[f"{name}, {call}, {PACE}/s"] = await _paced(sides[name], call)
            found.append(figures)
    return _result(found, len(page))


def _factory(line: Line) -> Callable[[], Line]:
    return lambda: line


async def _flood(side: Side, call: str, count: int) -> Figures:
    """Each line asks again as soon as it has its answer."""
    took: list[float] = []
    rest = iter(range(count))

    async def ask(line: Line) -> None:
        for _ in rest:
            request = line.request(call)
            began = perf_counter()
            await line.ask(request)
            took.append(perf_counter() - began)

    lines = await side.open()
    watch = Watch(side.server.pid)
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(ask(line) for line in lines))
    return _figures(took, watch.stop())


async def _paced(side: Side, call: str) -> Figures:
    """Calls at a steady pace, each on the next line that is free; counted from when it was due."""
    free = asyncio.Queue[Line]()
    for line in await side.open():
        free.put_nowait(line)
    took: list[float] = []

    async def ask(due: float) -> None:
        line = await free.get()
        await line.ask(line.request(call))
        took.append(perf_counter() - due)
        free.put_nowait(line)

    watch, began = Watch(side.server.pid), perf_counter()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for number in range(PACE * PACED_SECONDS):
            due = began + number / PACE
            await asyncio.sleep(max(0.0, due - perf_counter()))
            group.create_task(ask(perf_counter()))
    return _figures(took, watch.stop())


def _figures(took: list[float], used: dict[str, float]) -> Figures:
    took.sort()
    return {
        "calls_per_second": len(took) / used["seconds"],
        "p50_ms": took[len(took) // 2] * 1e3,
        "p99_ms": took[len(took) * 99 // 100] * 1e3,
        "server_cpu_us_per_call": used["server_cpu"] / len(took) * 1e6,
        "server_share": used["server_cpu"] / used["seconds"],
        "load_share": used["load_cpu"] / used["seconds"],
    }


UNITS = {
    "calls_per_second": "1/s",
    "p50_ms": "ms",
    "p99_ms": "ms",
    "server_cpu_us_per_call": "µs",
    "server_share": "core",
    "load_share": "core",
}


def _result(found: Sequence[dict[str, Figures]], page: int) -> Result:
    lines = {
        (call, way, figure): Row.of(
            f"{figure}, {call}, {way}",
            unit,
            [each[f"server, {call}, {way}"][figure] for each in found],
            [each[f"raw, {call}, {way}"][figure] for each in found],
        )
        for call in CALLS
        for way in ("64 in flight", f"{PACE}/s")
        for figure, unit in UNITS.items()
    }
    budgets = []
    for call in CALLS:
        rate = lines[call, "64 in flight", "calls_per_second"].server
        late = lines[call, f"{PACE}/s", "p99_ms"].server
        budgets += [
            Budget(f"{call}, 64 in flight", rate, "1/s", least=LEAST[call]),
            Budget(f"{call}, p99 at {PACE}/s", late, "ms", most=LATE_MOST),
        ]
    return Result(
        name="calls",
        measures=MEASURES,
        settings={
            "in_flight": IN_FLIGHT,
            "room_members": ROOM,
            "calls_in_a_flood": CALLS,
            "page_messages": PAGE,
            "page_bytes": page,
            "content_characters": len(CONTENT),
            "rate_limits": "off",
            "goals": GOAL,
            "database": "SQLite, WAL, synchronous=FULL",
        },
        runs=found,
        rows=list(lines.values()),
        budgets=budgets,
    )
