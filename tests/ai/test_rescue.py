"""Replies that nobody writes are found: each kind once, and none that somebody holds."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.assistants import NODE, assistant, claim, conversation
from tests.support.world import World
from trialogue.ai import rescue as rescuing
from trialogue.ai.rescue import Rescued, rescue
from trialogue.core import messages
from trialogue.store.database import Database


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A stage on a database of its own."""
    database = Database(database_url)
    yield World(database)
    database.dispose()


def test_what_is_held_is_left_and_what_is_not_is_promised_anew(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescuing, "FRESH", timedelta(0))
    ada = world.person("ada")
    helper = assistant(world, ada)
    rooms = [conversation(world, ada, helper) for _ in range(3)]
    for room in rooms:
        world.post(ada, room, "What is a lease?")
    known = claim(world, rooms[0], helper)
    world.at = world.database.now() - timedelta(seconds=30)  # so long that its lease has run out
    lost = claim(world, rooms[1], helper)
    world.at = None
    other = claim(world, rooms[2], helper, node="another node")

    async def scene() -> Rescued:
        database = Database(database_url)
        try:
            holds = {known.reply.id}.__contains__
            return await rescue(database, NODE, sole=False, holds=holds)
        finally:
            await database.close()

    assert asyncio.run(scene()) == Rescued([(rooms[1], helper.id)], fresh=False)
    states = {
        work.message_id: world.do(messages.get, ada, work.message_id).state
        for work in (known, lost, other)
    }
    assert set(states.values()) == {"streaming"}  # what is promised anew is shown as it was
    assert claim(world, rooms[1], helper).message_id == lost.message_id


def test_what_may_be_on_its_way_is_left_and_looked_for_again(
    world: World, database_url: str
) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "What is a lease?")
    work = claim(world, room, helper)

    async def scene() -> list[Rescued]:
        database = Database(database_url)
        try:
            known = [{work.reply.id}, set[str]()]
            looks = [rescue(database, NODE, sole=False, holds=ids.__contains__) for ids in known]
            return [await look for look in looks]
        finally:
            await database.close()

    assert asyncio.run(scene()) == [Rescued([], fresh=False), Rescued([], fresh=True)]


def test_a_node_alone_interrupts_what_nobody_writes(world: World, database_url: str) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "What is a lease?")
    work = claim(world, room, helper, node="before the restart")

    async def scene() -> None:
        database = Database(database_url)
        try:
            rescued = await rescue(database, NODE, sole=True, holds=lambda _: False)
            assert rescued == Rescued([], fresh=False)
        finally:
            await database.close()

    asyncio.run(scene())
    assert world.do(messages.get, ada, work.message_id).state == "interrupted"
