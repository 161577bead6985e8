"""P4 and P5: 10 000 clients who were cut off come back at once, and then are idle.

Each is in 20 rooms of ten and has missed ten messages. All connect at the same time; each asks
`sync.resume` for what it has missed. The raw limit accepts sockets and answers with ready bytes.
"""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bench import wire
from bench.clients import Client, connect, hang_up, run
from bench.machine import Watch
from bench.population import Person, Population
from bench.processes import HOST, Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.sql import new_id
from trialogue.settings import Settings
from trialogue.store import engines

MEASURES = "P4 and P5: 10 000 clients return at once and resume; then they are idle"
RUNS = 2
CLIENTS = 10_000
AT_ONCE = 2_000  # on their way in: what the kernel lets wait for a server (its backlog)
EACH, ROOM = 20, 10  # rooms of each client, members of a room
MISSED = 10  # messages that each has missed, in as many of its rooms
CONTENT = "A message of usual length, as people write them to each other all day long. " * 2
ANSWER = b'{"id":"r"'
AGAIN = (0.5, 3.0)  # seconds until one who was refused comes again
PATIENCE = 900  # seconds for all of them
BEAT = 0.01  # seconds between two signs of life that are asked for
IDLE_AFTER, IDLE = 20, 20  # seconds
STEP_MOST, BLOCK_MOST, IDLE_MOST = 15, 100, 2  # seconds, ms, per cent


class Returning(Client):
    """Asks for what it has missed once the first frame is there."""

    __slots__ = ("_resume", "resumed")

    def __init__(self, request: bytes, resume: bytes) -> None:
        super().__init__(request)
        self._resume = resume
        self.resumed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def frame_received(self, first: int, payload: bytes) -> None:
        fresh = not self.ready.done()
        super().frame_received(first, payload)
        if fresh and self.ready.done():
            self.transport.write(self._resume)
        elif payload.startswith(ANSWER) and not self.resumed.done():
            self.resumed.set_result(payload.count(b'"messages":[{'))  # one each


class Pulse(Client):
    """A connection that is there all the time: how long does an answer to `ping` take?"""

    __slots__ = ("_answer",)

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self._answer: asyncio.Future[None] | None = None

    def frame_received(self, first: int, payload: bytes) -> None:
        super().frame_received(first, payload)
        if payload.startswith(b'{"id":"p"') and self._answer and not self._answer.done():
            self._answer.set_result(None)

    async def beat(self, took: list[float]) -> None:
        """Ask again and again, until cancelled."""
        ping = wire.text({"id": "p", "do": "ping"})
        while True:
            self._answer = asyncio.get_running_loop().create_future()
            began = perf_counter()
            self.transport.write(ping)
            await self._answer
            took.append((perf_counter() - began) * 1e3)
            await asyncio.sleep(BEAT)


def measure(runs: int) -> Result:
    """A fresh server process for each run: nothing is warm, as after a restart."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as name:
        folder = Path(name)
        population = Population(folder)
        people = population.people(CLIENTS + 1)
        population.rooms(people[:CLIENTS], size=ROOM, each=EACH)
        population.close()
        url = Settings(_env_file=None, data_dir=folder, secret_key=None).database
        resumes = _miss(url, people)
        found = []
        for _ in turns(runs):
            with trialogue(folder) as server:
                ours = run(_return(server, people, resumes, idle=True))
            with raw("sockets", wire.served(ANSWER + b" " * 6_000)) as bare:
                theirs = run(_return(bare, people, {}, idle=False))
            found.append({"server": ours, "raw": theirs})
    return _result(found)


def _miss(url: str, people: Sequence[Person]) -> dict[str, bytes]:
    """A message in half of everyone's rooms; the frames by which everyone asks."""
    engine = engines.synchronous(engines.parse(url))
    cursors: dict[str, dict[str, int]] = {}
    with Session(engine) as db, db.begin():
        rooms = db.execute(select(Conversation.id, Conversation.name)).all()
        chosen = {room for room, name in rooms if _turn(name) < MISSED}
        senders: dict[str, str] = {}
        for room, user_id in db.execute(select(Member.conversation_id, Member.user_id)).tuples():
            cursors.setdefault(user_id, {})[room] = ROOM
            senders[room] = user_id
        rows = [_row(room, senders[room]) for room in sorted(chosen)]
        db.execute(insert(Message), rows)
        told = {"last_seq": 1, "last_rev": ROOM + 1, "last_message_at": rows[0]["created_at"]}
        db.execute(update(Conversation).where(Conversation.name.in_(_named())).values(told))
    engine.dispose()
    return {
        user_id: wire.text({"id": "r", "do": "sync.resume", "args": {"cursors": known}})
        for user_id, known in cursors.items()
    }


def _turn(name: str | None) -> int:
    """Which of everyone's rooms it is: they are made turn by turn."""
    return int((name or "").split()[1]) // (CLIENTS // ROOM)


def _named() -> list[str]:
    return [f"Room {number}" for number in range(MISSED * CLIENTS // ROOM)]


def _row(room: str, sender_id: str) -> dict[str, object]:
    message_id = new_id()
    return {
        "id": message_id,
        "conversation_id": room,
        "seq": 1,
        "rev": ROOM + 1,
        "sender_id": sender_id,
        "client_id": message_id,
        "type": "text",
        "state": "sent",
        "content": CONTENT,
        "attempt": 1,
        "created_at": datetime.now(UTC),
    }


async def _return(
    server: Running, people: Sequence[Person], resumes: dict[str, bytes], *, idle: bool
) -> Figures:
    server.wait_healthy()
    pulse = Pulse(wire.upgrade(server.port, people[-1].token))
    await connect([pulse], server.port)
    pauses: list[float] = []
    beating = asyncio.create_task(pulse.beat(pauses)) if idle else None
    crowd = Crowd(server.port, resumes)
    watch, began = Watch(server.pid), perf_counter()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(crowd.enter(place, one) for place, one in enumerate(people[:-1])))
        connected = perf_counter() - began
        missed = MISSED * CLIENTS
        if idle:
            missed = sum([await client.resumed for client in crowd.inside])
    found = {
        "connected_seconds": connected,
        "in_step_seconds": perf_counter() - began,
        "messages_brought": missed,
        "refusals": crowd.refusals,
    }
    used = watch.stop()
    if beating is not None:
        beating.cancel()
        found["longest_pause_ms"] = max(pauses)
        found["pause_p99_ms"] = sorted(pauses)[len(pauses) * 99 // 100]
    found["server_cpu_us_per_client"] = used["server_cpu"] / CLIENTS * 1e6
    if idle:
        await asyncio.sleep(IDLE_AFTER)
        watch = Watch(server.pid)
        await asyncio.sleep(IDLE)
        used = watch.stop()
        found["idle_cpu_percent"] = used["server_cpu"] / used["seconds"] * 100
    hang_up([*crowd.inside, pulse])
    return found


class Crowd:
    """All who come back; who is refused (1013) comes again a little later, as clients do."""

    def __init__(self, port: int, resumes: dict[str, bytes]) -> None:
        self._port = port
        self._resumes = resumes
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._chance = random.Random(1)
        self.inside: list[Returning] = []
        self.refusals = 0

    async def enter(self, place: int, person: Person) -> None:
        """Come in, however often it takes."""
        loop, address = asyncio.get_running_loop(), (f"127.0.0.{2 + place % 32}", 0)
        resume = self._resumes.get(person.user_id, b"")
        while True:
            client = Returning(wire.upgrade(self._port, person.token), resume)
            try:
                async with self._gate:
                    await loop.create_connection(
                        lambda client=client: client, HOST, self._port, local_addr=address
                    )
                    await client.ready
            except ConnectionError:
                self.refusals += 1
                await asyncio.sleep(self._chance.uniform(*AGAIN))
            else:
                self.inside.append(client)
                return


UNITS = {
    "refusals": "",
    "connected_seconds": "s",
    "in_step_seconds": "s",
    "longest_pause_ms": "ms",
    "pause_p99_ms": "ms",
    "server_cpu_us_per_client": "µs",
    "idle_cpu_percent": "%",
}


def _result(found: Sequence[dict[str, Figures]]) -> Result:
    for each in found:
        if each["server"]["messages_brought"] != MISSED * CLIENTS:
            raise RuntimeError(f"not all was brought: {each['server']['messages_brought']}")
    lines = {
        figure: Row.of(
            figure,
            unit,
            [each["server"][figure] for each in found],
            [each["raw"].get(figure, 0.0) for each in found],
        )
        for figure, unit in UNITS.items()
    }
    return Result(
        name="storm",
        measures=MEASURES,
        settings={
            "clients": CLIENTS,
            "on_their_way_at_once": AT_ONCE,
            "seconds_until_who_was_refused_comes_again": AGAIN,
            "rooms_each": EACH,
            "room_members": ROOM,
            "missed_each": MISSED,
            "database": "SQLite, WAL, synchronous=FULL",
        },
        runs=found,
        rows=list(lines.values()),
        budgets=[
            Budget("all in step again", lines["in_step_seconds"].server, "s", most=STEP_MOST),
            Budget("the longest pause", lines["longest_pause_ms"].server, "ms", most=BLOCK_MOST),
            Budget("CPU of 10 000 idle", lines["idle_cpu_percent"].server, "%", most=IDLE_MOST),
        ],
    )
