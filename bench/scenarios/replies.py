"""P8: what streaming replies cost: the delay of the first token, tokens a second, 200 at once.

A provider of our own (`bench/provider.py`) writes tokens in a steady rhythm; each token is the
moment when it was written, so every client sees how late it is. The raw limit passes tokens on.
"""

import asyncio
import http.client
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from openai import AsyncOpenAI

from bench import provider, wire
from bench.clients import Client, connect, hang_up, run
from bench.machine import Watch
from bench.population import Person, Population
from bench.processes import HOST, Running, beside, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "P8, replies of assistants: first token, tokens a second, 200 at once"
RUNS = 3
STREAMS = 200
# Tokens a second of each stream, and how many: the first is the budget's rhythm, the second more
# than is asked for, so that it shows what is relayed.
RHYTHMS = {"50/s each": (50, 500), "100/s each": (100, 1_500)}
FIRST = 60  # questions, one after the other, for the first token
WARM_UP = provider.question(50, 20)
ONE = provider.question(1_000, 1)
ANSWER_MOST = 120  # seconds


class Reader(Client):
    """Reads the reply to one question at a time."""

    __slots__ = ("arrived", "asked_at", "bytes", "done", "first_at", "lags", "last_at", "tokens")

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self.begin()

    def begin(self) -> None:
        """Expect the next reply."""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lags: list[int] = []  # microseconds of the oldest token in each frame
        self.arrived: list[tuple[float, int]] = []  # when, and how many tokens
        self.tokens = self.bytes = 0
        self.asked_at = self.first_at = self.last_at = 0.0

    def frame_received(self, first: int, payload: bytes) -> None:
        super().frame_received(first, payload)
        self.bytes += len(payload) + 4
        if payload.startswith(wire.DELTA):
            text = payload[payload.index(b'"text":"') + 8 :]
            self.lags.append(provider.now() - int(text[: provider.TOKEN]))
            self.last_at, count = perf_counter(), text.index(b'"') // provider.TOKEN
            self.tokens += count
            self.arrived.append((self.last_at, count))
            self.first_at = self.first_at or self.last_at
        elif payload.startswith(wire.UPDATED) and b'"state":"done"' in payload:
            self.finish()

    def finish(self) -> None:
        """The reply is complete; its title may follow."""
        if not self.done.done():
            self.done.set_result(None)


@dataclass(frozen=True, slots=True)
class Side:
    """A server with its readers, each in a conversation of its own."""

    server: Running
    readers: Sequence[Reader]
    rooms: Sequence[str]

    def ask(self, place: int, question: str) -> None:
        """One reader asks."""
        reader = self.readers[place]
        reader.begin()
        reader.asked_at = perf_counter()
        reader.transport.write(wire.send_message(self.rooms[place], question))


def measure(runs: int) -> Result:
    """Interleaved runs of both servers beside one provider."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        population = Population(Path(folder))
        people = population.people(STREAMS)
        population.close()
        with beside("provider") as model:
            model.wait_healthy()
            settings = {
                "TRIALOGUE_AI_PROVIDERS": "openai:bench",
                "OPENAI_API_KEY": "sk-bench",
                "OPENAI_BASE_URL": f"http://{HOST}:{model.port}/v1",
            }
            with (
                trialogue(Path(folder), **settings) as server,
                raw("relay", str(model.port).encode()) as bare,
            ):
                server.wait_healthy()
                bare.wait_healthy()
                rooms = [_conversation(server, person) for person in people]
                return run(_measure(server, bare, model, people, rooms, runs))


def _conversation(server: Running, person: Person) -> str:
    """A new conversation with the default assistant."""
    line = http.client.HTTPConnection(HOST, server.port)
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"}
    line.request("POST", "/api/v1/conversations", "{}", headers)
    return str(json.loads(line.getresponse().read())["id"])


async def _measure(
    server: Running,
    bare: Running,
    model: Running,
    people: Sequence[Person],
    rooms: Sequence[str],
    runs: int,
) -> Result:
    sides = {}
    for name, each in (("server", server), ("raw", bare)):
        readers = [Reader(wire.upgrade(each.port, person.token)) for person in people]
        await connect(readers, each.port)
        sides[name] = Side(each, readers, rooms)
        await _crowd(sides[name], WARM_UP)
    direct = Direct(model.port)
    await direct.connect()
    found = []
    for turn in turns(runs):
        order = sorted(sides, reverse=bool(turn % 2))
        figures: dict[str, Figures] = {}
        figures["direct"] = {"socket": await direct.first(), "sdk": await _by_sdk(model.port)}
        for name in order:
            figures[f"{name}, first token"] = await _first(sides[name])
        for label, (rate, tokens) in RHYTHMS.items():
            for name in order:
                question = provider.question(rate, tokens)
                figures[f"{name}, {label}"] = await _crowd(sides[name], question)
        found.append(figures)
    for side in sides.values():
        hang_up(side.readers)
    return _result(found)


async def _by_sdk(port: int) -> float:
    """Milliseconds to the first token for a program that asks with the provider's own SDK; the
    median of some questions."""
    client = AsyncOpenAI(api_key="sk-bench", base_url=f"http://{HOST}:{port}/v1", max_retries=0)
    took = []
    for _ in range(FIRST):
        began = perf_counter()
        answer = await client.chat.completions.create(
            model="bench", stream=True, messages=[{"role": "user", "content": ONE}]
        )
        async for chunk in answer:
            if chunk.choices and chunk.choices[0].delta.content:
                took.append((perf_counter() - began) * 1e3)
    await client.close()
    return median(took)


class Direct(asyncio.Protocol):
    """Asks the provider itself, as a program does that wants nothing but the answer."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def connect(self) -> None:
        """One line for all questions."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, HOST, self._port)

    async def first(self) -> float:
        """Milliseconds to the first token; the median of some questions."""
        took = []
        for _ in range(FIRST):
            self._said, self._over = b"", asyncio.Event()
            self._first_at = 0.0
            began = perf_counter()
            self._transport.write(provider.request(self._port, ONE))
            await self._over.wait()
            took.append((self._first_at - began) * 1e3)
        return median(took)

    def data_received(self, data: bytes) -> None:
        self._said += data
        if not self._first_at and b'"content":" ' in self._said:
            self._first_at = perf_counter()
        if self._said.endswith(b"0\r\n\r\n"):
            self._over.set()


async def _first(side: Side) -> Figures:
    """Milliseconds from the question to the first token on the asker's socket, one at a time."""
    took = []
    for number in range(FIRST):
        reader = side.readers[number % len(side.readers)]
        side.ask(number % len(side.readers), ONE)
        async with asyncio.timeout(ANSWER_MOST):
            await reader.done
        took.append((reader.first_at - reader.asked_at) * 1e3)
    return {"p50": median(took), "p90": quantiles(took, n=10)[8]}


async def _crowd(side: Side, question: str) -> Figures:
    """All readers ask within half a second, so that their tokens do not come in step."""
    watch = Watch(side.server.pid)
    for place in range(len(side.readers)):
        side.ask(place, question)
        await asyncio.sleep(0.5 / len(side.readers))
    async with asyncio.timeout(ANSWER_MOST):
        await asyncio.gather(*(reader.done for reader in side.readers))
    used = watch.stop()
    readers = side.readers
    tokens = sum(reader.tokens for reader in readers)
    lags = sorted(lag for reader in readers for lag in reader.lags)
    # All streams at once: from the first token of the last one to the last token of the first.
    began, ended = max(each.first_at for each in readers), min(each.last_at for each in readers)
    flowed = [n for each in readers for at, n in each.arrived if began < at <= ended]
    return {
        "tokens": tokens,
        "all_begun_seconds": began - min(each.asked_at for each in readers),
        "tokens_per_second": sum(flowed) / (ended - began),
        "slowest_per_second": min(each.tokens / (each.last_at - each.first_at) for each in readers),
        "lag_p50_ms": lags[len(lags) // 2] / 1e3,
        "lag_p99_ms": lags[len(lags) * 99 // 100] / 1e3,
        "server_cpu_us_per_token": used["server_cpu"] / tokens * 1e6,
        "server_share": used["server_cpu"] / used["seconds"],
        "load_share": used["load_cpu"] / used["seconds"],
        "server_waited_share": used["server_waited"] / used["seconds"],
        "bytes_per_token": sum(reader.bytes for reader in readers) / tokens,
    }


UNITS = {
    "all_begun_seconds": "s",
    "tokens_per_second": "1/s",
    "slowest_per_second": "1/s",
    "lag_p50_ms": "ms",
    "lag_p99_ms": "ms",
    "server_cpu_us_per_token": "µs",
    "server_share": "core",
    "load_share": "core",
    "server_waited_share": "of time",
    "bytes_per_token": "bytes",
}


def _result(found: Sequence[dict[str, Figures]]) -> Result:
    rows = [
        Row.of(
            f"first token, {figure}",
            "ms",
            [each["server, first token"][figure] for each in found],
            [each["raw, first token"][figure] for each in found],
        )
        for figure in ("p50", "p90")
    ]
    asked = [[each["direct"][way] for each in found] for way in ("sdk", "socket")]
    rows.append(Row.of("first token, the provider asked directly (SDK; socket)", "ms", *asked))
    rows += [
        Row.of(
            f"{figure}, {rhythm}",
            unit,
            [each[f"server, {rhythm}"][figure] for each in found],
            [each[f"raw, {rhythm}"][figure] for each in found],
        )
        for rhythm in RHYTHMS
        for figure, unit in UNITS.items()
    ]
    added = median(each["server, first token"]["p50"] - each["direct"]["sdk"] for each in found)
    steady, flood = ([each[f"server, {rhythm}"] for each in found] for rhythm in RHYTHMS)
    slowest = median(each["slowest_per_second"] for each in steady)
    most = median(each["tokens_per_second"] for each in flood)
    return Result(
        name="replies",
        measures=MEASURES,
        settings={
            "streams": STREAMS,
            "rhythms": {name: {"a_second": a, "each": b} for name, (a, b) in RHYTHMS.items()},
            "questions_for_the_first_token": FIRST,
            "characters_a_token": provider.TOKEN,
            "database": "SQLite, WAL, synchronous=FULL",
        },
        runs=found,
        rows=rows,
        budgets=[
            Budget("first token, beyond asking the provider by its SDK", added, "ms", most=10),
            Budget("tokens/s relayed", most, "1/s", least=12_000),
            Budget("200 streams of 50 tokens/s, the slowest", slowest, "1/s", least=49),
        ],
    )
