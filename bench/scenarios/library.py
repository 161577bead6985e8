"""How many messages a second a program sends by `ChatService`, beside the bare rows.

Both run in this process, on the last core: the library is part of a program. A call is one
message and one transaction, on either side. Servers of databases run where they like.
"""

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

from sqlalchemy import make_url

from bench import databases
from bench.limits import rows
from bench.report import Figures, Result, Row, turns
from bench.texts import Texts
from trialogue import ChatService
from trialogue.core import index, words
from trialogue.core.sql import MYSQL, new_id

MEASURES = "messages a second by ChatService.send_message"
RUNS = 5
DATABASES = ("sqlite", "postgresql", "mariadb")
THREADS = 8
WARM_UP = 40  # messages of each thread
TEXTS = 1_000
# Threads, rooms, and how many messages each thread sends in a run.
PACES = {
    "1 thread": (1, 1, 400),
    "8 threads, a room each": (THREADS, THREADS, 100),
    "8 threads, one room": (THREADS, 1, 100),
}
UNITS = {"messages_per_second": "1/s", "p50_ms": "ms", "p99_ms": "ms", "cpu_us": "µs"}

Send = Callable[[int], object]  # sends the text of this number
Sides = Mapping[str, Sequence[Send]]  # of the library and of the raw limit: one for each thread


def measure(runs: int) -> Result:
    """Both sides in turns, on one database after the other."""
    kinds = databases.chosen(DATABASES)
    found: list[dict[str, Figures]] = [{} for _ in range(runs)]
    texts = Texts(1).messages(TEXTS)
    for kind in kinds:
        with (
            tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder,
            databases.empty(kind, Path(folder)) as url,
        ):
            paces = {
                pace: (_sides(url, texts, threads, rooms), messages)
                for pace, (threads, rooms, messages) in PACES.items()
            }
            for sides, _ in paces.values():
                for senders in sides.values():
                    _volley(senders, WARM_UP)
            for turn in turns(runs):
                found[turn] |= _run(databases.KINDS[kind], paces, turn)
    return _result(kinds, found)


def _sides(url: str, texts: Sequence[str], threads: int, rooms: int) -> Sides:
    """People and rooms of their own for either side."""
    service = ChatService(url)
    sides: dict[str, list[Send]] = {"library": [], "raw": []}
    for name, senders in sides.items():
        people = [service.create_user(f"p{new_id()[-12:]}", f"Person {n}") for n in range(threads)]
        ids = [person.id for person in people]
        made = [
            service.create_conversation(f"Room {n}", created_by=ids[0], member_ids=ids[1:]).id
            for n in range(rooms)
        ]
        if name == "library":
            senders += [
                _by_library(service, made[place % rooms], user_id, texts)
                for place, user_id in enumerate(ids)
            ]
        else:
            known = [_room(service, room_id, ids[0]) for room_id in made]
            kept = [_words(url, text) for text in texts]
            senders += [
                _by_driver(url, known[place % rooms], user_id, texts, kept)
                for place, user_id in enumerate(ids)
            ]
    return sides


def _by_library(service: ChatService, room_id: str, user_id: str, texts: Sequence[str]) -> Send:
    return lambda number: service.send_message(room_id, user_id, texts[number % TEXTS])


def _by_driver(
    url: str, room: rows.Room, user_id: str, texts: Sequence[str], kept: Sequence[str]
) -> Send:
    write = rows.writer(url)
    return lambda number: write(room, user_id, texts[number % TEXTS], kept[number % TEXTS])


def _room(service: ChatService, room_id: str, user_id: str) -> rows.Room:
    """A room in which a session has begun."""
    first = service.send_message(room_id, user_id, "first")
    return rows.Room(room_id, first.session_id or "", first.seq, first.rev)


def _words(url: str, text: str) -> str:
    """The words of a text as this database keeps them, with one more in the room's place."""
    found = [index.room_word(new_id()), *words.cut(text)]
    return " ".join(words.coded(found) if make_url(url).get_backend_name() in MYSQL else found)


def _run(known: str, paces: Mapping[str, tuple[Sides, int]], turn: int) -> dict[str, Figures]:
    """Every pace; whichever side was first is second in the next run."""
    return {
        f"{side}, {known}, {pace}": _volley(sides[side], messages)
        for pace, (sides, messages) in paces.items()
        for side in sorted(sides, reverse=bool(turn % 2))
    }


def _volley(senders: Sequence[Send], messages: int) -> Figures:
    """All threads start together, and each sends one message after the other."""
    start = threading.Barrier(len(senders) + 1)

    def send(own: Send) -> list[float]:
        start.wait()
        times = [perf_counter()]
        for number in range(messages):
            own(number)
            times.append(perf_counter())
        return [after - before for before, after in pairwise(times)]

    with ThreadPoolExecutor(len(senders)) as pool:
        done = [pool.submit(send, own) for own in senders]
        start.wait()
        began, cpu = perf_counter(), process_time()
        waits = [wait for each in done for wait in each.result()]
        seconds, cpu = perf_counter() - began, process_time() - cpu
    return {
        "messages_per_second": len(waits) / seconds,
        "p50_ms": median(waits) * 1e3,
        "p99_ms": quantiles(waits, n=100)[98] * 1e3,
        "cpu_us": cpu / len(waits) * 1e6,
    }


def _result(kinds: Sequence[str], found: Sequence[Mapping[str, Figures]]) -> Result:
    lines = [
        Row.of(
            f"{figure}, {known}, {pace}",
            unit,
            [turn[f"library, {known}, {pace}"][figure] for turn in found],
            [turn[f"raw, {known}, {pace}"][figure] for turn in found],
        )
        for known in (databases.KINDS[kind] for kind in kinds)
        for pace in PACES
        for figure, unit in UNITS.items()
    ]
    return Result(
        name="library",
        measures=MEASURES,
        settings={
            "paces": {
                name: {"threads": threads, "rooms": rooms, "messages_each": messages}
                for name, (threads, rooms, messages) in PACES.items()
            },
            "members": "as many as threads",
            "sqlite": "WAL, synchronous=FULL",
            "servers": databases.servers(kinds),
        },
        runs=found,
        rows=lines,
        budgets=[],
    )
