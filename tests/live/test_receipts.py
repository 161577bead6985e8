"""Delivered marks: what was handed to a connection of everybody else."""

import asyncio

from sqlalchemy.orm import Session

from tests.live.conftest import House, Person, Play
from trialogue.core import messages
from trialogue.core.models import Member


async def kept(house: House, room: str, person: Person) -> int:
    def look(db: Session) -> int:
        return db.get_one(Member, (room, person.id)).delivered_seq

    return await house.database.read(look)


async def tick(house: House, count: int = 1) -> None:
    for _ in range(count):
        house.line.wheel.tick()
        await asyncio.sleep(0)


def test_what_a_connection_was_handed_is_told_and_kept(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada, bob) as (at_ada, at_bob):
            message = await house.post(ada, room)
            await at_bob.event("message.created")
            await tick(house, 2)
            heard = await at_ada.event("read.marked", user_id=bob.id)
            assert heard["data"]["delivered_seq"] == message.seq
            assert (heard["data"]["read_seq"], heard["data"]["read_at"]) == (0, None)
        await house.line.receipts.stop()
        assert await kept(house, room, bob) == message.seq
        seen = await house.database.read(messages.get, ada.actor, message.id)
        assert seen.status == "delivered"

    play(scene)


def test_what_nobody_was_handed_is_only_sent(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada) as (at_ada,):
            message = await house.post(ada, room)
            await at_ada.event("message.created")
            await tick(house, 2)
            await house.line.receipts.stop()
            seen = await house.database.read(messages.get, ada.actor, message.id)
            assert (await kept(house, room, bob), seen.status) == (0, "sent")

    play(scene)


def test_who_comes_after_a_message_was_told_has_not_been_handed_it(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada) as (at_ada,):
            message = await house.post(ada, room)
            await at_ada.event("message.created")
            async with house.joined(bob):
                await tick(house, 2)
                await house.line.receipts.stop()
                seen = await house.database.read(messages.get, ada.actor, message.id)
                assert (await kept(house, room, bob), seen.status) == (0, "sent")

    play(scene)


def test_what_a_slow_client_did_not_get_counts_only_once_it_has_caught_up(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada, bob) as (at_ada, at_bob):
            connection = house.line.hub.listeners.wide[bob.id].connections[0]
            connection.pause_writing()
            message = await house.post(ada, room)
            await at_ada.event("message.created")
            connection.resume_writing()
            await at_bob.event("resync")
            await tick(house, 2)
            await house.line.receipts.stop()
            assert await kept(house, room, bob) == 0
            await at_bob.ask("sync.resume", cursors={room: 2})
            await house.line.receipts.stop()
            assert await kept(house, room, bob) == message.seq

    play(scene)


def test_who_catches_up_has_been_handed_what_was_missed(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        message = await house.post(ada, room)
        async with house.joined(ada, bob) as (at_ada, at_bob):
            await at_bob.ask("sync.resume", cursors={room: 2})
            await tick(house, 2)
            heard = await at_ada.event("read.marked", user_id=bob.id)
            assert heard["data"]["delivered_seq"] == message.seq
            # A second time there is nothing to tell.
            await at_bob.ask("sync.resume", cursors={room: 2})
            await tick(house, 2)
            marks = [frame for frame in await at_ada.settled() if frame["event"] == "read.marked"]
            assert len([mark for mark in marks if mark["data"]["user_id"] == bob.id]) == 1

    play(scene)


def test_several_messages_make_one_mark(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(bob) as (at_bob,):
            await house.post(ada, room)
            await at_bob.event("message.created")
            await house.post(ada, room)
            await at_bob.event("message.created")
            await house.line.receipts.stop()
            assert await kept(house, room, bob) == 2

    play(scene)
