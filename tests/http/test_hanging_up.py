"""Work for one caller ends when that caller hangs up, and only then."""

import asyncio

import pytest
from starlette.types import Message

from trialogue.http.hanging_up import HungUp, nobody, unless


class Line:
    """A caller, as ASGI tells of one."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}


def test_work_is_done_while_the_caller_stays() -> None:
    async def done() -> str:
        return "done"

    async def run() -> None:
        line = Line()
        assert await unless(line.receive, done()) == "done"

    asyncio.run(run())


def test_work_is_cancelled_before_the_caller_is_given_up() -> None:
    async def run() -> None:
        line, begun, ended = Line(), asyncio.Event(), asyncio.Event()

        async def work() -> None:
            try:
                begun.set()
                await asyncio.Event().wait()
            finally:
                ended.set()

        waiting = asyncio.create_task(unless(line.receive, work()))
        await begun.wait()
        line.gone.set()
        with pytest.raises(HungUp):
            await waiting
        assert ended.is_set()
        assert nobody().status_code == 499

    asyncio.run(run())


def test_what_the_work_raises_is_raised() -> None:
    async def fail() -> None:
        raise ValueError("x")

    async def run() -> None:
        with pytest.raises(ValueError, match="x"):
            await unless(Line().receive, fail())

    asyncio.run(run())
