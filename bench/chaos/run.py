"""The command: `script/chaos --posts 1000000` kills, prints figures, and fails on any breach.

A seed chooses the same points, counted in acknowledged posts; what falls on them is the moment's.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import orjson

from bench import databases
from bench.chaos import journal
from bench.chaos.plan import MESSAGES, Breach, Plan, Seat, Way, named
from bench.chaos.requests import PAGE
from bench.chaos.verdict import Evidence, Stored, breaches
from bench.population import Population
from tests.support.server import ROOT, Server

EACH = 10_000  # posts for each kill, of the server and of a client process
SIZE = 4  # clients in a room; one of them over HTTP
HTTP_SHARE = 20  # one of so many posts comes over HTTP
CUT_EVERY = 500  # messages of a client, on average, until it breaks its line
LATER = 0.05  # seconds by which a kill is late, so that it may fall on anything
LOOK = 0.02  # seconds between looks at what is acknowledged
STALLED = 180  # seconds without any progress, after which something is wrong
LETTERS = {
    "c": "lines cut by clients",
    "l": "lines lost",
    "n": "attempts without a server",
    "r": "resumes",
    "p": "resumes by pages (more than 1 000 changes missed)",
    "u": "refused as unavailable",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How much, and by which chance."""

    posts: int
    seed: str
    clients: int
    processes: int
    server_kills: int
    client_kills: int


def shares(measure: Measure) -> list[int]:
    """How many messages each client posts; every fourth is one over HTTP."""
    http = [client for client in range(measure.clients) if way(client) == "http"]
    others = [client for client in range(measure.clients) if way(client) == "socket"]
    by_http = measure.posts // HTTP_SHARE if http else 0
    found = [0] * measure.clients
    for clients, posts in ((http, by_http), (others, measure.posts - by_http)):
        for place, client in enumerate(clients):
            found[client] = posts // len(clients) + (place < posts % len(clients))
    return found


def way(client: int) -> Way:
    """Over what a client posts."""
    return "http" if client % SIZE == SIZE - 1 else "socket"


class Chaos:
    """One run: a server, its clients in their processes, and who is killed when."""

    def __init__(self, measure: Measure, server: Server, folder: Path) -> None:
        self._measure = measure
        self._server = server
        self._folder = folder
        self._seats = self._populate()
        self._plans: list[Plan] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        self._chance = random.Random(measure.seed)
        self.kills = Counter[str]()

    def _populate(self) -> list[Seat]:
        population = Population(self._server.folder / "data", self._server.database_url)
        people = population.people(self._measure.clients)
        circles = [people[at : at + SIZE] for at in range(0, len(people), SIZE)]
        rooms = population.rooms_of(circles)
        population.close()
        return [
            Seat(client, way(client), person.token, rooms[client // SIZE], quota)
            for client, (person, quota) in enumerate(
                zip(people, shares(self._measure), strict=True)
            )
        ]

    def run(self) -> float:
        """Everything is posted and everyone has caught up; the seconds of posting."""
        self._server.start()
        count = self._measure.processes
        for process in range(count):
            # Those of a room live in different processes.
            seats = [
                one for one in self._seats if (one.client + one.client // SIZE) % count == process
            ]
            self._plans.append(
                Plan(
                    process,
                    self._server.port,
                    str(self._folder),
                    self._measure.seed,
                    CUT_EVERY,
                    seats,
                )
            )
            self._processes.append(self._launch(process))
        began = time.perf_counter()
        for point, victim in self._points():
            self._wait(point)
            time.sleep(self._chance.uniform(0, LATER))
            self._kill(victim)
        self._wait(self._measure.posts)
        seconds = time.perf_counter() - began
        self._kill("server")  # what was acknowledged last has had no time
        self._end()
        return seconds

    def _points(self) -> list[tuple[int, str]]:
        """When something is killed, in acknowledged posts, and what."""
        measure = self._measure
        kills = ["server"] * measure.server_kills + ["client"] * measure.client_kills
        return sorted((self._chance.randrange(1, measure.posts), victim) for victim in kills)

    def _launch(self, process: int) -> "subprocess.Popen[bytes]":
        with (self._folder / f"{process}.stderr").open("ab") as stderr:
            made = subprocess.Popen(
                [sys.executable, "-m", "bench.chaos.client"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stderr=stderr,
            )
        assert made.stdin is not None
        made.stdin.write(self._plans[process].line())
        made.stdin.flush()
        return made

    def _kill(self, victim: str) -> None:
        self.kills[victim] += 1
        if victim == "server":
            self._server.kill()
            self._server.start()
            return
        process = self._chance.randrange(len(self._processes))
        self._processes[process].kill()
        self._discard(process)
        self._processes[process] = self._launch(process)

    def _discard(self, process: int) -> None:
        dead = self._processes[process]
        dead.wait()
        assert dead.stdin is not None
        with suppress(BrokenPipeError):
            dead.stdin.close()

    def acknowledged(self) -> int:
        """How many posts have been acknowledged until now."""
        return sum(len(journal.acknowledged(self._folder, seat.client)) for seat in self._seats)

    def _wait(self, point: int) -> None:
        """Until so many posts are acknowledged."""
        before, since = -1, time.perf_counter()
        while (now := self.acknowledged()) < point:
            self._mind(allowed=())
            if now != before:
                before, since = now, time.perf_counter()
            elif time.perf_counter() - since > STALLED:
                raise Breach(f"stalled: nothing was acknowledged for {STALLED} s, after {now}")
            time.sleep(LOOK)

    def _mind(self, allowed: Sequence[int]) -> bool:
        """Whether all client processes have ended well; Breach when one has ended otherwise."""
        states = [process.poll() for process in self._processes]
        for number, state in enumerate(states):
            if state is not None and state not in allowed:
                said = (self._folder / f"{number}.stderr").read_text()[-4_000:]
                raise Breach(f"client process {number} ended with {state}: {said}")
        if not self._server.running:
            raise Breach("the server has ended by itself")
        return None not in states

    def _end(self) -> None:
        """All has been posted: the clients follow to the end of their rooms."""
        last = {seat.room: 0 for seat in self._seats}
        for seat in self._seats:
            last[seat.room] += seat.quota
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(orjson.dumps(last) + b"\n")
            process.stdin.flush()
        since = time.perf_counter()
        while not self._mind(allowed=(0,)):
            if time.perf_counter() - since > STALLED:
                raise Breach(f"stalled: clients have not caught up in {STALLED} s")
            time.sleep(LOOK)

    def discard(self) -> None:
        """End what is left of the clients."""
        for number, process in enumerate(self._processes):
            process.kill()
            self._discard(number)

    # What is left of it -------------------------------------------------------------------------

    def evidence(self) -> Evidence:
        """What the server holds now, and what the clients wrote down."""
        tokens = {seat.room: seat.token for seat in self._seats}
        with httpx.Client(base_url=self._server.url, timeout=60, trust_env=False) as http:
            stored = {room: list(_history(http, room, token)) for room, token in tokens.items()}
        clients = [seat.client for seat in self._seats]
        following = [seat.client for seat in self._seats if seat.way == "socket"]
        return Evidence(
            quotas={seat.client: seat.quota for seat in self._seats},
            rooms={seat.client: seat.room for seat in self._seats},
            stored=stored,
            acknowledged=[
                one for each in clients for one in journal.acknowledged(self._folder, each)
            ],
            heard={client: journal.heard(self._folder, client) for client in following},
            refused=[one for each in clients for one in journal.refused(self._folder, each)],
        )

    def letters(self) -> Mapping[str, int]:
        """What happened how often."""
        files = [journal.letters(self._folder, plan.process) for plan in self._plans]
        return {said: sum(file.count(letter) for file in files) for letter, said in LETTERS.items()}


def _history(http: httpx.Client, room: str, token: str) -> Iterator[Stored]:
    after, more = 0, True
    headers = {"Authorization": f"Bearer {token}"}
    while more:
        query = {"after": after, "limit": PAGE}
        answer = http.get(MESSAGES.format(room), params=query, headers=headers)
        page = orjson.loads(answer.raise_for_status().content)
        for one in page["items"]:
            client, number = named(one["client_id"])
            yield Stored(client, number, one["seq"], UUID(one["id"]).bytes)
            after = one["seq"]
        more = page["has_more"]


def shake(measure: Measure, server: Server, folder: Path) -> dict[str, float]:
    """One run on a server that is not started yet; its figures. Raises Breach."""
    chaos = Chaos(measure, server, folder)
    try:
        seconds = chaos.run()
        found = breaches(chaos.evidence())
        if found:
            raise Breach("\n".join(found))
        faults = server.faults()
        if faults:
            raise Breach("the server has written:\n" + "\n".join(faults[:20]))
    finally:
        chaos.discard()
    return {
        "posts": measure.posts,
        "seconds": round(seconds, 1),
        "posts a second, kills and restarts among them": round(measure.posts / seconds),
        "kills of the server": chaos.kills["server"],
        "kills of client processes": chaos.kills["client"],
        **chaos.letters(),
        "lost": 0,
        "doubled": 0,
        "out of order": 0,
    }


def main() -> None:
    """Exit status 0 when all was kept, 1 when not."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    each = max(options.posts // EACH, 3)
    measure = Measure(
        options.posts,
        options.seed,
        options.clients,
        options.processes,
        each if options.server_kills is None else options.server_kills,
        each if options.client_kills is None else options.client_kills,
    )
    print(f"{measure}", flush=True)
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trialogue-")))
            url = options.database_url or stack.enter_context(
                databases.empty(options.database, folder)
            )
            server = stack.enter_context(_server(url, folder / "server"))
            figures = shake(measure, server, folder)
    except Breach as error:
        sys.exit(f"BROKEN, seed {measure.seed!r}: {error}")
    for what, figure in figures.items():
        print(f"{figure:>12,}".replace(",", " ") + f"  {what}")


@contextmanager
def _server(url: str, folder: Path) -> Iterator[Server]:
    server = Server(url, folder)
    try:
        yield server
    finally:
        server.discard()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/chaos",
        description="Posts while the server, clients and lines are killed; all must be kept.",
    )
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--seed", default="1", help="chooses the points (default: 1)")
    parser.add_argument("--clients", type=int, default=24, help="every fourth over HTTP")
    parser.add_argument("--processes", type=int, default=4, help="that the clients live in")
    parser.add_argument("--server-kills", type=int, help=f"default: one for {EACH} posts")
    parser.add_argument("--client-kills", type=int, help="the same of client processes")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--database-url", help="an empty database, instead of one of a kind")
    return parser.parse_args()


if __name__ == "__main__":
    main()
