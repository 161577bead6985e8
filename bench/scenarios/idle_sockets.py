"""P3: what the server's memory is for connections that are there and say nothing.

Each connection is another person's, with a token and a browser's headers, in rooms of ten.
Memory is VmRSS: what the kernel keeps for sockets is not in it, on neither side.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bench import wire
from bench.clients import Client, connect, hang_up, run
from bench.machine import resident
from bench.population import Person, Population
from bench.processes import Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "P3, memory of idle authenticated connections"
RUNS = 3
SIZES = (1_000, 5_000, 10_000)  # connections
CONVERSATIONS = (1, 20)  # each
ROOM = 10  # members
WARM_UP = 100  # connections that come and go before memory is first looked at
SETTLE_LEAST, SETTLE_MOST = 5, 40  # seconds


def measure(runs: int) -> Result:
    """Fills one server after the other; each run has all of them."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        people, homes = _settle_people(Path(folder))
        found = [_run(people, homes) for _ in turns(runs)]
    return _result(found)


def _settle_people(folder: Path) -> tuple[list[Person], dict[int, Path]]:
    """The same people in two data directories, which differ by the number of rooms."""
    first = folder / "people"
    population = Population(first)
    people = population.people(max(SIZES))
    population.close()
    homes = {}
    for each in CONVERSATIONS:
        homes[each] = shutil.copytree(first, folder / f"{each}-rooms")
        population = Population(homes[each])
        population.rooms(people, size=ROOM, each=each)
        population.close()
    return people, homes


def _run(people: Sequence[Person], homes: dict[int, Path]) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for each, data in homes.items():
        with trialogue(data) as server:
            found[f"server, conversations each: {each}"] = run(_fill(server, people))
    with raw("sockets") as bare:
        found["raw"] = run(_fill(bare, people))
    return found


async def _fill(server: Running, people: Sequence[Person]) -> Figures:
    server.wait_healthy()
    clients = [Client(wire.upgrade(server.port, person.token)) for person in people]
    await _warm_up(server, people)
    start = await _settled(server.pid)
    found = {"before_mb": start / 1e6}
    entered = 0
    for size in SIZES:
        began = perf_counter()
        await connect(clients[entered:size], server.port)
        found[f"connections_per_second to {size}"] = (size - entered) / (perf_counter() - began)
        memory = await _settled(server.pid)
        found[f"bytes_per_socket at {size}"] = (memory - start) / size
        found[f"all_mb at {size}"] = memory / 1e6
        entered = size
    lost = sum(client.transport.is_closing() for client in clients)
    if lost:
        raise ConnectionError(f"{lost} connections did not stay")
    hang_up(clients)
    return found


async def _warm_up(server: Running, people: Sequence[Person]) -> None:
    first = [Client(wire.upgrade(server.port, person.token)) for person in people[:WARM_UP]]
    await connect(first, server.port)
    hang_up(first)


async def _settled(pid: int) -> int:
    """Bytes of memory when they have stopped changing."""
    await asyncio.sleep(SETTLE_LEAST)
    before, now = 0, resident(pid)
    until = perf_counter() + SETTLE_MOST
    while abs(now - before) > now / 500 and perf_counter() < until:
        await asyncio.sleep(2)
        before, now = now, resident(pid)
    return now


def _result(found: Sequence[dict[str, Figures]]) -> Result:
    rows, budgets = [], []
    for each in CONVERSATIONS:
        ours = [turn[f"server, conversations each: {each}"] for turn in found]
        theirs = [turn["raw"] for turn in found]
        known = f"conversations each: {each}"
        for figure in ours[0]:
            columns = ([turn[figure] for turn in side] for side in (ours, theirs))
            rows.append(Row.of(f"{figure}, {known}", _unit(figure), *columns))
        last = {row.what.split(",")[0]: row.server for row in rows}
        most = max(SIZES)
        budgets += [
            Budget(f"idle socket, {known}", last[f"bytes_per_socket at {most}"], "B", most=8_000),
            Budget(f"{most} sockets in all, {known}", last[f"all_mb at {most}"], "MB", most=200),
        ]
    return Result(
        name="idle_sockets",
        measures=MEASURES,
        settings={"connections": SIZES, "conversations_each": CONVERSATIONS, "room_members": ROOM},
        runs=found,
        rows=rows,
        budgets=budgets,
    )


def _unit(figure: str) -> str:
    if figure.startswith("bytes"):
        return "B"
    return "1/s" if figure.startswith("connections") else "MB"
