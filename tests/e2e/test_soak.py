"""`script/soak`: under mixed load memory stays flat, and no task, socket, file or connection is
left when it is over; and it would tell if not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.soak.run import MB, soak
from bench.soak.watch import Held, grown, left, look, parts
from tests.support.client import Stage
from tests.support.server import Server

pytestmark = pytest.mark.usefixtures("unmeasured")

SECONDS = 120
GROWTH = 64  # megabytes: generous, as two minutes are short and caches still fill
AT_REST = Held(memory=100 * MB, tasks=9, sockets=0, files=20, used=0, idle=3, streaming=0)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_server_gives_back_what_two_minutes_of_everything_took(lone_server: Server) -> None:
    figures = await soak(lone_server, SECONDS, "1", GROWTH)
    done = ("messages", "pages read", "questions", "uploads", "sockets", "logins")
    assert all(figures[what] for what in done), figures


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_is_held_is_seen_in_the_numbers(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:
        ada = await stage.person()
        before = await look(lone_server.url)
        async with ada.socket(), ada.socket():
            held = await look(lone_server.url)
        assert held.sockets == 2
        assert held.files >= before.files + 2
        assert "sockets: 2, at most 0" in left(before, held)


KEPT: dict[str, tuple[Callable[[Held], Held], list[str]]] = {
    "nothing": (lambda held: held, []),
    "less": (lambda held: replace(held, tasks=8, files=19, idle=2), []),
    "a connection more, with its files": (lambda held: replace(held, idle=4, files=23), []),
    "a task": (lambda held: replace(held, tasks=10), ["tasks: 10, at most 9"]),
    "a socket": (lambda held: replace(held, sockets=1), ["sockets: 1, at most 0"]),
    "a file": (lambda held: replace(held, files=21), ["open files: 21, at most 20"]),
    "a connection in use": (
        lambda held: replace(held, used=1),
        ["database connections in use: 1, at most 0"],
    ),
    "a reply": (lambda held: replace(held, streaming=1), ["replies: 1, at most 0"]),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_was_not_given_back_is_named(what: str) -> None:
    keep, expected = KEPT[what]
    assert left(AT_REST, keep(AT_REST)) == expected


def test_growth_is_told_from_the_warm_up_and_from_noise() -> None:
    warming = [megabytes * MB for megabytes in range(60, 100)]
    flat = [(100 + number % 3) * MB for number in range(120)]
    leaking = [(100 + number) * MB for number in range(120)]
    assert grown(warming + flat) <= MB
    assert grown(warming + leaking) >= 60 * MB
    assert parts(leaking, MB, 3) == "120, 160, 200"
    assert parts([7], 1) == "7"
