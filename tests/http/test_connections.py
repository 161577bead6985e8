"""Connections whose clients do not say what they want, or do not end it; by a virtual clock."""

import asyncio
import socket as sockets
from collections.abc import Callable, Coroutine

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from tests.live.virtual import VirtualLoop
from trialogue.http.connections import BODY_PATIENCE, HEAD_PATIENCE, HttpConnection
from trialogue.http.heads import MOST

LONG = 500.0  # seconds after which a connection counts as kept for ever
GET = b"GET / HTTP/1.1\r\nHost: chat.test\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: chat.test\r\nContent-Length: 10\r\n\r\n"


class Visit:
    """A client's end of a connection, and what the application saw of it."""

    def __init__(self) -> None:
        self.think = 0.0  # seconds that the application takes for an answer
        self.seen: list[str] = []
        self.heard = b""
        self.ended = asyncio.Event()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads a request, thinks, and answers."""
        message: Message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                self.seen.append("disconnect")
                return
        await asyncio.sleep(self.think)  # sleep: this is the thinking, by the virtual clock
        self.seen.append("answered")
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    async def open(self) -> None:
        """Connect."""
        ours, theirs = sockets.socketpair()
        ours.setblocking(False)
        self._socket = ours
        config = uvicorn.Config(
            self.app, interface="asgi3", ws="none", lifespan="off", log_config=None
        )
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(
            lambda: HttpConnection(config, ServerState(), {}), theirs
        )
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while data := await asyncio.get_running_loop().sock_recv(self._socket, 1 << 16):
                self.heard += data
        except ConnectionError:
            pass
        self.ended.set()

    async def say(self, data: bytes) -> None:
        """Send bytes; they have arrived when this returns."""
        await asyncio.get_running_loop().sock_sendall(self._socket, data)
        await asyncio.sleep(0.001)  # sleep: as long as there is something to do no time passes

    async def lasts(self) -> float:
        """Seconds until the server ends the connection, `LONG` when it does not."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            await asyncio.wait_for(self.ended.wait(), LONG)
        except TimeoutError:
            return LONG
        return clock() - began

    async def close(self) -> None:
        """Go away."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._socket.close()
        await asyncio.sleep(0.001)  # sleep: the other end hears of it


def play(scene: Callable[[Visit], Coroutine[object, object, None]]) -> None:
    """Run a scene with a visit that is open."""

    async def whole() -> None:
        visit = Visit()
        await visit.open()
        try:
            await scene(visit)
        finally:
            await visit.close()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(whole())


@pytest.mark.parametrize("data", [b"", b"\r\n", GET[:-2], POST[:30]])
def test_who_does_not_say_what_they_want_is_let_go(data: bytes) -> None:
    async def scene(visit: Visit) -> None:
        await visit.say(data)
        assert HEAD_PATIENCE - 1 < await visit.lasts() < HEAD_PATIENCE + 1

    play(scene)


def test_a_drop_now_and_then_gains_no_time() -> None:
    async def scene(visit: Visit) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        await visit.say(GET[:-2])
        for number in range(100):
            await asyncio.sleep(1)  # sleep: this is the slow client, by the virtual clock
            if visit.ended.is_set():
                break
            await visit.say(b"X-Drop-%d: drip\r\n" % number)
        assert HEAD_PATIENCE - 1 < clock() - began < HEAD_PATIENCE + 3

    play(scene)


@pytest.mark.parametrize("then", [b"\r\n", GET[:10]])
def test_who_begins_another_request_and_does_not_end_it_is_let_go(then: bytes) -> None:
    async def scene(visit: Visit) -> None:
        await visit.say(GET)
        await visit.say(then)
        assert await visit.lasts() < HEAD_PATIENCE + 1
        assert visit.seen == ["answered"]

    play(scene)


def test_a_head_without_end_is_refused() -> None:
    async def scene(visit: Visit) -> None:
        await visit.say(GET[:-2])
        line = b"X-More: " + b"x" * 1_000 + b"\r\n"
        for _ in range(MOST // len(line) + 1):
            await visit.say(line)
        assert await visit.lasts() < 1
        assert visit.heard.startswith(b"HTTP/1.1 431 ")

    play(scene)


def test_a_body_that_stops_is_given_up() -> None:
    async def scene(visit: Visit) -> None:
        await visit.say(POST + b"12345")
        assert BODY_PATIENCE - 1 < await visit.lasts() < BODY_PATIENCE + 2
        await asyncio.sleep(1)  # sleep: by the virtual clock
        assert visit.seen == ["disconnect"]

    play(scene)


def test_a_body_may_take_its_time_as_long_as_it_comes() -> None:
    async def scene(visit: Visit) -> None:
        await visit.say(POST)
        for _ in range(10):
            await asyncio.sleep(BODY_PATIENCE - 1)  # sleep: a slow line, by the virtual clock
            await visit.say(b"x")
        assert visit.seen == ["answered"]

    play(scene)


@pytest.mark.parametrize("then", [b"", GET[:10]], ids=["silent", "and ask on"])
def test_who_waits_for_an_answer_is_not_let_go(then: bytes) -> None:
    async def scene(visit: Visit) -> None:
        visit.think = 300.0
        await visit.say(GET)
        await visit.say(then)
        assert await visit.lasts() > visit.think - 1
        assert visit.seen == ["answered"]

    play(scene)
