"""A server that is told to end says so, keeps what it acknowledged, and waits for nobody long."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack

import httpx
import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from tests.support.client import Person, Socket, Stage
from tests.support.follower import Follower
from tests.support.narrow import narrow, start_reading, stop_reading
from tests.support.server import Server
from tests.support.serving import Make
from tests.support.streams import asking
from trialogue.core.models import Message
from trialogue.store.database import Database

pytestmark = pytest.mark.usefixtures("unmeasured")

RESTART = 1012
LONGEST = 25  # seconds, whatever clients do; two or three where nothing else runs
BIG = "x" * 15_000


async def stop(server: Server) -> float:
    """Tell a server to end, and wait for it; how many seconds it took."""
    started = time.monotonic()
    server.send(signal.SIGTERM)
    await asyncio.to_thread(server.wait, 2 * LONGEST)
    return time.monotonic() - started


async def test_sockets_are_told_and_what_was_acknowledged_stays(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        follower = Follower(bob)
        follower.start()
        await follower.caught_up(room)
        async with ada.socket() as one, bob.socket(f"/ws/chat/{room}") as two:
            sent = [
                await one.done("messages.send", conversation_id=room, content=f"{number}")
                for number in range(20)
            ]
            sent += [await ada.say(room, f"http {number}") for number in range(20)]
            assert await stop(lone_server) < LONGEST
            assert [await socket.closed() for socket in (one, two)] == [RESTART, RESTART]
        assert lone_server.process is not None
        assert lone_server.process.returncode in (0, -signal.SIGTERM)
        port = lone_server.port
        await asyncio.to_thread(lone_server.start)
        assert lone_server.port == port
        page = await ada.call(
            "GET", f"/api/v1/conversations/{room}/messages", params={"limit": 200}
        )
        assert page.json()["items"] == [
            {**message, "status": found["status"]}
            for message, found in zip(sent, page.json()["items"], strict=True)
        ]
        last = await ada.say(room, "after the restart")
        assert last["seq"] == len(sent) + 1
        await follower.caught_up(room)
        assert follower.resumes >= 2  # the first one was at the start
        assert follower.reloads == 0
        await follower.end()


@pytest.mark.parametrize("count", [30, 100])  # with a backlog, and slow by the server's measure
async def test_a_client_that_does_not_read_does_not_hold_up_the_end(
    lone_server: Server, count: int
) -> None:
    async with Stage(lone_server) as stage:
        ada, bob, eve = await stage.people("ada", "bob", "eve")
        room = await ada.room(bob, eve)
        async with eve.socket() as socket, narrow(bob) as deaf:
            stop_reading(deaf)
            for number in range(count):
                await ada.say(room, f"{number} {BIG}")
            await socket.expect("message.created", seq=count)
            assert await stop(lone_server) < LONGEST
            assert await socket.closed() == RESTART
            start_reading(deaf)
        await asyncio.to_thread(lone_server.start)
        assert (await ada.say(room))["seq"] == count + 1


async def test_requests_under_way_are_answered(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:
        ada = await stage.person()
        room = await ada.room()
        posting = [asyncio.create_task(keep_posting(ada, room, number)) for number in range(8)]
        while (await ada.ok("GET", f"/api/v1/conversations/{room}"))["last_seq"] < 40:
            pass  # the posters are at work
        await stop(lone_server)
        acknowledged = [seq for seqs in await asyncio.gather(*posting) for seq in seqs]
        await asyncio.to_thread(lone_server.start)
        known = (await ada.ok("GET", f"/api/v1/conversations/{room}"))["last_seq"]
        assert len(set(acknowledged)) == len(acknowledged)
        assert set(acknowledged) <= set(range(1, known + 1))
        assert len(acknowledged) >= 40


async def keep_posting(person: Person, room: str, number: int) -> list[int]:
    """Post until the server is gone; the numbers of the acknowledged messages."""
    path = f"/api/v1/conversations/{room}/messages"
    seqs: list[int] = []
    while True:
        try:
            body = {"content": f"{number}: {len(seqs)}"}
            answer = await person.call("POST", path, json=body)
        except httpx.TransportError:
            return seqs
        if answer.status_code != 201:
            assert answer.status_code == 503, answer.text
            return seqs
        seqs.append(answer.json()["seq"])


SOCKETS = 200


class Acknowledged(list[str]):
    """The ids of the messages that were acknowledged; `enough` is set when they are many."""

    def __init__(self) -> None:
        super().__init__()
        self.enough = asyncio.Event()

    def append(self, message_id: str) -> None:
        super().append(message_id)
        if len(self) >= 5 * SOCKETS:
            self.enough.set()


async def keep_sending(socket: Socket, room: str, acknowledged: Acknowledged) -> None:
    """Send, each message once the last one is acknowledged, until the socket is closed."""
    while True:
        command = await socket.tell("messages.send", conversation_id=room, content="Hello")
        answer = await socket.answer(command)
        if not answer["ok"]:
            assert answer["error"]["code"] == "unavailable", answer
            return
        acknowledged.append(answer["data"]["id"])


async def until_closed(socket: Socket, room: str, acknowledged: Acknowledged) -> int | None:
    """Send until the end; the code of the end."""
    try:
        await keep_sending(socket, room, acknowledged)
    except (ConnectionClosed, AssertionError):
        if socket.connection.close_code is None:
            raise
    return await socket.closed()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_under_load_everyone_is_told_and_nothing_acknowledged_is_lost(
    make_server: Make,
) -> None:
    server = make_server(TRIALOGUE_AI_DEMO_PACE="0.2").start()
    async with Stage(server) as stage, AsyncExitStack() as stack:
        people = await stage.people(*(f"person{number}" for number in range(20)))
        acknowledged = Acknowledged()
        places = []
        for person in people:
            room = await person.room()
            for _ in range(SOCKETS // len(people)):
                places.append((await stack.enter_async_context(person.socket()), room))
        events = await stack.enter_async_context(asking(people[0], "/long"))
        await events.until("delta")
        ending = asyncio.create_task(events.rest())
        senders = [
            asyncio.create_task(until_closed(socket, room, acknowledged)) for socket, room in places
        ]
        await acknowledged.enough.wait()
        assert await stop(server) < LONGEST
        assert await asyncio.gather(*senders) == [RESTART] * SOCKETS
        assert (await ending)[-1].name in ("done", "error")
    database = Database(server.database_url)
    with database.transaction() as db:
        kept = set(db.scalars(select(Message.id)))
    database.dispose()
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= kept
    assert server.faults() == []
