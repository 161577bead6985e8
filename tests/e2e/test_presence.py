"""Who is online, as the others are told; and how far they have read."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

from tests.http.shapes import is_time
from tests.support.client import PATIENCE, Person, Socket, Stage
from tests.support.server import Server

ROOM = "/api/v1/conversations"
GRACE = 10  # seconds until someone without a connection goes offline
CLOCK = 2  # seconds by which a busy server's clock may be ahead of ours


async def online(person: Person, *asked: Person) -> set[str]:
    """Who is online, as HTTP says: of those asked for, else of one's peers."""
    query = {"user_ids": ",".join(one.id for one in asked)} if asked else {}
    answer = await person.call("GET", "/api/v1/presence", params=query)
    assert set(answer.json()) == {"online"}
    return set(answer.json()["online"])


def told(socket: Socket, about: Person) -> list[bool]:
    """What a socket heard of a person's presence."""
    frames = socket.events("presence")
    return [f["data"]["online"] for f in frames if f["data"]["user_id"] == about.id]


async def seen(person: Person, other: Person, moment: str) -> Any:
    """A user whose `last_seen_at` has come to a moment."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await person.ok("GET", f"/api/v1/users/{other.id}")
            kept = found["last_seen_at"]
            if kept and datetime.fromisoformat(kept) == datetime.fromisoformat(moment):
                return found
            await asyncio.sleep(0.05)  # sleep: between two looks


async def test_two_tabs_are_counted(server: Server) -> None:
    async with Stage(server) as stage, AsyncExitStack() as tabs:
        ada, bob, eve, olga = await stage.people("ada", "bob", "eve", "olga")
        room, hers = await ada.room(bob, eve), await olga.room()
        socket = await tabs.enter_async_context(bob.socket())
        out = await tabs.enter_async_context(olga.socket())
        assert await online(bob) == set()
        async with ada.socket() as last:
            async with ada.socket(), eve.socket():
                heard = await socket.expect("presence", user_id=ada.id)
                assert set(heard) == {"event", "data"}
                expected = {"user_id": ada.id, "online": True, "last_seen_at": None}
                assert heard["data"] == expected
                await socket.expect("presence", user_id=eve.id, online=True)
                assert await online(bob) == {ada.id, eve.id}
            # eve went with ada's first tab: when she is told to be gone, ada would be too.
            await socket.expect("presence", user_id=eve.id, online=False)
            assert told(socket, ada) == [True]
            assert await online(bob) == {ada.id}
            assert await online(bob, ada, eve, bob) == {ada.id, bob.id}
            await last.settled()
            closing = time.monotonic()
        assert ada.id in await online(bob), "the grace is not over"
        gone = (await socket.expect("presence", user_id=ada.id, online=False))["data"]
        assert time.monotonic() - closing > GRACE - CLOCK
        assert is_time(gone["last_seen_at"])
        assert told(socket, ada) == [True, False]
        assert await online(bob) == set()
        assert (await seen(bob, ada, gone["last_seen_at"]))["online"] is False
        members = (await bob.ok("GET", f"{ROOM}/{room}/members"))["items"]
        shown = {one["user"]["id"]: one["user"]["online"] for one in members}
        assert shown == {ada.id: False, bob.id: True, eve.id: False}
        # olga shares no conversation with them: she is there, and heard nothing of them.
        await out.done("messages.send", conversation_id=hers, content="I am here")
        await out.expect("message.created", conversation_id=hers)
        assert out.events("presence") == []
        assert await online(olga) == set()


async def test_back_within_the_grace_is_never_gone(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        await ada.room(bob, eve)
        async with bob.socket() as socket:
            async with ada.socket(), eve.socket():
                await socket.expect("presence", user_id=ada.id, online=True)
                await socket.expect("presence", user_id=eve.id, online=True)
            async with ada.socket() as again:
                assert bob.id in again.frames[0]["data"]["online"]
                await socket.expect("presence", user_id=eve.id, online=False)
                assert told(socket, ada) == [True]
                assert await online(bob) == {ada.id}


async def test_marks_only_grow_and_outsiders_hear_none(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, olga = await stage.people("ada", "bob", "olga")
        room, hers = await ada.room(bob), await olga.room()
        for number in range(5):
            await ada.say(room, f"{number}")
        async with (
            ada.socket() as his,
            bob.socket() as one,
            bob.socket() as two,
            olga.socket() as out,
        ):
            for seq in (1, 3, 2, 0, 3):
                await one.done("reads.mark", conversation_id=room, seq=seq)
            frame = await his.expect("read.marked", user_id=bob.id, read_seq=3)
            assert is_time(frame["data"]["read_at"])
            for tab in (one, two):
                own = await tab.expect("conversation.me", read_seq=3)
                assert own["conversation_id"] == room
                assert own["data"]["unread"] == 2
            await two.done("reads.mark", conversation_id=room, seq=99)
            for socket in (his, one, two):
                await socket.expect("read.marked", user_id=bob.id, read_seq=5)
            for tab in (one, two):
                assert (await tab.expect("conversation.me", read_seq=5))["data"]["unread"] == 0
            marks = [frame["data"]["read_seq"] for frame in his.events("read.marked")]
            assert marks == sorted(marks)
            assert his.events("conversation.me") == []
            assert (await bob.ok("GET", f"{ROOM}/{room}"))["me"]["unread"] == 0
            mark = await out.ask("reads.mark", conversation_id=room, seq=1)
            assert mark["error"]["code"] == "not_found"
            await out.done("messages.send", conversation_id=hers, content="I am here")
            await out.expect("message.created", conversation_id=hers)
            assert out.about(room) == []
