"""P1: how many deliveries a second one room of 1 000 members gets, beside a bare protocol.

Both servers run on one core, the clients on another. Both get the next command when an earlier
message has reached everyone; ours first makes it durable, the raw one only writes.
"""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from bench import wire
from bench.clients import Member, Tally, Witness, connect, hang_up, run
from bench.machine import Watch
from bench.population import Person, Population
from bench.processes import Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "P1, fan-out to 1 000 members of one room"
RUNS = 5
MEMBERS = 1_000
CONTENT = "Long enough to be a message. " * 10 + "So it goes"  # 300 bytes
WARM_UP = 200  # messages
# How many messages are on their way at the same time, and how many are sent in a run. The
# budget is about the first.
PACES = {"4 in flight": (4, 300), "1 in flight": (1, 100), "16 in flight": (16, 480)}
VOLLEY_MOST = 60  # seconds
QUIET = 0.1  # share of the time that raw limit or load may wait for a core that others have
PATIENCE = 3  # attempts to find such a moment; then the quietest counts


@dataclass(frozen=True, slots=True)
class Side:
    """A server with its members; `command` is the frame that makes it write to all."""

    server: Running
    members: Sequence[Member]
    command: Callable[[], bytes]


def measure(runs: int) -> Result:
    """Interleaved runs of both servers."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        population = Population(Path(folder))
        people = population.people(MEMBERS)
        (room,) = population.rooms(people, size=MEMBERS, each=1)
        population.close()
        with trialogue(Path(folder)) as server:
            server.wait_healthy()
            return run(_measure(server, people, room, runs))


async def _measure(server: Running, people: Sequence[Person], room: str, runs: int) -> Result:
    members = [Member(wire.upgrade(server.port, person.token)) for person in people]
    await connect(members, server.port)
    ours = Side(server, members, lambda: wire.send_message(room, CONTENT))
    payload = await _witness(ours, people[0])
    async with AsyncExitStack() as stack:
        bare = stack.enter_context(raw("sockets", wire.served(payload)))
        bare.wait_healthy()
        others = [Member(wire.upgrade(bare.port, person.token)) for person in people]
        await connect(others, bare.port)
        theirs = Side(bare, others, lambda: wire.TRIGGER)
        sides = {"server": ours, "raw": theirs}
        for side in sides.values():
            await _volley(side, 4, WARM_UP)
        found = [await _run(sides, turn) for turn in turns(runs)]
        hang_up([*members, *others])
    return _result(found, len(payload))


async def _witness(side: Side, person: Person) -> bytes:
    """The payload of an event frame as the server really sends it."""
    witness = Witness(wire.upgrade(side.server.port, person.token))
    await connect([witness], side.server.port)
    side.members[0].transport.write(side.command())
    async with asyncio.timeout(VOLLEY_MOST):
        payload = await witness.heard
    hang_up([witness])
    return payload


async def _run(sides: dict[str, Side], turn: int) -> dict[str, Figures]:
    """Both servers at every pace; whoever was first is second in the next run."""
    order = sorted(sides, reverse=bool(turn % 2))
    found: dict[str, Figures] = {}
    for pace, (in_flight, messages) in PACES.items():
        tries: list[dict[str, Figures]] = []
        while len(tries) < PATIENCE and (not tries or _noise(tries[-1]) > QUIET):
            tries.append({name: await _volley(sides[name], in_flight, messages) for name in order})
        quietest = min(tries, key=_noise)
        found |= {f"{name}, {pace}": quietest[name] for name in sides}
    return found


def _noise(attempt: dict[str, Figures]) -> float:
    """The share of the time that was lost to other programs, on the worse side. Our server's own
    waiting does not count: its threads wait for each other on the one core, however quiet."""
    lost = [figures["load_waited_share"] for figures in attempt.values()]
    return max(*lost, attempt["raw"]["server_waited_share"])


async def _volley(side: Side, in_flight: int, messages: int) -> Figures:
    commands = [side.command() for _ in range(messages)]
    posted: list[float] = []
    done = asyncio.get_running_loop().create_future()

    def post() -> None:
        side.members[0].transport.write(commands[len(posted)])
        posted.append(perf_counter())

    def arrived(number: int) -> None:
        if len(posted) < messages:
            post()
        elif number == messages - 1:
            done.set_result(None)

    tally = Tally(len(side.members), arrived)
    for member in side.members:
        member.watch(tally)
    watch = Watch(side.server.pid)
    for _ in range(in_flight):
        post()
    async with asyncio.timeout(VOLLEY_MOST):
        await done
    return _figures(watch.stop(), tally, posted)


def _figures(used: dict[str, float], tally: Tally, posted: Sequence[float]) -> dict[str, float]:
    deliveries = len(posted) * MEMBERS
    reach = [last - at for last, at in zip(tally.last, posted, strict=True)]
    spread = [last - first for first, last in zip(tally.first, tally.last, strict=True)]
    return {
        "deliveries_per_second": deliveries / used["seconds"],
        "all_reached_p50_ms": median(reach) * 1e3,
        "all_reached_p99_ms": quantiles(reach, n=100)[98] * 1e3,
        "first_to_last_p50_ms": median(spread) * 1e3,
        "server_cpu_us_per_delivery": used["server_cpu"] / deliveries * 1e6,
        "server_share": used["server_cpu"] / used["seconds"],
        "load_share": used["load_cpu"] / used["seconds"],
        "server_waited_share": used["server_waited"] / used["seconds"],
        "load_waited_share": used["load_waited"] / used["seconds"],
    }


UNITS = {
    "deliveries_per_second": "1/s",
    "all_reached_p50_ms": "ms",
    "all_reached_p99_ms": "ms",
    "first_to_last_p50_ms": "ms",
    "server_cpu_us_per_delivery": "µs",
    "server_share": "core",
    "load_share": "core",
    "server_waited_share": "of time",
    "load_waited_share": "of time",
}


def _result(found: Sequence[dict[str, Figures]], payload: int) -> Result:
    rows = [
        Row.of(
            f"{figure}, {pace}",
            unit,
            [each[f"server, {pace}"][figure] for each in found],
            [each[f"raw, {pace}"][figure] for each in found],
        )
        for pace in PACES
        for figure, unit in UNITS.items()
    ]
    ratio = rows[0].ratio or 0.0
    return Result(
        name="fanout",
        measures=MEASURES,
        settings={
            "members": MEMBERS,
            "content_bytes": len(CONTENT),
            "event_frame_bytes": payload + 4,
            "paces": {name: {"in_flight": a, "messages": b} for name, (a, b) in PACES.items()},
            "waited_share_most": QUIET,
            "database": "SQLite, WAL, synchronous=FULL",
        },
        runs=found,
        rows=rows,
        budgets=[Budget("deliveries/s against the raw limit", ratio, "×", least=0.85)],
    )
