"""What the system says of a running process: its memory, open files and threads (Linux)."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.client import PATIENCE
from tests.support.server import Server

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Vitals:
    """How much of the machine a process holds; `memory` in bytes."""

    memory: int
    files: int
    threads: int


def vitals(server: Server) -> Vitals:
    """What a server holds just now."""
    assert server.process is not None
    folder = f"/proc/{server.process.pid}"
    with open(f"{folder}/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1])
    files = len(os.listdir(f"{folder}/fd"))
    return Vitals(resident * PAGE, files, len(os.listdir(f"{folder}/task")))


async def settles(server: Server, condition: Callable[[Vitals], bool]) -> Vitals:
    """Wait until what a server holds meets a condition; AssertionError when it never does."""
    now = vitals(server)
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition(now):
                await asyncio.sleep(0.05)  # sleep: between two looks
                now = vitals(server)
    except TimeoutError:
        raise AssertionError(f"still {now}") from None
    return now


def exit_code(child: int) -> int:
    """How the child of a fork ended. One that does not end is ended: it holds the ends of all pipes
    that this process has, and who waits for those would wait for it."""
    deadline = time.monotonic() + PATIENCE
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError("the child of a fork does not end")
        time.sleep(0.02)  # sleep: between two looks
    return os.waitstatus_to_exitcode(ended[1])
