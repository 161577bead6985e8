"""Very many who connect and do not say what they want: others are served, and they are let go.

`TRIALOGUE_HALF_OPEN=10000` opens as many.
"""

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.support.client import Stage
from tests.support.process import settles, vitals
from tests.support.raw import RawLine, raw_line, upgrade_request
from tests.support.server import Server
from trialogue.http.connections import HEAD_PATIENCE

COUNT = int(os.environ.get("TRIALOGUE_HALF_OPEN", "500"))
AT_ONCE = 200  # connections that are made together
EACH = 24 * 1024  # bytes of memory that one of them may cost
SLACK = 24 * 1024 * 1024  # bytes that the others may cost meanwhile
BEGINNINGS = [
    b"",
    b"GET /health/live HTTP/1.1\r\n",
    b"POST /api/v1/auth/login HTTP/1.1\r\nHost: chat.te",
    upgrade_request()[:-20],
    b"\r\n\r\n",
]


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process may open as many files as it needs."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def drip(line: RawLine) -> None:
    """Send a header line now and then, until the server has had enough."""
    try:
        while True:
            await asyncio.sleep(0.2)  # sleep: this is the slow client itself
            await line.send(b"X-Drop: drip\r\n")
    except ConnectionError:
        return


async def half_open(stack: AsyncExitStack, address: tuple[str, int], number: int) -> RawLine:
    """A connection that has begun to say something."""
    line = await stack.enter_async_context(raw_line(address))
    await line.send(BEGINNINGS[number % len(BEGINNINGS)])
    return line


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_they_hinder_nobody_and_are_let_go_in_time(lone_server: Server) -> None:
    async with Stage(lone_server) as stage, AsyncExitStack() as stack:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        async with bob.socket() as socket:
            before, began = vitals(lone_server), time.monotonic()
            lines: list[RawLine] = []
            for start in range(0, COUNT, AT_ONCE):
                some = range(start, min(start + AT_ONCE, COUNT))
                made = [half_open(stack, lone_server.address, number) for number in some]
                lines += await asyncio.gather(*made)
            dripping = [asyncio.create_task(drip(line)) for line in lines[1:100:5]]
            said = await ada.say(room, "Can you hear me?")
            await socket.expect("message.created", id=said["id"])
            assert vitals(lone_server).memory - before.memory < COUNT * EACH + SLACK
            await asyncio.gather(*(line.closed() for line in lines), *dripping)
            assert time.monotonic() - began >= HEAD_PATIENCE
            await settles(lone_server, lambda now: now.files <= before.files + 5)
            said = await ada.say(room, "Still there?")
            await socket.expect("message.created", id=said["id"])
