"""A client process: `python -m bench.chaos.client`, told what to do on its standard input.

The first line is its plan; the second, when all has been posted, the last number of each room. It
ends when its clients have come there, or at once with the one who started it.
"""

import asyncio
import os
import sys

import orjson

from bench.chaos.plan import Breach, Plan, read
from bench.chaos.posters import Outbox, Poster
from bench.chaos.requests import Requester
from bench.clients import run

BROKEN = 3  # exit status: something that must never happen


async def play(plan: Plan) -> None:
    """All clients of this process."""
    loop = asyncio.get_running_loop()
    last: asyncio.Future[dict[str, int]] = loop.create_future()
    listening = asyncio.create_task(_listen(last))
    async with asyncio.TaskGroup() as group:
        for seat in plan.seats:
            if seat.way == "socket":
                group.create_task(Poster(plan, seat).run(last))
            else:
                group.create_task(Requester(plan, seat, Outbox(plan, seat)).run())
    await last
    listening.cancel()


async def _listen(last: "asyncio.Future[dict[str, int]]") -> None:
    reader = asyncio.StreamReader(limit=16 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    if line := await reader.readline():
        last.set_result(orjson.loads(line))
        await reader.read()
    os._exit(1)  # nobody waits any more


def main() -> None:
    """Exit status 3, and a line that says why, when something must never have happened."""
    with open(0, "rb", buffering=0, closefd=False) as unbuffered:  # the next line is not ours yet
        plan = read(unbuffered.readline())
    broken: list[BaseException] = []
    try:
        run(play(plan))
    except* Breach as group:
        broken += group.exceptions
    sys.stderr.write("".join(f"{error}\n" for error in broken))
    sys.exit(BROKEN if broken else 0)


if __name__ == "__main__":
    main()
