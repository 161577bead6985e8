"""The raw limit of sockets: a bare asyncio protocol on uvloop that writes one frame to all.

It answers any request with 101 and an empty frame, and keeps nothing but the transport. Each
frame that comes in makes it write the bytes read from standard input once to every socket.
"""

import asyncio
import os
import sys
from typing import cast

import uvloop

from bench.wire import ACCEPTED, EMPTY_FRAME, TRIGGER

FRAME = sys.stdin.buffer.read()


class Socket(asyncio.Protocol):
    """One connection; after its handshake all that comes are triggers."""

    __slots__ = ("open", "transport")
    everyone: "set[Socket]" = set()  # noqa: RUF012 — one server a process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.open = False

    def data_received(self, data: bytes) -> None:
        if not self.open:
            self.open = True
            self.everyone.add(self)
            self.transport.write(ACCEPTED + EMPTY_FRAME)
            return
        for _ in range(len(data) // len(TRIGGER)):
            for each in self.everyone:
                each.transport.write(FRAME)

    def connection_lost(self, error: Exception | None) -> None:
        self.everyone.discard(self)


async def main() -> None:
    loop = asyncio.get_running_loop()
    port = int(os.environ["PORT"])
    server = await loop.create_server(Socket, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
