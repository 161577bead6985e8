"""Clients that take what they are sent slowly, or not at all."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.client import Person, Socket

ROOM_FOR = 4096  # bytes that the kernel keeps for such a client


@asynccontextmanager
async def narrow(person: Person) -> AsyncIterator[Socket]:
    """A socket, after its `ready`, with hardly any room for what comes while it does not read."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, ROOM_FOR)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, person.stage.address)
    options = {"sock": raw, "max_size": None, "ping_interval": None, "close_timeout": 1}
    async with person.socket(**options) as socket:
        yield socket


def stop_reading(socket: Socket) -> None:
    """Take nothing more from the line."""
    socket.connection.transport.pause_reading()


def start_reading(socket: Socket) -> None:
    """Take again what comes."""
    if not socket.connection.transport.is_closing():
        socket.connection.transport.resume_reading()
