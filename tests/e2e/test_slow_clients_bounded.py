"""What a client that does not read costs the server, and what a reply costs the line."""

import asyncio
import json
from typing import Any

import pytest

from tests.support.client import Person, Socket, Stage
from tests.support.narrow import narrow, stop_reading
from tests.support.process import settles, vitals
from tests.support.provider import Provider, provider, provider_process, say
from tests.support.scripted import begun, chained
from tests.support.server import Server
from tests.support.streams import assistant_room, ended

__all__ = ["chained", "provider", "provider_process"]

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

MEGABYTE = 1024 * 1024
BOUND = 40 * MEGABYTE  # of memory, beside what a busy server holds
WORD = "word and "


async def test_answers_pile_up_for_nobody_who_does_not_read(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:
        ada = await stage.person("ada")
        room = await ada.room()
        posts = [ada.say(room, "x" * 20_000) for _ in range(200)]
        await asyncio.gather(*posts)
        async with ada.socket(max_size=None) as line:
            answer = await line.done("sync.resume", cursors={room: 0})
            assert len(json.dumps(answer)) > 2 * MEGABYTE
        before = vitals(lone_server)
        async with narrow(ada) as slow:
            stop_reading(slow)
            for _ in range(64):
                await slow.tell("sync.resume", cursors={room: 0})
            worst = await most_memory(lone_server, ada, room)
            assert worst - before.memory < 2 * BOUND
        await settles(lone_server, lambda now: now.files <= before.files + 5)


async def most_memory(server: Server, person: Person, room: str) -> int:
    """The most that a server holds while others go on, for as many requests as it takes the
    slow one's answers to be made."""
    worst = 0
    for _ in range(200):
        await person.ok("GET", f"/api/v1/conversations/{room}")
        worst = max(worst, vitals(server).memory)
    return worst


def weight(socket: Socket, message_id: str) -> tuple[int, int]:
    """Bytes of all frames about the text of a reply while it grew, and their number."""
    about: list[Any] = [
        frame for frame in socket.events("reply.delta") if frame["data"]["message_id"] == message_id
    ]
    return sum(len(json.dumps(frame)) for frame in about), len(about)


async def test_what_a_reply_costs_grows_with_its_length_and_no_faster(
    chained: Server, provider: Provider
) -> None:
    costs = {}
    async with Stage(chained) as stage:
        ada = await stage.person("ada")
        for count in (500, 2_000, 8_000):
            provider.queue("first", say(*[WORD] * count))
            room = await assistant_room(ada)
            async with ada.socket(max_size=None) as socket:
                await ada.say(room, "Tell me.")
                reply = await begun(socket)
                final = await ended(socket, reply["id"])
                assert final["content"] == WORD * count
                size, frames = weight(socket, reply["id"])
                # Each piece of the text is told once; what comes with it is bounded.
                assert len(WORD) * count <= size <= len(WORD) * count + 400 * frames
                assert frames <= count
                costs[count] = size / count
    assert costs[8_000] < 2 * max(costs[500], costs[2_000]), costs
