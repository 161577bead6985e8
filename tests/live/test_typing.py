"""Who is writing: told to the conversation, ended by itself, and nobody else's business."""

from tests.live.conftest import House, Play
from trialogue.live.typing import LASTS


def test_members_hear_who_writes_until_they_stop(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob, eve = [await house.person(name) for name in ("ada", "bob", "eve")]
        room = await house.room(ada, bob)
        async with house.joined(ada, bob, eve) as (at_ada, at_bob, at_eve):
            assert (await at_ada.ask("typing.set", conversation_id=room, typing=True))["ok"]
            heard = await at_bob.event("typing")
            assert heard["data"] == {"user_id": ada.id, "typing": True}
            assert (heard["conversation_id"], heard["at_rev"]) == (room, 2)
            assert (await at_ada.ask("typing.set", conversation_id=room, typing=False))["ok"]
            assert (await at_bob.event("typing"))["data"]["typing"] is False
            await at_ada.ask("typing.set", conversation_id=room, typing=False)
            await at_bob.settled()
            assert sum(frame["event"] == "typing" for frame in at_bob.heard) == 2
            assert [frame["event"] for frame in await at_eve.settled()] == ["ready"]

    play(scene)


def test_it_ends_by_itself_and_is_renewed(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(bob) as (at_bob,):
            typists, wheel = house.line.typists, house.line.wheel
            wheel.stop()  # turned by hand
            typists.set(room, ada.id, True)
            typists.set(room, ada.id, True)  # too soon to be told again
            for _ in range(3):
                wheel.tick()
            typists.set(room, ada.id, True)
            for _ in range(LASTS - 1):
                wheel.tick()
            await at_bob.settled()
            told = [frame["data"]["typing"] for frame in at_bob.heard if frame["event"] == "typing"]
            assert told == [True, True]
            wheel.tick()
            assert (await at_bob.event("typing"))["data"]["typing"] is False

    play(scene)


def test_strangers_cannot_write_here(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, eve = await house.person("ada"), await house.person("eve")
        room, public = await house.room(ada), await house.room(ada, public=True)
        async with house.joined(ada, eve) as (at_ada, at_eve):
            for where, code in ((room, "not_found"), (public, "not_member")):
                refused = await at_eve.ask("typing.set", conversation_id=where, typing=True)
                assert refused["error"]["code"] == code
            assert "typing" not in [frame["event"] for frame in await at_ada.settled()]

    play(scene)
