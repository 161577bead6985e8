"""Who is out hears nothing more from the moment the change commits, also when the bus loses it.

A named outsider hears nothing either, and is proven to be there.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.client import Person, Socket, Stage
from tests.support.server import Server
from tests.support.serving import Make

ROOM = "/api/v1/conversations"
LOSSY = [sys.executable, "-m", "tests.support.lossy", "serve"]
LOSES = {
    "its own event": "member.left,login.ended",
    "nearly all": "message.created,member.left,member.joined,member.updated,login.ended",
}


class Cast:
    """ada owns a room with bob and eve; olga has never been in it. bob is to go."""

    def __init__(self, stage: Stage, people: list[Person], room: str) -> None:
        self.stage = stage
        self.ada, self.bob, self.eve, self.olga = people
        self.room = room
        self.sockets: dict[str, Socket] = {}

    async def talk(self, times: int = 3) -> None:
        """Things happen in the room, and those who are in hear all of them, in some form."""
        for number in range(times):
            said = await self.ada.say(self.room, f"secret {number}")
        await self.ada.ok("PUT", f"{ROOM}/{self.room}/read", seq=1)
        name = f"Secret {said['seq']}"
        changed = await self.ada.ok("PATCH", f"{ROOM}/{self.room}", name=name)
        await self.heard(changed["last_rev"])

    async def heard(self, rev: int) -> None:
        """Those who are in have heard of a change: as an event, or in `changes`."""
        for name in ("ada", "eve"):
            socket = self.sockets[name]

            def told(socket: Socket = socket) -> bool:
                frames = socket.about(self.room)
                return any(f.get("rev", f["data"].get("rev", 0)) >= rev for f in frames)

            await socket.until(told, f"change {rev}")

    async def is_there(self, person: Person, socket: Socket) -> None:
        """A person does hear what concerns them: they are only out of this room."""
        other = await person.room()
        frames = socket.frames
        await socket.done("messages.send", conversation_id=other, content="I am here")
        await socket.until(
            lambda: any(frame.get("conversation_id") == other for frame in frames), "own message"
        )


@asynccontextmanager
async def room_of(server: Server) -> AsyncIterator[Cast]:
    """The cast, with a socket each."""
    async with Stage(server) as stage:
        people = await stage.people("ada", "bob", "eve", "olga")
        ada, bob, eve, olga = people
        cast = Cast(stage, people, await ada.room(bob, eve))
        async with (
            ada.socket() as cast.sockets["ada"],
            bob.socket() as cast.sockets["bob"],
            eve.socket() as cast.sockets["eve"],
            olga.socket() as cast.sockets["olga"],
        ):
            yield cast


async def remove(cast: Cast) -> None:
    await cast.ada.ok("DELETE", f"{ROOM}/{cast.room}/members/{cast.bob.id}")


async def leave(cast: Cast) -> None:
    await cast.bob.ok("POST", f"{ROOM}/{cast.room}/leave")


WAYS: dict[str, Any] = {"removed": remove, "left": leave}


async def check_out(cast: Cast, go: Any) -> None:
    """bob goes; he hears of it last, and nothing after."""
    bob = cast.sockets["bob"]
    await cast.talk(1)
    await bob.until(lambda: bob.about(cast.room), "what happens while bob is in")
    await go(cast)
    await cast.talk()
    await cast.is_there(cast.bob, bob)
    await bob.settled()
    about = bob.about(cast.room)
    assert [frame["event"] for frame in about].count("member.left") == 1
    assert about[-1]["event"] == "member.left"
    assert about[-1]["data"]["user"]["id"] == cast.bob.id
    answer = await bob.ask("messages.send", conversation_id=cast.room, content="still here?")
    assert answer["error"]["code"] == "not_found"
    found = await bob.done("sync.resume", cursors={cast.room: 1})
    assert found[cast.room]["error"]["code"] == "not_found"
    olga = cast.sockets["olga"]
    await cast.is_there(cast.olga, olga)
    assert olga.about(cast.room) == []
    assert "secret" not in str(olga.frames).lower().replace("secret_", "")


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_out_of_a_room_hears_nothing_more(server: Server, way: str) -> None:
    async with room_of(server) as cast:
        await check_out(cast, WAYS[way])


@pytest.fixture(params=LOSES)
def lossy(make_server: Make, request: pytest.FixtureRequest) -> Server:
    """A server whose bus loses some events."""
    return make_server(command=LOSSY, LOSES=LOSES[request.param]).start()


async def test_nor_when_the_bus_loses_it(lossy: Server) -> None:
    async with room_of(lossy) as cast:
        await check_out(cast, remove)
        ada = cast.sockets["ada"]
        assert ada.events("member.left") == []  # it was lost indeed, and is told by `changes`
        told = [one for frame in ada.events("changes") for one in frame["data"]["members"]]
        assert cast.bob.id in [one["user"]["id"] for one in told if one["left_at"]]


async def check_logged_out(cast: Cast) -> None:
    """bob logs one login out: its sockets close, its token is refused; his other one lives."""
    other = await cast.bob.log_in()
    narrow = f"/ws/chat/{cast.room}"
    async with other.socket() as tab, cast.bob.socket(narrow) as one, cast.bob.socket() as two:
        await cast.bob.log_out()
        for socket in (cast.sockets["bob"], one, two):
            assert await socket.closed() == 4009
        before = [len(socket.frames) for socket in (cast.sockets["bob"], one, two)]
        await cast.talk()
        assert before == [len(socket.frames) for socket in (cast.sockets["bob"], one, two)]
        assert (await cast.bob.call("GET", "/api/v1/users/me")).status_code == 401
        for path in ("/ws", narrow):
            async with cast.stage.socket(path, token=cast.bob.token) as again:
                assert await again.closed() == 4009
                assert again.frames == []
        await tab.until(lambda: tab.about(cast.room), "what the other login hears")


async def test_a_login_that_ended_hears_nothing_more(server: Server) -> None:
    async with room_of(server) as cast:
        await check_logged_out(cast)


async def test_nor_when_the_bus_loses_the_end_of_a_login(lossy: Server) -> None:
    async with room_of(lossy) as cast:
        await check_logged_out(cast)


async def test_a_socket_of_one_conversation_closes_with_the_membership(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob = await stage.people("ada", "bob")
        for public, code in ((False, 4004), (True, 4003)):
            room = await ada.room(bob, public=public)
            async with bob.socket(f"/ws/chat/{room}") as socket:
                await ada.ok("DELETE", f"{ROOM}/{room}/members/{bob.id}")
                assert await socket.closed() == code
                assert socket.about(room)[-1]["event"] == "member.left"


async def test_who_comes_back_hears_again(server: Server) -> None:
    async with room_of(server) as cast:
        bob = cast.sockets["bob"]
        await remove(cast)
        await bob.expect("member.left")
        await cast.talk(1)
        await cast.ada.ok("POST", f"{ROOM}/{cast.room}/members", user_id=cast.bob.id)
        created = await bob.expect("conversation.created", id=cast.room)
        assert created["data"]["me"]["unread"] == 0
        sent = await cast.ada.say(cast.room, "welcome back")
        await bob.expect("message.created", id=sent["id"])
        assert "secret" not in str(bob.events("message.created"))
