"""Presence: who comes is told to those who share a small room, who goes after a while."""

from tests.live.conftest import House, Play


def test_who_comes_is_told_to_those_who_share_a_room_and_to_nobody_else(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob, eve = [await house.person(name) for name in ("ada", "bob", "eve")]
        await house.room(ada, bob)
        async with house.joined(ada, eve) as (at_ada, at_eve):
            async with house.joined(bob):
                event = await at_ada.event("presence", user_id=bob.id)
                assert event["data"] == {"user_id": bob.id, "online": True, "last_seen_at": None}
                assert house.line.presence.online([ada.id, bob.id]) == {ada.id, bob.id}
                assert await house.line.presence.peers_online(ada.id) == {bob.id}
            assert [frame["event"] for frame in await at_eve.settled()] == ["ready"]

    play(scene)


def test_one_is_online_while_one_connection_lives_and_a_while_longer(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        await house.room(ada, bob)
        async with house.joined(ada) as (at_ada,):
            async with house.joined(bob, bob):
                await at_ada.event("presence", user_id=bob.id, online=True)
            assert house.line.presence.is_online(bob.id)
            for _ in range(12):  # as if so many seconds had passed
                house.line.wheel.tick()
            event = await at_ada.event("presence", user_id=bob.id, online=False)
            assert event["data"]["last_seen_at"] is not None
            assert not house.line.presence.is_online(bob.id)

    play(scene)


def test_anyone_may_be_watched_by_asking(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(bob)
        async with house.joined(ada) as (at_ada,):
            answer = await at_ada.ask("presence.watch", user_ids=[bob.id])
            assert answer["data"] == {"online": []}
            async with house.joined(bob):
                await at_ada.event("presence", user_id=bob.id, online=True)
            refused = await at_ada.ask("presence.watch", conversation_id=room)
            assert refused["error"]["code"] == "not_found"

    play(scene)
