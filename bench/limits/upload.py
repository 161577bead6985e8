"""The raw limit of uploads: a bare protocol that writes the body to disk as it comes.

Standard input names the folder. Every request has a Content-Length; what came is synced (fsync)
before the answer, and then forgotten.
"""

import asyncio
import os
import re
import sys
import tempfile
from typing import BinaryIO, cast

import uvloop

FOLDER = sys.stdin.read()
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
_HEALTHY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Line(asyncio.Protocol):
    """One connection: a head, then its body, straight into a file."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0
        self._file: BinaryIO | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._file is None:
            head, found, data = (self._head + data).partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if not found:
                self._head = head
                return
            self._head = b""
            if length is None:
                self._transport.write(_HEALTHY)
                return
            self._left = int(length[1])
            opened = tempfile.TemporaryFile(dir=FOLDER, buffering=0)  # noqa: SIM115
            self._file = cast(BinaryIO, opened)
        self._file.write(data)
        self._left -= len(data)
        if not self._left:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            self._transport.write(_ANSWER)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Line, "127.0.0.1", int(os.environ["PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
