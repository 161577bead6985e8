"""Limits of a running server: one count for HTTP and sockets, and floods that end."""

import asyncio
import json
import re

import pytest

from tests.http.shapes import NOBODY
from tests.support.client import Person, Socket, Stage
from tests.support.serving import Make
from tests.support.timeless import COMMAND
from trialogue.gate.limiter import CALLS, SENDS

ITEM = re.compile(r'"([a-z]+)";r=(\d+)')
ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def tell_often(socket: Socket, count: int, command: str, **args: str) -> None:
    """Give a command again and again, without waiting for answers."""
    for number in range(count):
        frame = {"id": f"n{number}", "do": command, "args": args}
        await socket.connection.send(json.dumps(frame))


async def left(person: Person, room: str) -> dict[str, int]:
    """What is left to someone, as a message by HTTP is told."""
    path = f"/api/v1/conversations/{room}/messages"
    answer = await person.call("POST", path, json={"content": "Hello"})
    return {name: int(count) for name, count in ITEM.findall(answer.headers["ratelimit"])}


@ON_ONE
async def test_what_sockets_do_is_counted_on_http_too(make_server: Make) -> None:
    server = make_server(command=COMMAND, TRIALOGUE_RATE_LIMITS="on").start()
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        first = await left(ada, room)
        assert first["sends"] == SENDS.burst - 1
        async with ada.socket() as socket:
            await tell_often(socket, 1_000, "messages.retract", message_id=NOBODY)
            assert (await socket.answer("n999"))["error"]["code"] == "not_found"
            second = await left(ada, room)
            assert second["sends"] == first["sends"] - 1_001
            await tell_often(socket, second["calls"], "ping")
            last = await socket.ask("ping")
            assert last["error"]["code"] == "limited"
            assert last["error"]["retry_after"] == 1
        assert (await left(ada, room))["calls"] == 0
        assert (await left(bob, room))["calls"] >= CALLS.burst - 10


@ON_ONE
async def test_a_flood_is_closed_with_4429_and_nobody_else_is(make_server: Make) -> None:
    server = make_server(command=COMMAND, TRIALOGUE_RATE_LIMITS="on").start()
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        async with ada.socket() as loud, bob.socket() as quiet:
            flood = asyncio.create_task(tell_often(loud, 4 * CALLS.burst, "ping"))
            assert await loud.closed() == 4429
            await asyncio.gather(flood, return_exceptions=True)
            answers = [frame for frame in loud.frames if "ok" in frame]
            assert CALLS.burst - 10 <= sum(frame["ok"] for frame in answers)
            assert (await quiet.ask("ping"))["ok"] is True
        answer = await ada.call("GET", "/api/v1/users/me")
        assert answer.status_code in (200, 429)  # the same count
        assert '"calls"' in answer.headers["ratelimit"]
