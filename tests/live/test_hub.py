"""Removals, logouts and joins on open sockets, on a real database."""

import pytest

from tests.live.conftest import House, Play
from trialogue.core.events import Event

pytestmark = pytest.mark.on_mariadb


def deafen(house: House) -> None:
    """From here on the bus loses everything."""
    house.line.hub.bus.publish = lambda events: None  # type: ignore[method-assign]


@pytest.mark.parametrize("lost", [False, True])
def test_who_is_removed_hears_of_it_last(play: Play, lost: bool) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada, bob) as (at_ada, at_bob):
            if lost:
                deafen(house)
            await house.remove(ada, room, bob)
            await house.post(ada, room, "secret")
            heard = [frame for frame in await at_bob.settled() if "rev" in frame]
            # Not even the message that records it, which has number 3.
            assert [(frame["event"], frame["rev"]) for frame in heard] == [("member.left", 4)]
            assert heard[-1]["data"]["left_at"] is not None
            sent = await at_bob.ask("messages.send", conversation_id=room, content="still here?")
            assert sent["error"]["code"] == "not_found"
            resumed = await at_bob.ask("sync.resume", cursors={room: 2})
            assert resumed["data"][room]["error"]["code"] == "not_found"
            if not lost:
                assert at_ada.revs(room) == [] or at_ada.revs(room)[0] == 3
                await at_ada.settled()
                assert at_ada.revs(room) == [3, 4, 5]

    play(scene)


@pytest.mark.parametrize(("public", "code"), [(False, 4004), (True, 4003)])
def test_a_socket_of_one_conversation_ends_with_the_membership(
    play: Play, public: bool, code: int
) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob, public=public)
        async with house.joined(bob, path=f"/ws/chat/{room}") as (at_bob,):
            await house.remove(ada, room, bob)
            await at_bob.event("member.left")
            assert (await at_bob.closed())[0] == code

    play(scene)


@pytest.mark.parametrize("lost", [False, True])
def test_a_logout_closes_the_sockets_of_that_login_alone(play: Play, lost: bool) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        other = await house.log_in("ada", ada.id)
        room = await house.room(ada)
        async with house.joined(ada, ada, other) as (first, second, third):
            if lost:
                deafen(house)
            await house.log_out(ada)
            assert (await first.closed())[0] == 4009
            assert (await second.closed())[0] == 4009
            assert [frame["event"] for frame in first.heard] == ["ready"]
            assert (await third.ask("messages.send", conversation_id=room, content="x"))["ok"]

    play(scene)


def test_who_is_added_hears_of_the_conversation_and_of_all_that_follows(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob, eve = [await house.person(name) for name in ("ada", "bob", "eve")]
        async with house.joined(ada, bob, eve) as (at_ada, at_bob, at_eve):
            room = await house.room(ada)
            created = await at_ada.event("conversation.created")
            assert created["data"]["me"]["role"] == "owner"
            await house.add(ada, room, bob)
            await house.post(ada, room)
            created = await at_bob.event("conversation.created")
            assert created["data"]["id"] == room
            await at_bob.event("message.created")
            joined = await at_ada.event("member.joined")
            assert joined["data"]["user"]["id"] == bob.id
            assert joined["data"]["user"]["online"] is True
            await house.remove(ada, room, bob)
            await at_bob.event("member.left")
            await house.add(ada, room, bob)
            again = await at_bob.event("conversation.created")
            message = await house.post(ada, room)
            heard = await at_bob.event("message.created", id=message.id)
            assert heard["rev"] == message.rev > again["data"]["last_rev"]
            assert [frame["event"] for frame in await at_eve.settled()] == ["ready"]
            revs = at_ada.revs(room)
            assert revs == list(range(revs[0], revs[0] + len(revs)))

    play(scene)


def test_a_lost_event_is_made_good_by_one_read_for_all(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada, bob) as (at_ada, at_bob):
            publish, hub = house.line.hub.bus.publish, house.line.hub
            hub.bus.publish = lambda events: None  # type: ignore[method-assign]
            await house.post(ada, room, "lost")
            hub.bus.publish = publish  # type: ignore[method-assign]
            await house.post(ada, room, "heard")
            for client in (at_ada, at_bob):
                frame = await client.event("changes")
                assert [each["content"] for each in frame["data"]["messages"]] == ["lost", "heard"]
                assert frame["conversation_id"] == room
                assert frame["data"]["rev"] == 4
            await house.post(ada, room, "next")
            assert (await at_bob.event("message.created"))["rev"] == 5

    play(scene)


def test_a_conversation_in_doubt_is_read(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        room = await house.room(ada)
        async with house.joined(ada) as (client,):
            perhaps: list[Event] = []
            house.line.hub.bus.publish = perhaps.extend  # type: ignore[method-assign]
            await house.post(ada, room, "no event came")
            house.database.doubt(perhaps)
            frame = await client.event("changes")
            assert frame["data"]["messages"][0]["content"] == "no event came"

    play(scene)


def test_read_marks_are_gathered_and_heard_by_members(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob, eve = [await house.person(name) for name in ("ada", "bob", "eve")]
        room = await house.room(ada, bob)
        for _ in range(3):
            await house.post(ada, room)
        async with house.joined(ada, bob, eve) as (at_ada, at_bob, at_eve):
            for seq in (1, 2, 3):
                assert await at_bob.ask("reads.mark", conversation_id=room, seq=seq) == {
                    "id": str(seq),
                    "ok": True,
                    "data": None,
                }
            own = [each["data"] for each in at_bob.heard if each["event"] == "conversation.me"]
            assert [(each["read_seq"], each["unread"]) for each in own] == [(1, 2), (2, 1), (3, 0)]
            mark = await at_ada.event("read.marked", user_id=bob.id, read_seq=3)
            assert mark["at_rev"] == 5
            assert [frame["event"] for frame in await at_eve.settled()] == ["ready"]

    play(scene)
