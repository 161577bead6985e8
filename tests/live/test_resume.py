"""`sync.resume` brings exactly what was missed, and says what to forget."""

import pytest

from tests.live.conftest import House, Play

pytestmark = pytest.mark.on_mariadb


def test_what_was_missed_comes_for_each_conversation(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        busy, quiet, left = [await house.room(ada, bob) for _ in range(3)]
        for number in range(3):
            await house.post(ada, busy, str(number))
        await house.remove(ada, left, bob)
        async with house.joined(bob) as (client,):
            answer = await client.ask("sync.resume", cursors={busy: 3, quiet: 2, left: 2})
            found = answer["data"]
            assert [message["content"] for message in found[busy]["messages"]] == ["1", "2"]
            assert (found[busy]["rev"], found[busy]["reload"]) == (5, False)
            assert (found[quiet]["messages"], found[quiet]["rev"]) == ([], 2)
            assert found[left]["error"]["code"] == "not_found"

    play(scene)


def test_as_many_conversations_as_may_be_asked_for_are_answered(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        rooms = [await house.room(ada) for _ in range(25)]
        async with house.joined(ada) as (client,):
            answer = await client.ask("sync.resume", cursors=dict.fromkeys(rooms, 0))
            assert answer["data"].keys() == set(rooms)
            members = [found["members"] for found in answer["data"].values()]
            assert all(member[0]["user"]["online"] for member in members)
            too_many = {f"01234567-89ab-7def-8123-{number:012x}": 0 for number in range(201)}
            refused = await client.ask("sync.resume", cursors=too_many)
            assert refused["error"]["code"] == "invalid"

    play(scene)
