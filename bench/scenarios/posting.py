"""P2: durable messages a second through sockets, 50 rooms of 10 connected members.

Each message is committed and reaches all ten before it counts. The raw limit stores a row and a
counter, many in a transaction, and writes ready frames.
"""

import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench import databases, wire
from bench.clients import Client, Witness, connect, hang_up, run
from bench.machine import Watch
from bench.population import Person, Population
from bench.processes import Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "P2, durable messages through sockets: 50 rooms of 10, 64 in flight"
RUNS = 3
ROOMS, MEMBERS = 50, 10
IN_FLIGHT = 64
CONTENT = "A message of usual length, as people write them to each other all day long. " * 2
WARM_UP = 2_000  # messages
VOLLEY = 16_000
PACED_SECONDS = 6
USUAL = ("sqlite", "postgresql")
LEAST = 3_000  # messages a second; the pace of half of it is the budget of p99
LATE_MOST = 50  # milliseconds
ANSWER = b'{"id":"'
NAMED = b'"client_id":"'
PATIENCE = 120  # seconds


class Board:
    """When each message was posted, acknowledged, and had reached all members."""

    def __init__(self, count: int) -> None:
        self.posted = [0.0] * count
        self.reached = [0.0] * count
        self.acknowledged = 0
        self.refused = 0
        self._left = [MEMBERS] * count
        self._over = count
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def delivered(self, number: int) -> None:
        """One member has it."""
        self._left[number] -= 1
        if not self._left[number]:
            self.reached[number] = perf_counter()
            self._over -= 1
            if not self._over:
                self.done.set_result(None)


class Seat(Client):
    """A member who sends and hears; messages are known by their client id, `batch-number`."""

    __slots__ = ("answered", "board", "prefix", "room")

    def __init__(self, request: bytes, room: str) -> None:
        super().__init__(request)
        self.room = room
        self.board: Board | None = None

    def join(self, board: Board, prefix: str, answered: "asyncio.Queue[None] | None") -> None:
        """Count for this board from now on."""
        self.board, self.prefix, self.answered = board, NAMED + prefix.encode(), answered

    def frame_received(self, first: int, payload: bytes) -> None:
        super().frame_received(first, payload)
        if self.board is None:
            return
        if payload.startswith(wire.CREATED):
            at = payload.find(self.prefix)
            if at > 0:
                at += len(self.prefix)
                self.board.delivered(int(payload[at : at + 7]))
        elif payload.startswith(ANSWER):
            self.board.acknowledged += 1
            self.board.refused += b'"ok":true' not in payload[:64]
            if self.answered is not None:
                self.answered.put_nowait(None)


@dataclass(frozen=True, slots=True)
class Side:
    """A server with its members."""

    server: Running
    seats: Sequence[Seat]


def measure(runs: int) -> Result:
    """Both servers on each database, one database after the other."""
    kinds = databases.chosen(USUAL)
    found: list[dict[str, Figures]] = [{} for _ in range(runs)]
    sizes = {}
    for kind in kinds:
        with (
            tempfile.TemporaryDirectory(prefix="trialogue-bench-") as name,
            databases.empty(kind, Path(name)) as url,
            databases.empty(kind, Path(name)) as bare_url,
        ):
            folder = Path(name)
            population = Population(folder, url)
            people = population.people(ROOMS * MEMBERS)
            circles = [people[at : at + MEMBERS] for at in range(0, len(people), MEMBERS)]
            rooms = population.rooms_of(circles)
            population.close()
            with trialogue(folder, DATABASE_URL=url, TRIALOGUE_RATE_LIMITS="off") as server:
                server.wait_healthy()
                work = _measure(server, kind, bare_url, circles, rooms, found)
                sizes[kind] = run(work)
    return _result(found, kinds, sizes)


async def _measure(
    server: Running,
    kind: str,
    bare_url: str,
    circles: Sequence[Sequence[Person]],
    rooms: Sequence[str],
    found: Sequence[dict[str, Figures]],
) -> int:
    seats = [
        Seat(wire.upgrade(server.port, person.token), room)
        for circle, room in zip(circles, rooms, strict=True)
        for person in circle
    ]
    await connect(seats, server.port)
    ours = Side(server, seats)
    size = await _witness(ours, circles[0][0])
    given = json.dumps({"url": bare_url, "frame_bytes": size - 80}).encode()
    with raw("posting", given) as bare:
        bare.wait_healthy()
        others = [
            Seat(wire.upgrade(bare.port, room), room) for room in rooms for _ in range(MEMBERS)
        ]
        await connect(others, bare.port)
        sides = {"server": ours, "raw": Side(bare, others)}
        for side in sides.values():
            await _flood(side, WARM_UP, "warm")
        for turn in turns(len(found)):
            for name in sorted(sides, reverse=bool(turn % 2)):
                side = sides[name]
                found[turn][f"{kind}, {name}, flood"] = await _flood(side, VOLLEY, f"f{turn}")
                found[turn][f"{kind}, {name}, paced"] = await _paced(side, f"p{turn}")
        hang_up([*seats, *others])
    return size


async def _witness(side: Side, person: Person) -> int:
    """How large an event is as the server really sends it."""
    witness = Witness(wire.upgrade(side.server.port, person.token))
    await connect([witness], side.server.port)
    first = side.seats[0]
    first.transport.write(wire.send_message(first.room, CONTENT))
    async with asyncio.timeout(PATIENCE):
        payload = await witness.heard
    hang_up([witness])
    return len(payload)


async def _flood(side: Side, count: int, name: str) -> Figures:
    """The next one is sent when an earlier one is acknowledged."""
    board, answered = Board(count), asyncio.Queue[None]()
    for seat in side.seats:
        seat.join(board, f"{name}-", answered)
    chosen = _senders(side, count, name)
    watch, began = Watch(side.server.pid), perf_counter()
    for number in range(count):
        if number >= IN_FLIGHT:
            await answered.get()
        _post(chosen[number], board, name, number)
    async with asyncio.timeout(PATIENCE):
        await board.done
    seconds = perf_counter() - began
    return _figures(board, watch.stop(), count / seconds)


async def _paced(side: Side, name: str) -> Figures:
    """Half of the budget, whatever the server does; ten a time, so that the load keeps up."""
    rate = LEAST // 2
    count = rate * PACED_SECONDS
    board = Board(count)
    for seat in side.seats:
        seat.join(board, f"{name}-", None)
    chosen = _senders(side, count, name)
    watch, began = Watch(side.server.pid), perf_counter()
    for number in range(count):
        ahead = began + number / rate - perf_counter()
        if ahead > 0.001:
            await asyncio.sleep(ahead)
        _post(chosen[number], board, name, number)
    async with asyncio.timeout(PATIENCE):
        await board.done
    return _figures(board, watch.stop(), count / (perf_counter() - began))


def _senders(side: Side, count: int, name: str) -> list[Seat]:
    return random.Random(name).choices(side.seats, k=count)


def _post(seat: Seat, board: Board, name: str, number: int) -> None:
    frame = wire.send_message(seat.room, CONTENT, id=str(number), client_id=f"{name}-{number:07}")
    board.posted[number] = perf_counter()
    seat.transport.write(frame)


def _figures(board: Board, used: dict[str, float], rate: float) -> Figures:
    if board.refused:
        raise RuntimeError(f"{board.refused} messages were refused")
    took = sorted(b - a for a, b in zip(board.posted, board.reached, strict=True))
    return {
        "messages_per_second": rate,
        "reached_p50_ms": took[len(took) // 2] * 1e3,
        "reached_p99_ms": took[len(took) * 99 // 100] * 1e3,
        "server_cpu_us_per_message": used["server_cpu"] / len(took) * 1e6,
        "server_share": used["server_cpu"] / used["seconds"],
        "load_share": used["load_cpu"] / used["seconds"],
    }


UNITS = {
    "messages_per_second": "1/s",
    "reached_p50_ms": "ms",
    "reached_p99_ms": "ms",
    "server_cpu_us_per_message": "µs",
    "server_share": "core",
    "load_share": "core",
}


def _result(
    found: Sequence[dict[str, Figures]], kinds: Sequence[str], sizes: dict[str, int]
) -> Result:
    rows, budgets = [], []
    for kind in kinds:
        known = databases.KINDS[kind]
        lines = {
            (way, figure): Row.of(
                f"{figure}, {way}, {known}",
                unit,
                [each[f"{kind}, server, {way}"][figure] for each in found],
                [each[f"{kind}, raw, {way}"][figure] for each in found],
            )
            for way in ("flood", "paced")
            for figure, unit in UNITS.items()
        }
        rows += lines.values()
        most = lines["flood", "messages_per_second"].server
        late = lines["paced", "reached_p99_ms"].server
        budgets += [
            Budget(f"messages/s that reached all, {known}", most, "1/s", least=LEAST),
            Budget(f"p99 at {LEAST // 2}/s, {known}", late, "ms", most=LATE_MOST),
        ]
    return Result(
        name="posting",
        measures=MEASURES,
        settings={
            "rooms": ROOMS,
            "members_each": MEMBERS,
            "in_flight": IN_FLIGHT,
            "messages_a_flood": VOLLEY,
            "content_characters": len(CONTENT),
            "event_bytes": sizes,
            "rate_limits": "off",
            "databases": databases.servers(kinds),
        },
        runs=found,
        rows=rows,
        budgets=budgets,
    )
