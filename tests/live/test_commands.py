"""Commands: every one is answered, and bad ones leave the socket alive."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.live.conftest import House, Play
from trialogue.live import commands

pytestmark = pytest.mark.on_mariadb

NOWHERE = "01234567-89ab-7def-8123-456789abcdef"


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"1", b'"x"', b"null", b"{", b"\xff", b"[" * 5_000, b'{"a": NaN}']
)
def test_what_is_no_json_object_is_not_read(payload: bytes) -> None:
    assert commands.read(payload) is None


def test_lone_surrogates_and_huge_numbers_are_json_and_read() -> None:
    assert commands.read(rb'{"a": "\ud800"}') == {"a": "\ud800"}
    assert commands.read(b'{"a": 1' + b"0" * 100 + b"}") == {"a": 1e100}


BAD: list[tuple[str, dict[str, Any]]] = [
    ("messages.fly", {}),
    ("messages.send", {}),
    ("messages.send", {"conversation_id": "x", "content": "x"}),
    ("messages.send", {"conversation_id": NOWHERE, "content": 1}),
    ("messages.send", {"conversation_id": NOWHERE, "content": "a\0b"}),
    ("messages.send", {"conversation_id": NOWHERE, "content": "\ud800"}),
    ("messages.send", {"conversation_id": NOWHERE, "content": "x", "client_id": ""}),
    ("messages.send", {"conversation_id": NOWHERE, "content": "x", "client_id": "x" * 129}),
    ("messages.send", {"conversation_id": NOWHERE, "content": "x", "type": "system"}),
    ("messages.send", {"conversation_id": NOWHERE, "content": "x", "extra": 1}),
    ("reads.mark", {"conversation_id": NOWHERE, "seq": -1}),
    ("reads.mark", {"conversation_id": NOWHERE, "seq": 1.5}),
    ("reads.mark", {"conversation_id": NOWHERE, "seq": "1"}),
    ("reads.mark", {"conversation_id": NOWHERE, "seq": 10**30}),
    ("sync.resume", {"cursors": {"x": 1}}),
    ("sync.resume", {"cursors": {NOWHERE: None}}),
    ("presence.watch", {}),
    ("ping", {"extra": "\ud800"}),
]


def test_bad_commands_are_invalid_and_the_socket_lives_on(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        async with house.joined(ada) as (client,):
            for name, args in BAD:
                answer = await client.ask(name, **args)
                assert (answer["ok"], answer["error"]["code"]) == (False, "invalid"), (name, args)
            for frame in ({"do": "ping"}, {"id": 1, "do": "ping"}, {"id": "x" * 129, "do": "ping"}):
                await client.socket.send(json.dumps(frame))
                answer = await client.receive()
                assert (answer["id"], answer["error"]["code"]) == (None, "invalid")
            assert await client.ask("ping") == {"id": str(client.count), "ok": True}

    play(scene)


def test_a_send_is_answered_with_the_message_and_a_repeat_with_the_first(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        room = await house.room(ada)
        async with house.joined(ada) as (client,):
            args = {"conversation_id": room, "content": "once", "client_id": "same"}
            first = await client.ask("messages.send", **args)
            again = await client.ask("messages.send", **args)
            assert first["data"] == again["data"]
            assert (first["data"]["seq"], first["data"]["status"]) == (1, "sent")
            heard = [event["event"] for event in await client.settled()]
            assert heard.count("message.created") == 1

    play(scene)


def test_sends_of_one_socket_keep_their_order(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        room = await house.room(ada)
        async with house.joined(ada) as (client,):
            for number in range(200):
                args = {"conversation_id": room, "content": str(number)}
                frame = {"id": str(number), "do": "messages.send", "args": args}
                await client.socket.send(json.dumps(frame))
            seqs: dict[str, int] = {}
            while len(seqs) < 200:
                frame = await client.receive()
                if "id" in frame:
                    seqs[frame["id"]] = frame["data"]["seq"]
            assert seqs == {str(number): number + 1 for number in range(200)}

    play(scene)


def test_a_token_is_renewed_by_the_same_user_only(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        newer = await house.log_in("ada", ada.id)
        async with house.joined(ada) as (client,):
            assert (await client.ask("auth.renew", token=newer.token))["ok"]
            foreign = await client.ask("auth.renew", token=bob.token)
            assert foreign["error"]["code"] == "forbidden"
            bad = await client.ask("auth.renew", token="nonsense")
            assert bad["error"]["code"] == "unauthenticated"

    play(scene)


def test_a_socket_of_one_conversation_stays_within_it(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        here, there = await house.room(ada), await house.room(ada)
        async with house.joined(ada, path=f"/ws/chat/{here}") as (client,):
            answer = await client.ask("messages.send", conversation_id=there, content="x")
            assert answer["error"]["code"] == "forbidden"
            await house.post(ada, there)
            await house.post(ada, here)
            await client.event("message.created")
            assert {event.get("conversation_id") for event in await client.settled()} == {
                None,
                here,
            }

    play(scene)


def test_every_command_that_changes_something_has_recorded_cases() -> None:
    file = Path(__file__).parents[1] / "recorded" / "changes.json"
    recorded = json.loads(file.read_text()).keys()
    changes_nothing = {
        "typing.set",
        "presence.watch",
        "auth.renew",
        "sync.resume",
        "replies.follow",
        "ping",
    }
    assert commands.COMMANDS.keys() - changes_nothing <= recorded
    assert changes_nothing <= commands.COMMANDS.keys()
