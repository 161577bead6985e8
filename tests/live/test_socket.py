"""One connection, from the upgrade to its end, as a client sees it."""

from tests.live.conftest import House, Play


def test_the_first_frame_says_who_one_is_and_where_all_conversations_stand(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        room = await house.room(ada)
        await house.post(ada, room)
        async with house.client(ada.token) as client:
            ready = await client.receive()
        assert list(ready) == ["event", "data"]
        data = ready["data"]
        assert data["user"]["id"] == ada.id
        assert data["user"]["online"]
        assert data["heartbeat"] == 25
        assert data["limits"] == {
            "message_length": 20_000,
            "upload_bytes": 1_000_000,
            "edit_window": 300,
        }
        assert data["generation"] == 1
        assert data["more"] is False
        assert data["online"] == []
        assert data["conversations"] == [
            {
                "id": room,
                "kind": "group",
                "name": "Room",
                "last_seq": 1,
                "last_rev": 2,
                "read_seq": 1,
                "unread": 0,
            }
        ]

    play(scene)


def test_what_is_said_is_heard_by_all_members_and_nobody_else(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob, eve = [await house.person(name) for name in ("ada", "bob", "eve")]
        room = await house.room(ada, bob)
        async with house.joined(ada, bob, eve) as (at_ada, at_bob, at_eve):
            answer = await at_ada.ask("messages.send", conversation_id=room, content="Hi 你好 🎉")
            assert answer["ok"], answer
            event = await at_bob.event("message.created")
            assert list(event) == ["event", "conversation_id", "rev", "data"]
            assert event["rev"] == 3
            assert event["data"]["content"] == "Hi 你好 🎉"
            assert "status" not in event["data"]
            assert await at_ada.settled() != []
            assert at_ada.heard[-1] == event
            assert [frame["event"] for frame in await at_eve.settled()] == ["ready"]

    play(scene)
