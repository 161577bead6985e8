"""One `client_id`, one message: at once, over both ways, and after the server came back."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.support.client import Person, Stage
from tests.support.server import Server

pytestmark = pytest.mark.on_mariadb

TIMES = 50
END: dict[str, Callable[[Server], Any]] = {"stopped": Server.stop, "killed": Server.kill}


async def post_all(person: Person, room: str, client_id: str) -> list[tuple[int, bytes]]:
    """Post the same fifty times at once; statuses and bodies."""
    path = f"/api/v1/conversations/{room}/messages"
    body = {"content": "once 一次", "client_id": client_id}
    answers = await asyncio.gather(*(person.call("POST", path, json=body) for _ in range(TIMES)))
    return [(answer.status_code, answer.content) for answer in answers]


async def send_all(person: Person, room: str, client_id: str) -> list[Any]:
    """Send the same fifty times at once, over five sockets; the answers without their ids."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(person.socket()) for _ in range(5)]
        args = {"conversation_id": room, "content": "once 一次", "client_id": client_id}
        asked = [
            socket.ask("messages.send", **args) for socket in sockets for _ in range(TIMES // 5)
        ]
        answers = await asyncio.gather(*asked)
    return [{key: answer[key] for key in answer if key != "id"} for answer in answers]


async def history(person: Person, room: str) -> Any:
    """All messages of a room, as a new snapshot has them."""
    return (await person.ok("GET", f"/api/v1/conversations/{room}?limit=200"))["messages"]


async def test_fifty_equal_posts_at_once_are_one_message(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        async with bob.socket() as socket:
            answers = await post_all(ada, room, "h")
            assert sorted(status for status, _ in answers) == [200] * 49 + [201]
            assert len({body for _, body in answers}) == 1
            await socket.expect("message.created")
            await socket.settled()
            assert len(socket.events("message.created")) == 1
        assert len(await history(bob, room)) == 1


async def test_fifty_equal_sends_at_once_are_one_message(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        async with bob.socket() as socket:
            answers = await send_all(ada, room, "s")
            assert all(answer == answers[0] for answer in answers)
            assert answers[0]["ok"] is True
            await socket.expect("message.created")
            await socket.settled()
            assert len(socket.events("message.created")) == 1
        assert [message["seq"] for message in await history(bob, room)] == [1]


async def test_posts_and_sends_at_once_are_one_message(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        room = await ada.room()
        posted, sent = await asyncio.gather(post_all(ada, room, "b"), send_all(ada, room, "b"))
        found = await history(ada, room)
        assert len(found) == 1
        assert {answer["data"]["id"] for answer in sent} == {found[0]["id"]}
        assert len({body for _, body in posted}) == 1


@pytest.mark.parametrize("end", END)
async def test_a_repeat_after_the_server_came_back_is_the_first_message(
    lone_server: Server, end: str
) -> None:
    async with Stage(lone_server) as stage:
        ada = await stage.person()
        room = await ada.room()
        first = {body for _, body in await post_all(ada, room, "k")}
        sent = (await send_all(ada, room, "s"))[0]
        END[end](lone_server)
        lone_server.start()
    async with Stage(lone_server) as stage:
        ada = Person(stage, ada.grant)  # the token holds: its login was not ended
        answers = await post_all(ada, room, "k")
        assert {status for status, _ in answers} == {200}
        assert {body for _, body in answers} == first
        assert await send_all(ada, room, "s") == [sent] * TIMES
        assert [message["seq"] for message in await history(ada, room)] == [1, 2]
        assert (await ada.say(room, "new"))["seq"] == 3
