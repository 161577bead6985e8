"""Close codes, and what a socket makes of frames that are wrong in every way."""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.http.shapes import LIVE_MESSAGE, NOBODY
from tests.support.client import PATIENCE, Person, Stage
from tests.support.server import Server

MB = 1024 * 1024


async def code_of(stage: Stage, path: str, token: str | None, **options: Any) -> int | None:
    """The code with which a socket is refused; it must not have said anything."""
    async with stage.socket(path, token=token, **options) as socket:
        code = await socket.closed()
        assert socket.frames == []
    return code


async def test_without_a_good_token_4001(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        head, body, signature = ada.token.split(".")
        other = "y" if signature[0] == "x" else "x"
        for token in (
            None,
            "",
            "x",
            "a.b.c",
            f"{head}.{body}.{other}{signature[1:]}",
            "trg_x",
            "a" * 4000,
        ):
            assert await code_of(stage, "/ws", token) == 4001
            assert await code_of(stage, f"/ws/chat/{NOBODY}", token) == 4001
        assert await code_of(stage, "/ws?token=x", None) == 4001
        assert await code_of(stage, "/ws?token=", None) == 4001
        assert await code_of(stage, "/ws", None, subprotocols=["trialogue", "x"]) == 4001


async def test_a_token_may_come_in_three_ways(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        async with ada.socket() as socket:
            assert socket.connection.subprotocol is None
        async with stage.socket(f"/ws?token={ada.token}") as socket:
            await socket.expect("ready")
        offered = ["trialogue", ada.token]
        async with stage.socket("/ws", subprotocols=offered) as socket:
            await socket.expect("ready")
            assert socket.connection.subprotocol == "trialogue"


async def test_a_foreign_conversation_4004_or_4003(server: Server) -> None:
    async with Stage(server) as stage:
        ada, eve = await stage.people("ada", "eve")
        closed, public = await ada.room(), await ada.room(public=True)
        sessions = [(await ada.say(room))["session_id"] for room in (closed, public)]
        for target, code in (
            (closed, 4004),
            (sessions[0], 4004),
            (public, 4003),
            (sessions[1], 4003),
            (NOBODY, 4004),
            ("x", 4004),
            ("%00", 4004),
        ):
            assert await code_of(stage, f"/ws/chat/{target}", eve.token) == code


async def test_an_ended_login_4009(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        room = await ada.room()
        await ada.log_out()
        assert await code_of(stage, "/ws", ada.token) == 4009
        assert await code_of(stage, f"/ws/chat/{room}", ada.token) == 4009


async def test_other_paths_and_origins_are_no_sockets(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        for path, headers, status in (
            ("/ws/", {}, 404),
            ("/ws/chat/", {}, 404),
            ("/ws/chat/a/b", {}, 404),
            ("/", {}, 404),
            ("/api/v1/users/me", {}, 404),
            ("/ws", {"Origin": "https://evil.example"}, 403),
            ("/ws", {"Origin": "null"}, 403),
        ):
            with pytest.raises(InvalidStatus) as refused:
                async with stage.socket(path, token=ada.token, headers=headers):
                    pass
            response = refused.value.response
            assert response.status_code == status
            assert response.headers["content-type"] == "application/problem+json"
            assert json.loads(response.body)["request_id"] == response.headers["x-request-id"]
        own = {"Origin": server.url}
        async with ada.socket(headers=own) as socket:
            await socket.done("ping")


@pytest.mark.parametrize("by", ["conversation", "session"])
async def test_a_socket_of_one_conversation_hears_only_that(server: Server, by: str) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room, other = await ada.room(bob), await ada.room(bob)
        first = await ada.say(room)
        target = {"conversation": room, "session": first["session_id"]}[by]
        async with bob.socket(f"/ws/chat/{target}") as one, bob.socket() as all_of_them:
            shown = one.frames[0]["data"]["conversations"]
            assert [known["id"] for known in shown] == [room]
            await ada.say(other, "elsewhere")
            sent = await ada.say(room, "here")
            heard = await one.expect("message.created", id=sent["id"])
            assert set(heard["data"]) == LIVE_MESSAGE
            await all_of_them.expect("message.created", conversation_id=other)
            await one.settled()
            assert one.about(other) == []
            back = await one.done("messages.send", conversation_id=room, content="back")
            await one.expect("message.created", id=back["id"])
            answer = await one.ask("messages.send", conversation_id=other, content="not here")
            assert answer["error"]["code"] == "forbidden"
            third = await ada.room(bob)
            await all_of_them.expect("conversation.created", id=third)
            await one.settled()
            assert one.events("conversation.created") == []


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "x",
        "{",
        "[]",
        '"x"',
        "null",
        "1",
        "true",
        "[{}]",
        '{"a":NaN}',
        b"{}",
        b"\x00",
        "[" * 9999,
    ],
)
async def test_a_frame_that_is_no_json_object_4400(server: Server, frame: str | bytes) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        async with ada.socket() as socket, ada.socket() as other:
            await socket.send(frame)
            assert await socket.closed() == 4400
            await other.done("ping")


async def test_a_megabyte_is_read_and_more_is_too_much(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        room = await ada.room()
        async with ada.socket(max_size=None) as socket, ada.socket() as other:
            args = {"conversation_id": room, "content": ""}
            shell = len(json.dumps({"id": "1", "do": "messages.send", "args": args}))
            args["content"] = "x" * (MB - shell)
            await socket.send({"id": "1", "do": "messages.send", "args": args})
            answer = await socket.answer("1")
            assert answer["error"]["code"] == "invalid"
            args["content"] += "x"
            await socket.send({"id": "2", "do": "messages.send", "args": args})
            assert await socket.closed() == 1009
            await other.done("ping")


BAD: list[tuple[Any, Any]] = [
    # what is sent (`R` stands for a room), the id of the answer
    ({"id": "1", "do": "messages.fly", "args": {}}, "1"),
    ({"id": "1", "do": None}, "1"),
    ({"id": "1", "do": ["ping"]}, "1"),
    ({"id": "1", "do": "ping", "args": [1]}, "1"),
    ({"id": "1", "do": "ping", "args": None}, "1"),
    ({"id": "1", "do": "ping", "args": {"x": 1}}, "1"),
    ({"id": "1", "do": "ping", "extra": 1}, "1"),
    ({"id": "1"}, "1"),
    ({}, None),
    ({"id": 1, "do": "ping"}, None),
    ({"id": "", "do": "ping"}, None),
    ({"id": None, "do": "ping"}, None),
    ({"id": "x" * 129, "do": "ping"}, None),
    ({"id": "\ud800", "do": "ping"}, None),
    ({"id": "1", "do": "\ud800"}, "1"),
    ({"id": "1", "do": "ping", "args": {"\ud800": 1}}, "1"),
    ({"id": "1", "do": "messages.send"}, "1"),
    ({"id": "1", "do": "messages.send", "args": {"conversation_id": "R"}}, "1"),
    ({"id": "1", "do": "messages.send", "args": {"content": "x"}}, "1"),
    *(
        ({"id": "1", "do": "messages.send", "args": {"conversation_id": "R", **args}}, "1")
        for args in (
            {"content": ""},
            {"content": " \n"},
            {"content": "a\0b"},
            {"content": "\ud83d"},
            {"content": 5},
            {"content": None},
            {"content": ["x"]},
            {"content": "x" * 20_001},
            {"content": "x", "client_id": ""},
            {"content": "x", "client_id": "\0"},
            {"content": "x", "client_id": "x" * 129},
            {"content": "x", "type": "system"},
            {"content": "x", "seq": 1},
            {"content": "x", "conversation_id": 1},
            {"content": "x", "conversation_id": "no id"},
            {"content": "x", "conversation_id": None},
        )
    ),
    *(
        ({"id": "1", "do": "reads.mark", "args": {"conversation_id": "R", **args}}, "1")
        for args in ({}, {"seq": -1}, {"seq": "1"}, {"seq": True}, {"seq": 1.0}, {"seq": 2**63})
    ),
    *(
        ({"id": "1", "do": "sync.resume", "args": args}, "1")
        for args in (
            {},
            {"cursors": []},
            {"cursors": {"x": 1}},
            {"cursors": {"R": -1}},
            {"cursors": {"R": "1"}},
            {"cursors": {"R": 10**400}},
            {"cursors": {f"01234567-89ab-7def-8123-{n:012d}": 1 for n in range(201)}},
        )
    ),
    *(
        ({"id": "1", "do": "presence.watch", "args": args}, "1")
        for args in ({}, {"user_ids": ["x"]}, {"user_ids": [NOBODY] * 201}, {"conversation_id": 1})
    ),
    ({"id": "1", "do": "auth.renew", "args": {}}, "1"),
]


async def test_wrong_commands_are_answered_invalid_and_the_socket_lives_on(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        room = await ada.room()
        async with ada.socket() as socket:
            for frame, command_id in BAD:
                before = len(socket.frames)
                await socket.send(json.dumps(frame).replace('"R"', f'"{room}"'))
                await socket.until(lambda start=before: len(socket.frames) > start, str(frame))
                answer = socket.frames[before]
                assert answer["id"] == command_id, frame
                assert answer["ok"] is False, frame
                assert set(answer["error"]) == {"code", "detail"}
                assert answer["error"]["code"] == "invalid", frame
                assert answer["error"]["detail"]
            sent = await socket.done(
                "messages.send", conversation_id=room, content="你好 👋🏽 \u200d"
            )
            assert sent["seq"] == 1
            assert sent["content"] == "你好 👋🏽 \u200d"


async def test_bad_tokens_do_not_renew_and_good_ones_of_others_do_not_either(
    server: Server,
) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        other = await ada.log_in()
        async with ada.socket() as socket:
            assert (await socket.ask("auth.renew", token="x"))["error"]["code"] == "unauthenticated"
            answer = await socket.ask("auth.renew", token=bob.token)
            assert answer["ok"] is False
            await socket.done("auth.renew", token=other.token)
            await ada.log_out()
            await socket.done("ping")  # it lives by the other login now
            await other.log_out()
            assert await socket.closed() == 4009


async def test_many_commands_at_once_are_all_answered_and_sends_keep_their_order(
    server: Server,
) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        room = await ada.room()
        async with ada.socket() as socket:
            ids = [
                await socket.tell("messages.send", conversation_id=room, content=str(number))
                for number in range(300)
            ]
            pings = [await socket.tell("ping") for _ in range(200)]
            answers = [await socket.answer(command_id) for command_id in ids]
            assert [answer["data"]["seq"] for answer in answers] == list(range(1, 301))
            for command_id in pings:
                assert await socket.answer(command_id) == {"id": command_id, "ok": True}


async def test_an_answered_ping_and_a_pong_prove_life_both_ways(server: Server) -> None:
    async with Stage(server) as stage:
        ada: Person = await stage.person()
        async with ada.socket() as socket:
            assert await socket.ask("ping") == {"id": "c1", "ok": True}
            await asyncio.wait_for(await socket.connection.ping(), PATIENCE)
