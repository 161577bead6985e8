"""A client that does not read: the others do not wait for it, and it finds its way back."""

import asyncio
from typing import Any

import pytest

from tests.support.client import PATIENCE, Person, Socket, Stage
from tests.support.copies import fresh, hear, settled
from tests.support.narrow import narrow, start_reading, stop_reading
from tests.support.replay import Snapshot, apply
from tests.support.server import Server

COUNT = 200
SIZE = 15_000  # bytes; together three times what a client may leave lying
TOO_SLOW = 4408


async def caught_up(copy: Snapshot, person: Person, socket: Socket, room: str) -> Snapshot:
    """The copy after `sync.resume`, asked as often as there is more."""
    while True:
        cursors = {room: copy["last_rev"]}
        found = (await socket.done("sync.resume", cursors=cursors))[room]
        assert found["reload"] is False
        after = apply(copy, found, person.id)
        assert after is not None
        copy = after
        if not found["more"]:
            return copy


def heard(copy: Snapshot, frames: list[Any], person: Person, room: str) -> Snapshot:
    """The copy after these frames."""
    for frame in frames:
        if frame.get("conversation_id") == room:
            after = hear(copy, frame, person.id)
            assert after is not None
            copy = after
    return copy


async def fate(socket: Socket) -> str | int | None:
    """What became of a slow client that reads again: told to resume, or sent away."""
    resync = asyncio.create_task(socket.expect("resync"))
    closed = asyncio.create_task(socket.connection.wait_closed())
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait([resync, closed], return_when=asyncio.FIRST_COMPLETED)
    closed.cancel()
    results = await asyncio.gather(resync, return_exceptions=True)
    if isinstance(results[0], dict):
        return "resync"
    return socket.connection.close_code


async def settled_alike(copy: Snapshot, person: Person, socket: Socket, room: str) -> None:
    """The copy comes to a fresh one; marks are told about a second later."""
    place = 0
    async with asyncio.timeout(PATIENCE):
        while True:
            frames = socket.frames[place:]
            place += len(frames)
            copy = heard(copy, frames, person, room)
            expected = settled(await fresh(person, room))
            if settled(copy) == expected:
                return
            await asyncio.sleep(0.05)  # sleep: between two looks


@pytest.mark.parametrize("by", ["http", "socket"])
async def test_others_do_not_wait_and_the_slow_one_comes_back(server: Server, by: str) -> None:
    async with Stage(server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        room = await ada.room(bob, eve)
        copy = await fresh(bob, room)
        assert copy is not None
        async with eve.socket(max_size=None) as hers, ada.socket() as line, narrow(bob) as slow:
            stop_reading(slow)
            for number in range(COUNT):
                content = f"{number} ".ljust(SIZE, "x")
                if by == "http":
                    await ada.say(room, content)
                else:
                    await line.done("messages.send", conversation_id=room, content=content)
            # eve has all of it while bob has read nothing.
            await hers.expect("message.created", seq=COUNT)
            assert len(hers.events("message.created")) == COUNT
            assert len(slow.events("message.created")) < COUNT
            start_reading(slow)
            end = await fate(slow)
            copy = heard(copy, [f for f in slow.frames if f.get("event") != "ready"], bob, room)
            assert copy["last_seq"] < COUNT, "it had missed something"
            if end == "resync":
                copy = await caught_up(copy, bob, slow, room)
                last = await ada.say(room, "and on")
                await slow.expect("message.created", id=last["id"])
                await settled_alike(copy, bob, slow, room)
                return
        assert end == TOO_SLOW
        async with bob.socket(max_size=None) as again:
            copy = await caught_up(copy, bob, again, room)
            await settled_alike(copy, bob, again, room)
