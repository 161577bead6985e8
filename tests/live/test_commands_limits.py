"""Commands that come too often: refused with an answer, and a flood with the end of the socket."""

from typing import Any

import pytest

from tests.live.conftest import Client, House, Play
from trialogue.gate.limiter import CALLS, REFUSALS, SENDS, STRANGERS, Limiter

ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


class Limits(Limiter):
    """Limits in a world in which no time passes."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: 0.0)


def refused(answer: dict[str, Any]) -> int:
    """How long a refused command is to wait."""
    assert answer["ok"] is False, answer
    assert answer["error"]["code"] == "limited"
    assert answer["error"].keys() == {"code", "detail", "retry_after"}
    return int(answer["error"]["retry_after"])


async def send(client: Client, room: str) -> dict[str, Any]:
    return await client.ask("messages.send", conversation_id=room, content="Hello")


@ON_ONE
def test_a_send_too_many_is_refused_and_the_socket_lives_on(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with house.joined(ada, bob) as (one, two):
            house.limiter.note(SENDS, ada.id, cost=SENDS.burst - 1)
            assert (await send(one, room))["ok"] is True
            assert refused(await send(one, room)) == 1
            for command in ("messages.retract", "messages.edit", "reactions.add"):
                more = {"messages.edit": {"content": "x"}, "reactions.add": {"emoji": "👍"}}
                asked = await one.ask(command, message_id=room, **more.get(command, {}))
                assert refused(asked) == 1
            assert (await one.ask("ping"))["ok"] is True
            assert (await send(two, room))["ok"] is True

    play(scene, limiter=Limits())


@ON_ONE
def test_all_commands_of_a_user_are_counted_on_all_sockets(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        async with house.joined(ada, ada) as (one, two):
            house.limiter.note(CALLS, ada.id, cost=CALLS.burst - 4)
            assert (await one.ask("ping"))["ok"] is True
            assert (await two.ask("no.such"))["error"]["code"] == "invalid"
            for client in (one, two):
                refused(await client.ask("ping"))
                refused(await client.ask("no.such"))

    # two of the calls are the coming of the sockets
    play(scene, limiter=Limits())


@ON_ONE
def test_a_flood_in_spite_of_refusals_is_closed_with_4429(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        async with house.joined(ada, bob) as (one, two):
            house.limiter.note(CALLS, ada.id, cost=CALLS.burst)
            house.limiter.note(REFUSALS, ada.id, cost=REFUSALS.burst - 1)
            refused(await one.ask("ping"))
            await one.socket.send('{"id": "x", "do": "ping"}')
            assert (await one.closed())[0] == 4429
            assert (await two.ask("ping"))["ok"] is True

    play(scene, limiter=Limits())


@ON_ONE
def test_who_comes_too_often_is_closed_with_4429(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        before = house.limiter.told([(STRANGERS, "127.0.0.1")])
        async with house.joined(ada):
            pass
        assert house.limiter.told([(STRANGERS, "127.0.0.1")]) == before
        house.limiter.note(CALLS, ada.id, cost=CALLS.burst)
        async with house.client(ada.token) as client:
            assert (await client.closed())[0] == 4429
        house.limiter.note(STRANGERS, "127.0.0.1", cost=STRANGERS.burst)
        async with house.client("nonsense") as client:
            assert (await client.closed())[0] == 4429

    play(scene, limiter=Limits())
