"""What another process writes is heard within seconds, without a bus; and nothing is asked of a
database to which nobody else writes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.live.conftest import House, Play
from trialogue import ChatService
from trialogue.core import elsewhere
from trialogue.core.errors import ChatError
from trialogue.live import others

pytestmark = pytest.mark.on_mariadb


class Elsewhere:
    """Another program on the same database."""

    def __init__(self, house: House) -> None:
        self._service = ChatService(house.database.url.render_as_string(hide_password=False))

    async def do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of its service."""
        return await asyncio.to_thread(getattr(self._service, name), *args, **kwargs)

    def close(self) -> None:
        self._service.close()


Story = Callable[[House, Elsewhere], Any]


def told(play: Play, story: Story, **options: Any) -> None:
    """Play a story in which another program writes, too."""

    async def scene(house: House) -> None:
        other = Elsewhere(house)
        try:
            await story(house, other)
        finally:
            other.close()

    play(scene, **{"other_writers": True, **options})


def test_messages_of_another_program_are_heard_in_order(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        ada, bob, eve = [await house.person(name) for name in ("ada", "bob", "eve")]
        room = await house.room(ada, bob)
        async with house.joined(ada, eve) as (at_ada, at_eve):
            for number in range(5):
                await other.do("send_message", room, bob.id, f"from elsewhere {number}")
            await heard(at_ada, room, 7)
            await house.post(bob, room, "from here")
            await heard(at_ada, room, 8)
            seen = [said["content"] for said in said_in(at_ada, room)]
            assert seen == [f"from elsewhere {number}" for number in range(5)] + ["from here"]
            assert not said_in(await settled(at_eve), room)

    told(play, story)


async def heard(client: Any, room: str, rev: int) -> None:
    """Wait until a client has heard up to a change."""
    while max(numbers(client, room), default=0) < rev:
        await client.receive()


def numbers(client: Any, room: str) -> list[int]:
    about = [frame for frame in client.heard if frame.get("conversation_id") == room]
    return [frame.get("rev") or frame["data"].get("rev") or 0 for frame in about]


def said_in(client: Any, room: str) -> list[Any]:
    """The messages heard, one by one or in bundles; none of them twice."""
    found: list[Any] = []
    for frame in client.heard:
        if frame.get("conversation_id") == room and frame["event"] == "message.created":
            found.append(frame["data"])
        elif frame.get("conversation_id") == room and frame["event"] == "changes":
            found += [each for each in frame["data"]["messages"] if each["type"] == "text"]
    assert len({each["id"] for each in found}) == len(found)
    return found


async def settled(client: Any) -> Any:
    await client.settled()
    return client


def test_who_is_put_into_a_room_elsewhere_hears_of_it(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        known = await house.room(ada)
        async with house.joined(bob) as (at_bob,):
            fresh = await other.do("create_conversation", "Fresh", member_ids=[ada.id, bob.id])
            created = await at_bob.event("conversation.created", id=fresh.id)
            assert created["data"]["me"]["role"] == "member"
            await other.do("send_message", fresh.id, ada.id, "Welcome")
            while "Welcome" not in [each["content"] for each in said_in(at_bob, fresh.id)]:
                await at_bob.receive()
            await other.do("add_user_to_conversation", known, bob.id)
            await at_bob.event("conversation.created", id=known)
            created = [f for f in await at_bob.settled() if f["event"] == "conversation.created"]
            assert len(created) == 2

    told(play, story)


def test_who_is_removed_elsewhere_hears_nothing_more(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada, bob) as (at_ada, at_bob):
            await other.do("remove_user_from_conversation", room, bob.id)
            await other.do("send_message", room, ada.id, "secret")
            left = await at_bob.event("member.left")
            assert left["data"]["user"]["id"] == bob.id
            while not said_in(at_ada, room):
                await at_ada.receive()
            assert not said_in(await settled(at_bob), room)

    told(play, story)


@pytest.mark.parametrize("how", ["removed", "password"])
def test_the_sockets_of_logins_that_end_elsewhere_are_closed(play: Play, how: str) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        from trialogue.core import resets

        ada, bob = await house.person("ada"), await house.person("bob")
        async with house.joined(ada, bob) as (at_ada, at_bob):
            if how == "removed":
                assert await other.do("delete_user", bob.id)
            else:  # as `trialogue reset-password` does it
                await asyncio.to_thread(by_command, house, resets.set_password, bob.id, "-")
            assert (await at_bob.closed())[0] == 4009
            await at_ada.settled()

    told(play, story)


def by_command(house: House, fn: Callable[..., Any], *args: Any) -> None:
    """A transaction of another process, which tells nobody."""
    with house.database.transaction() as db:
        fn(db, *args)


def test_who_came_without_a_login_is_put_out_with_the_account(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        _, bob = await house.person("ada"), await house.person("bob")
        async with house.joined(bob) as (at_bob,):
            connection = house.line.hub.listeners.wide[bob.id].connections[0]
            assert connection.login_id in house.line.hub.listeners.logins()
            ended: list[str] = []
            house.line.hub.listeners.end_account = ended.append  # type: ignore[method-assign]
            house.line.hub.listeners.logins = dict  # type: ignore[method-assign]
            await other.do("delete_user", bob.id)
            while bob.id not in ended:
                await at_bob.ask("ping")

    told(play, story)


class Questions:
    """What is asked of the database."""

    def __init__(self, house: House) -> None:
        self.asked: list[Any] = []
        self.stamps = 0
        self._read, self._stamp = house.database.read, house.database.stamp
        house.database.read = self.read  # type: ignore[method-assign, assignment]
        house.database.stamp = self.stamp  # type: ignore[method-assign]

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(fn)
        return await self._read(fn, *args, **kwargs)

    async def stamp(self) -> object:
        self.stamps += 1
        return await self._stamp()


async def ticks(house: House, count: int) -> None:
    """Let seconds pass, in no time."""
    for _ in range(count):
        house.line.wheel.tick()
        while house.line.others._asking:  # noqa: ASYNC110 — a private flag of its own
            await asyncio.sleep(0.001)  # sleep: between two looks


def test_with_the_setting_off_nothing_is_ever_asked(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        bob = await house.person("bob")
        async with house.joined(bob):
            questions = Questions(house)
            await other.do("create_user", "ada")
            await ticks(house, 10)
            assert (questions.asked, questions.stamps) == ([], 0)

    told(play, story, other_writers=False)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_on_sqlite_an_idle_server_asks_for_a_number_alone(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        bob = await house.person("bob")
        async with house.joined(bob):
            questions = Questions(house)
            await ticks(house, 2 * others.LINGER)
            questions.asked.clear()
            await house.person("eve")  # what the server writes itself it has heard of
            questions.asked.clear()
            await ticks(house, 10)
            assert (questions.asked, questions.stamps > 10) == ([], True)
            await other.do("create_user", "ada")
            await ticks(house, 2)
            assert elsewhere.moved in questions.asked

    told(play, story)


def test_what_could_not_be_asked_is_asked_again(play: Play) -> None:
    async def story(house: House, other: Elsewhere) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(bob) as (at_bob,):
            read, refused = house.database.read, []

            async def failing(fn: Any, *args: Any, **kwargs: Any) -> Any:
                if len(refused) < 3:
                    refused.append(fn)
                    raise ChatError("unavailable", "Not just now.")
                return await read(fn, *args, **kwargs)

            house.database.read = failing  # type: ignore[method-assign, assignment]
            await other.do("send_message", room, ada.id, "Hello")
            await heard(at_bob, room, 3)
            assert len(refused) == 3

    told(play, story)


def test_when_the_bus_returns_all_that_was_missed_is_heard(play: Play) -> None:
    """Also where nothing is asked otherwise, and however long the bus was away."""

    async def story(house: House, other: Elsewhere) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        rooms = [await house.room(ada, bob) for _ in range(3)]
        async with house.joined(bob) as (at_bob,):
            for room in rooms[:2]:
                await other.do("send_message", room, ada.id, "Hello")
            questions = Questions(house)
            questions._read = without_moved(questions._read)
            house.line.others.returned()
            for room in rooms[:2]:
                await heard(at_bob, room, 3)
            assert numbers(at_bob, rooms[2]) == []

    told(play, story, other_writers=False)


def without_moved(read: Any) -> Any:
    """As if all of it had happened long ago."""

    async def asked(fn: Any, *args: Any, **kwargs: Any) -> Any:
        return {} if fn is elsewhere.moved else await read(fn, *args, **kwargs)

    return asked


def test_people_are_asked_for_in_portions(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "MANY", 1)
    monkeypatch.setattr(others, "SOME", 1)

    async def story(house: House, other: Elsewhere) -> None:
        names = ("owner", "ada", "bob", "eve")
        _, *people = [await house.person(name) for name in names]
        async with house.joined(*people) as clients:
            rooms = [
                await other.do("create_conversation", f"Room {n}", member_ids=[each.id])
                for n, each in enumerate(people)
            ]
            for client, room in zip(clients, rooms, strict=True):
                await client.event("conversation.created", id=room.id)
            for each in people:
                assert await other.do("delete_user", each.id)
            for client in clients:
                assert (await client.closed())[0] == 4009

    told(play, story)
