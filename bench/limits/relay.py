"""The raw limit of streaming replies: sockets on uvloop that pass a provider's tokens on.

Each frame that comes in is a question to the provider, on a line of its own that stays open. Each
token is cut out of its event and written as a frame; nothing is stored, gathered or decoded.
"""

import asyncio
import json
import os
import re
import sys
from typing import cast

import uvloop

from bench import provider, wire
from bench.processes import HOST

PROVIDER = int(sys.stdin.read())
_TOKEN = re.compile(rb'"content":"([^"]+)"')
PADDING = b" " * 150  # what our frames say of conversation and message
_ENDED = wire.served(wire.UPDATED + b',"data":{"state":"done"}}' + PADDING)


class Upstream(asyncio.Protocol):
    """The line to the provider."""

    def __init__(self, downstream: asyncio.Transport) -> None:
        self._downstream = downstream
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        # A token that is cut in two waits for its end.
        whole, found, self._rest = (self._rest + data).rpartition(b"\n\n")
        frames = [
            wire.served(wire.DELTA + b',"data":{"text":"%s"}}' % token[1] + PADDING)
            for token in _TOKEN.finditer(whole)
        ]
        if b"[DONE]" in whole:
            frames.append(_ENDED)
        if found and frames:
            self._downstream.write(b"".join(frames))


class Socket(asyncio.Protocol):
    """One client; after its handshake all that comes are questions."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._open = False
        self._asking: asyncio.Task[None] | None = None
        self._upstream: Upstream | None = None

    def data_received(self, data: bytes) -> None:
        if not self._open:
            self._open = True
            self.transport.write(wire.ACCEPTED + wire.EMPTY_FRAME)
            return
        size = data[1] & 0x7F
        question = json.loads(data[8 if size == 126 else 6 :])["args"]["content"]
        self._asking = asyncio.get_running_loop().create_task(self._ask(question))

    async def _ask(self, question: str) -> None:
        if self._upstream is None:
            _, self._upstream = await asyncio.get_running_loop().create_connection(
                lambda: Upstream(self.transport), HOST, PROVIDER
            )
        self._upstream.transport.write(provider.request(PROVIDER, question))

    def connection_lost(self, error: Exception | None) -> None:
        if self._upstream is not None:
            self._upstream.transport.close()


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Socket, HOST, int(os.environ["PORT"]), backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
