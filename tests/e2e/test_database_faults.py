"""A database that dies, freezes and comes back under people who write."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import reach
from tests.support.client import Stage
from tests.support.follower import Follower
from tests.support.history import check, whole_history
from tests.support.own_databases import OwnMariadb, OwnPostgresql, own_database
from tests.support.senders import Board, Sender, Way
from tests.support.server import Server

pytestmark = pytest.mark.usefixtures("unmeasured")

Own = OwnPostgresql | OwnMariadb
WAYS: list[Way] = ["http", "socket"]
ENOUGH = 60  # acknowledged messages before the blow
BACK = 60.0  # seconds until all is as before; 5 on a machine that does nothing else
FAULTS: dict[str, tuple[Callable[[Own], None], Callable[[Own], None]]] = {
    "killed": (lambda own: own.kill(), lambda own: own.start()),
    "frozen": (lambda own: own.freeze(), lambda own: own.thaw()),
}


class Stands:
    """One database server of each kind for these tests, with a server of ours on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[Own, Server]] = {}

    def on(self, kind: str, program: str) -> tuple[Own, Server]:
        """Both of a kind, started when first asked for."""
        if kind not in self._made:
            own = own_database(kind, program)
            server = Server(own.url, self._folder / kind)
            self._made[kind] = own, server
            server.start()
        return self._made[kind]

    def end(self) -> None:
        """End them all."""
        for own, server in self._made.values():
            server.kill()
            own.discard()


@pytest.fixture(scope="module")
def stands(unmeasured: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stands]:
    """The database servers of these tests."""
    made = Stands(tmp_path_factory.mktemp("stands"))
    yield made
    made.end()


@pytest.fixture(params=["postgresql", "mariadb"])
def stand(request: pytest.FixtureRequest, stands: Stands) -> tuple[Own, Server]:
    """A database server that may be killed, and a server on it."""
    program = reach(f"{request.param}-server", request)
    request.node.user_properties.append(("database", request.param))
    return stands.on(request.param, program)


@pytest.fixture
def own(stand: tuple[Own, Server]) -> Own:
    """The database server."""
    return stand[0]


@pytest.fixture
def shaken(stand: tuple[Own, Server]) -> Iterator[Server]:
    """The server on it."""
    own, server = stand
    yield server
    own.thaw()


async def ready(stage: Stage) -> int:
    """What a balancer is told."""
    return (await stage.http.get("/health/ready")).status_code


async def away(own: Own, fault: str) -> None:
    """From here on the database is away."""
    await asyncio.to_thread(FAULTS[fault][0], own)


async def back(own: Own, fault: str) -> float:
    """From here on the database answers; when that was."""
    await asyncio.to_thread(FAULTS[fault][1], own)
    return time.monotonic()


@pytest.mark.parametrize("fault", FAULTS)
async def test_nothing_is_lost_or_doubled_and_all_go_on_by_themselves(
    own: Own, shaken: Server, fault: str
) -> None:
    async with Stage(shaken) as stage:
        people = await stage.people("ada", "bob", "cem")
        room = await people[0].room(*people[1:])
        follower = Follower(people[2])
        follower.start()
        await follower.caught_up(room)
        board = Board()
        senders = [
            Sender(people[number % 3], room, f"{way}-{number}", way, board)
            for number in range(4)
            for way in WAYS
        ]
        for sender in senders:
            sender.start()
        await board.until(lambda: len(board.acknowledged) > ENOUGH)
        await away(own, fault)
        await board.until(lambda: all(board.refused.values()))
        assert await ready(stage) == 503
        assert (await stage.http.get("/health/live")).status_code == 200
        began = await back(own, fault)
        sent = [sender.sent for sender in senders]
        await board.until(
            lambda: all(s.sent > n + 1 for s, n in zip(senders, sent, strict=True)),
            patience=2 * BACK,
        )
        assert time.monotonic() - began < BACK
        assert await ready(stage) == 200
        await asyncio.gather(*(sender.end() for sender in senders))
        found = await whole_history(people[0], room)
        check(found, board.acknowledged)
        assert len(found) == len(board.acknowledged)
        await follower.caught_up(room)
        assert follower.reloads == 0
        await follower.end()
    assert "Traceback" not in shaken.log()
