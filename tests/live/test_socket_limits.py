"""What a connection may not do, and what becomes of those that do not keep up."""

import asyncio
import json
import os
import socket as sockets
from base64 import b64encode

import pytest
from websockets.frames import Frame, Opcode

from tests.live.conftest import House, Patience, Person, Play

WAIT = 20  # seconds after which a test has failed


class Raw:
    """A client that does with its socket as it likes."""

    def __init__(self, house: House, person: Person, buffer: int | None = None) -> None:
        self._house = house
        self._person = person
        self.socket = sockets.socket()
        if buffer is not None:
            self.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, buffer)
        self.socket.setblocking(False)
        self.seen = b""

    async def __aenter__(self) -> "Raw":
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, ("127.0.0.1", self._house.port))
        key = b64encode(os.urandom(16)).decode()
        await self.send(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{self._house.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {self._person.token}\r\n\r\n".encode()
        )
        await self.until(b'"event":"ready"')
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.close()

    async def send(self, data: bytes) -> None:
        """Bytes as they are."""
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def until(self, wanted: bytes) -> None:
        """Read until these bytes have come; an end of the connection counts as b''."""
        async with asyncio.timeout(WAIT):
            while wanted not in self.seen or not wanted:
                try:
                    data = await asyncio.get_running_loop().sock_recv(self.socket, 1 << 20)
                except ConnectionResetError:
                    data = b""
                if not data:
                    assert not wanted, self.seen[-200:]
                    return
                self.seen = self.seen[-1000:] + data


def sent(payload: bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    """A client's frame."""
    return Frame(opcode, payload).serialize(mask=True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sent(b"\x00", Opcode.BINARY), 4400),
        (sent(b"[]"), 4400),
        (sent(b"{"), 4400),
        (sent(b'{"a":' * 5_000), 4400),
        (sent(b"\xff"), 1007),
        (Frame(Opcode.TEXT, b"{}").serialize(mask=False), 1002),
        (sent(b"x" * (1 << 20) + b"x"), 1009),
        (sent((1005).to_bytes(2), Opcode.CLOSE), 1002),
        (sent((4999).to_bytes(2) + b"bye", Opcode.CLOSE), 4999),
        (sent(b"", Opcode.CLOSE), 1000),
    ],
    # Masks are random, and names of tests must not be.
    ids=[
        "binary",
        "a list",
        "half an object",
        "nested too deep",
        "not UTF-8",
        "not masked",
        "too long",
        "a close code that may not be sent",
        "a close with a code of its own",
        "a close without a code",
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_broken_frame_closes_with_a_code_that_says_why(
    play: Play, data: bytes, code: int
) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        async with Raw(house, ada) as client:
            await client.send(data)
            await client.until(b"\x88")
            await client.until(b"")
            start = client.seen.rindex(b"\x88")
            assert int.from_bytes(client.seen[start + 2 : start + 4]) == code
        async with house.joined(ada):
            pass  # the server lives on

    play(scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_slow_client_slows_nobody_and_is_told_to_catch_up(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with Raw(house, bob, buffer=65_536) as slow, house.joined(ada) as (quick,):
            for _ in range(2):  # what fills the backlog, and what is dropped then
                last = await _flood(house, ada, room)
                async with asyncio.timeout(WAIT):
                    while (await quick.receive()).get("rev") != last:
                        pass
            await slow.until(b'{"event":"resync","data":{}}')
            args = {"cursors": {room: 2}}
            frame = {"id": "resume", "do": "sync.resume", "args": args}
            await slow.send(sent(json.dumps(frame).encode()))
            await slow.until(b'"id":"resume","ok":true')

    play(scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_client_that_stays_slow_is_cut_off(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        room = await house.room(ada, bob)
        async with Raw(house, bob, buffer=65_536):
            await _flood(house, ada, room)
            async with asyncio.timeout(WAIT):
                while house.line.hub.listeners.has(bob.id):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)  # sleep: nobody tells when a peer is given up

    play(scene, patience=Patience(slow=1, goodbye=1))


async def _flood(house: House, person: Person, room: str) -> int:
    """More than anyone's backlog; the rev of the last message."""
    posts = [house.post(person, room, "x" * 20_000) for _ in range(150)]
    return max(message.rev for message in await asyncio.gather(*posts))


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_who_gives_no_sign_of_life_is_cut_off_and_who_answers_pings_is_not(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        async with house.joined(ada) as (alive,), Raw(house, bob) as dead:
            await dead.until(b"\x89\x00")  # a ping, which it does not answer
            await dead.until(b"")
            assert (await alive.ask("ping"))["ok"]

    play(scene, patience=Patience(heartbeat=1, dead_after=8))


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_when_the_server_stops_sockets_are_told_to_come_back(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        async with house.joined(ada) as (client,):
            assert house.server is not None
            house.server.should_exit = True
            assert await client.closed() == (1012, "the server restarts")

    play(scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_who_is_not_let_in_in_time_is_asked_to_come_back(play: Play) -> None:
    async def scene(house: House) -> None:
        ada = await house.person("ada")
        release = asyncio.Event()
        read = house.database.read

        async def held(*args: object, **kwargs: object) -> object:
            await release.wait()
            return await read(*args, **kwargs)  # type: ignore[arg-type]

        house.database.read = held  # type: ignore[method-assign, assignment]
        try:
            async with house.client(ada.token) as client:
                assert (await client.closed())[0] == 1013
        finally:
            release.set()

    play(scene, patience=Patience(arrival=3))
