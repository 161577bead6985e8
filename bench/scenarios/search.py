"""Search among a million messages in Chinese and English, over HTTP, one question at a time.

Three people ask: one is in 4 rooms of 400, one in 40, one in all. The raw limit asks the index of
words by the plain driver, and gives the newest texts to whoever asks.
"""

import http.client
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlencode

from bench import archive, databases
from bench.archive import Shelf
from bench.population import Person, Population
from bench.processes import HOST, Running, raw, trialogue
from bench.questions import KINDS, Asker, Question
from bench.report import Budget, Figures, Result, Row, turns
from bench.texts import Texts

MEASURES = "search among 1 000 000 messages in Chinese and English"
RUNS = 3
DATABASES = ("sqlite", "postgresql")
MESSAGES = 1_000_000
ROOMS = 400
PEOPLE = 200
ROOM = 12  # members, besides those who ask
IN_ROOMS = (4, 40, ROOMS)  # how many rooms each of those who ask is in
EACH = 40  # questions of each kind and person in a run
WARM_UP = 5  # of each kind
SEED = 20_26
ALL = "all kinds"


@dataclass(frozen=True, slots=True)
class Library:
    """A database with its history, and those who ask about it with the token of each."""

    kind: str
    data: Path
    url: str
    askers: Sequence[tuple[str, Asker]]


def measure(runs: int) -> Result:
    """Fills one database after the other; each run asks new questions of both sides."""
    found: list[dict[str, Figures]] = [{} for _ in range(runs)]
    kinds = databases.chosen(DATABASES)
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder, ExitStack() as stack:
            library = stack.enter_context(_filled(kind, Path(folder)))
            server = stack.enter_context(trialogue(library.data, DATABASE_URL=library.url))
            bare = stack.enter_context(raw("search", library.url.encode()))
            server.wait_healthy()
            bare.wait_healthy()
            _run(library, server, bare, WARM_UP)
            for turn in turns(runs):
                found[turn] |= _run(library, server, bare, EACH)
    return _result(kinds, found)


@contextmanager
def _filled(kind: str, folder: Path) -> Iterator[Library]:
    with databases.empty(kind, folder) as url:
        population = Population(folder, url)
        people = population.people(PEOPLE + len(IN_ROOMS))
        askers, others = people[: len(IN_ROOMS)], people[len(IN_ROOMS) :]
        rooms = population.rooms_of([_members(place, askers, others) for place in range(ROOMS)])
        population.close()
        shelves = [
            Shelf(room, [each.user_id for each in _members(place, (), others)])
            for place, room in enumerate(rooms)
        ]
        began = perf_counter()
        texts = Texts(SEED)
        archive.fill(url, shelves, texts, MESSAGES)
        print(f"{databases.KINDS[kind]}: filled in {perf_counter() - began:.0f} s", flush=True)
        yield Library(
            kind,
            folder,
            url,
            [
                (person.token, Asker(SEED + count, texts, shelves[:: ROOMS // count]))
                for person, count in zip(askers, IN_ROOMS, strict=True)
            ],
        )


def _members(place: int, askers: Sequence[Person], others: Sequence[Person]) -> list[Person]:
    """Who is in a room: those who ask are in every so-manieth one, large and small."""
    asking = [
        person
        for person, count in zip(askers, IN_ROOMS, strict=False)
        if place % (ROOMS // count) == 0
    ]
    return [others[(place * 7 + seat * 13) % len(others)] for seat in range(ROOM)] + asking


def _run(library: Library, server: Running, bare: Running, each: int) -> dict[str, Figures]:
    """Every question goes to both sides, one after the other."""
    ours, theirs = (http.client.HTTPConnection(HOST, side.port) for side in (server, bare))
    found: dict[str, Figures] = {}
    all_ours: list[float] = []
    all_theirs: list[float] = []
    for name in KINDS:
        asked = [(token, asker.ask(name)) for _ in range(each) for token, asker in library.askers]
        times = [
            (_ask(ours, _path(question), token), _ask(theirs, _bare_path(library.kind, question)))
            for token, question in asked
        ]
        mine, raws = ([pair[side] for pair in times] for side in (0, 1))
        all_ours += mine
        all_theirs += raws
        found |= _named(library.kind, name, mine, raws)
    ours.close()
    theirs.close()
    return found | _named(library.kind, ALL, all_ours, all_theirs)


def _path(question: Question) -> str:
    asked = {"q": question.query} | ({"conversation_id": question.room} if question.room else {})
    return f"/api/v1/search?{urlencode(asked)}"


def _bare_path(kind: str, question: Question) -> str:
    return f"/?{urlencode({'q': question.in_index(kind)})}"


def _ask(line: http.client.HTTPConnection, path: str, token: str = "") -> float:
    """Milliseconds until the whole answer is there."""
    began = perf_counter()
    line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = line.getresponse()
    body = answer.read()
    took = perf_counter() - began
    if answer.status != 200:
        raise ConnectionError(f"{answer.status} for {path}: {body[:500]!r}")
    return took * 1e3


def _named(
    kind: str, name: str, ours: Sequence[float], theirs: Sequence[float]
) -> dict[str, Figures]:
    sides = {"server": ours, "raw": theirs}
    return {
        f"{side}, {databases.KINDS[kind]}, {name}": {
            "p50": median(times),
            "p99": quantiles(times, n=100)[98],
        }
        for side, times in sides.items()
    }


def _result(kinds: Sequence[str], found: Sequence[Mapping[str, Figures]]) -> Result:
    rows, budgets = [], []
    for kind in kinds:
        known = databases.KINDS[kind]
        for name in (ALL, *KINDS):
            for figure in ("p50", "p99"):
                columns = (
                    [turn[f"{side}, {known}, {name}"][figure] for turn in found]
                    for side in ("server", "raw")
                )
                rows.append(Row.of(f"{figure}, {known}, {name}", "ms", *columns))
        values = {row.what: row.server for row in rows}
        budgets += [
            Budget(f"{figure}, {known}", values[f"{figure}, {known}, {ALL}"], "ms", most=most)
            for figure, most in (("p50", 20), ("p99", 150))
        ]
    return Result(
        name="search",
        measures=MEASURES,
        settings={
            "messages": MESSAGES,
            "rooms": ROOMS,
            "rooms_of_those_who_ask": IN_ROOMS,
            "questions_of_each_kind": EACH * len(IN_ROOMS),
            "in_flight": 1,
            "servers": databases.servers(kinds),
        },
        runs=found,
        rows=rows,
        budgets=budgets,
    )
