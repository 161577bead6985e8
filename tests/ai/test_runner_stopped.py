"""Replies that are stopped: here, elsewhere, on their way, and at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.ai.runners import PATIENCE, Held, Scene, Stage, play
from trialogue.ai import run as sheets
from trialogue.ai import runner as running
from trialogue.ai.runner import Runner
from trialogue.core import (
    messages,
    replies,
    runs,
)
from trialogue.core.events import Event, ReplyStopped

__all__ = ["play"]


@asynccontextmanager
async def busy(stage: Stage, runner: Runner) -> AsyncIterator[str]:
    """The assistant cannot turn from a reply that was stopped until the end of the block; the id of
    the next one, which is begun and waits."""
    first = await stage.ask_here(runner, "/long")
    (stopped,) = await stage.database.read(replies.to, first)
    door = Held(stage.database, runs.settle)
    stop = asyncio.create_task(runner.cancel(stage.ada, stopped))
    assert await stage.ended() == ["cancelled"]
    second = await stage.ask_here(runner, "/help")
    (waiting,) = await stage.database.read(replies.to, second)
    yield waiting
    door.released.set()
    await stop


async def goes_on(stage: Stage, runner: Runner) -> None:
    """The assistant answers the next question, after two whose replies were stopped."""
    await stage.ask_here(runner, "/help")
    assert await stage.ended(3) == ["cancelled", "cancelled", "done"]


def told_of(stage: Stage, message_id: str) -> list[Event]:
    """What was told of a reply while it was written."""
    return [each for each in stage.told if getattr(each.data, "message_id", "") == message_id]


def test_what_is_stopped_while_its_assistant_is_still_busy_is_never_asked(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=0.05) as runner:
            async with busy(stage, runner) as reply_id:
                stopped = await runner.cancel(stage.ada, reply_id)
                assert (stopped.state, stopped.content) == ("cancelled", "")
            await goes_on(stage, runner)
        assert told_of(stage, stopped.id) == []

    play(scene)


def test_a_stop_that_takes_long_lets_nothing_be_said_meanwhile(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=0.001) as runner:
            async with busy(stage, runner) as reply_id:
                door = Held(stage.database, replies.cancel)
                stop = asyncio.create_task(runner.cancel(stage.ada, reply_id))
                await asyncio.sleep(0)
            async with asyncio.timeout(PATIENCE):
                while reply_id not in runner.writing:  # noqa: ASYNC110 — nobody tells of it
                    await asyncio.sleep(0)
            await asyncio.sleep(0.1)  # sleep: for what must not be said
            door.released.set()
            stopped = await stop
            assert (stopped.state, stopped.content) == ("cancelled", "")
            await goes_on(stage, runner)
        assert told_of(stage, stopped.id) == []

    play(scene)


def test_what_waits_here_for_its_assistant_and_is_stopped_elsewhere_is_never_asked(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=0.05) as runner:
            async with busy(stage, runner) as reply_id:
                stopped = await stage.database.write(replies.cancel, stage.ada, reply_id)
                runner.stopped(ReplyStopped(reply_id, 2**31))
            await goes_on(stage, runner)
        assert told_of(stage, stopped.id) == []

    play(scene)


def test_what_waits_here_for_its_assistant_is_nobody_elses(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KEEP", 0.01)
    kept = asyncio.Event()

    async def scene(stage: Stage) -> None:
        async with stage.runner(sole=False, pace=0.05) as runner:
            async with busy(stage, runner) as reply_id:
                write = stage.database.write

                async def noted(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
                    found = await write(fn, *args, **kwargs)
                    if fn is runs.keep and reply_id in found:
                        kept.set()
                    return found

                stage.database.write = noted  # type: ignore[method-assign, assignment]
                async with asyncio.timeout(PATIENCE):
                    await kept.wait()
            assert await stage.ended(2) == ["cancelled", "done"]

    play(scene)


def test_what_is_claimed_while_the_server_is_told_to_stop_is_not_asked(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=3_600):
            door = Held(stage.database, runs.claim)
            await stage.ask("/help")
            # Once it has been told, which the end of this block does.
            asyncio.get_running_loop().call_later(0.2, door.released.set)
        assert await stage.ended() == ["interrupted"]

    play(scene)


def test_a_stop_elsewhere_ends_it_when_it_is_told_and_no_later_one(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KEEP", 3_600)

    async def scene(stage: Stage) -> None:
        async with stage.runner(sole=False, pace=3_600) as runner:
            question = await stage.ask_here(runner, "/help")
            (reply_id,) = await stage.database.read(replies.to, question)
            while not runner.writing:  # noqa: ASYNC110 — nobody tells of it
                await asyncio.sleep(0)
            (run,) = runner.writing.values()
            runner.stopped(ReplyStopped(reply_id, run.work.epoch))  # of what it was before
            assert not run.frozen
            stage.database.publish = stage.hear
            await stage.database.write(replies.cancel, stage.ada, reply_id)
            (told,) = [each.data for each in stage.told if isinstance(each.data, ReplyStopped)]
            runner.stopped(told)
            runner.stopped(told)
            async with asyncio.timeout(PATIENCE):
                while runner.writing:  # noqa: ASYNC110 — nobody tells of it
                    await asyncio.sleep(0)
        assert await stage.ended() == ["cancelled"]

    play(scene)


def test_a_silent_reply_that_is_stopped_on_another_node_ends_soon(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "RENEW", 3_600)

    async def scene(stage: Stage) -> None:
        async with stage.runner(sole=False, pace=3_600) as runner:
            question = await stage.ask_here(runner, "/help")
            (reply_id,) = await stage.database.read(replies.to, question)
            await stage.database.write(replies.cancel, stage.ada, reply_id)
            async with asyncio.timeout(PATIENCE):
                while runner.writing:  # noqa: ASYNC110 — nobody tells of it
                    await asyncio.sleep(0.01)  # sleep: between two looks
        assert await stage.ended() == ["cancelled"]

    play(scene)


def test_a_reply_that_is_stopped_at_once_keeps_what_it_had(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=0.05) as runner:
            question = await stage.ask_here(runner, "/long")
            (reply_id,) = await stage.database.read(replies.to, question)
            stopped = await runner.cancel(stage.ada, reply_id)
            assert stopped.state == "cancelled"
            await stage.ask_here(runner, "/help")
            await stage.ended(1)
            page = await stage.database.read(messages.page, stage.ada, stage.room)
            kept = next(each for each in page.items if each.id == stopped.id)
            assert (kept.state, kept.content) == ("cancelled", stopped.content)

    play(scene)
