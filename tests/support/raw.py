"""A client that puts bytes on the line as it likes, and tells what came back."""

import asyncio
import os
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.frames import Frame, Opcode

from tests.support.client import PATIENCE

CLOSED = "the end"  # what is seen of a line that was closed


def masked(opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0) -> bytes:
    """A client's frame; `reserved` are the three bits that nobody has agreed upon."""
    data = Frame(Opcode(opcode), payload, fin).serialize(mask=True)
    return bytes([data[0] | reserved << 4]) + data[1:]


def header(first: int, length: int, form: int) -> bytes:
    """The head of a masked frame (mask 0) whose length has 7, 16 or 64 bits, minimal or not."""
    if form == 7:
        return bytes([first, 0x80 | length]) + bytes(4)
    mark = {16: 126, 64: 127}[form]
    return bytes([first, 0x80 | mark]) + length.to_bytes(form // 8) + bytes(4)


class RawLine:
    """One TCP connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Put bytes on the line; ConnectionError when it was closed."""
        self.writer.write(data)
        await self.writer.drain()

    async def upgrade(self, token: str = "", *, target: bytes = b"/ws", extra: bytes = b"") -> str:
        """Ask for a WebSocket; the status line of the answer."""
        await self.send(upgrade_request(token, target=target, extra=extra))
        return (await self.head()).split("\r\n", 1)[0]

    async def head(self) -> str:
        """The head of the next HTTP answer; empty when the line was closed before."""
        try:
            async with asyncio.timeout(PATIENCE):
                return (await self._reader.readuntil(b"\r\n\r\n")).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            return ""

    async def frame(self) -> tuple[int, bytes] | None:
        """The next frame: its opcode and payload; None when the line was closed."""
        try:
            async with asyncio.timeout(PATIENCE):
                first, second = await self._reader.readexactly(2)
                assert first & 0xF0 == 0x80, "servers send whole frames without reserved bits"
                assert not second & 0x80, "servers do not mask"
                length = second & 0x7F
                if length >= 126:
                    length = int.from_bytes(
                        await self._reader.readexactly(2 if length == 126 else 8)
                    )
                return first & 0xF, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def closed(self) -> None:
        """Wait until the server has closed the line, whatever it says before."""
        try:
            async with asyncio.timeout(PATIENCE):
                while await self._reader.read(1 << 16):
                    pass
        except ConnectionError:
            pass


def upgrade_request(token: str = "", *, target: bytes = b"/ws", extra: bytes = b"") -> bytes:
    """The bytes that ask for a WebSocket; `extra` are further header lines."""
    authorization = f"Authorization: Bearer {token}\r\n".encode() if token else b""
    return (
        b"GET " + target + b" HTTP/1.1\r\nHost: chat.test\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + b64encode(os.urandom(16))
        + b"\r\n"
        + authorization
        + extra
        + b"\r\n"
    )


@asynccontextmanager
async def raw_line(address: tuple[str, int]) -> AsyncIterator[RawLine]:
    """A line to a server, until the end of the block."""
    reader, writer = await asyncio.open_connection(*address, limit=1 << 22)
    try:
        yield RawLine(reader, writer)
    finally:
        writer.transport.abort()
