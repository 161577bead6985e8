"""The runner of a node on a real database: promises are kept, also those of processes that died.

What people see of it is tested on whole servers (`e2e/test_replies.py`).
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.ai.runners import PATIENCE, Refusing, Scene, Stage, play
from trialogue.ai import rescue as rescuing
from trialogue.ai import runner as running
from trialogue.ai.asking import STOPPED
from trialogue.core import (
    messages,
    posting,
    runs,
)
from trialogue.core.arguments import SendMessage
from trialogue.core.promises import Lease

__all__ = ["play"]


def test_a_promise_is_kept_when_it_is_made(play: Callable[[Scene], None]) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner() as runner:
            await stage.ask()
            assert await stage.ended() == ["done"]
            assert runner.writing == {} or await stage.ended() == ["done"]
        deltas = [event for event in stage.told if event.name == "reply.delta"]
        text = "".join(event.data.text for event in deltas)  # type: ignore[union-attr]
        page = await stage.database.read(messages.page, stage.ada, stage.room)
        assert text == page.items[-1].content

    play(scene)


def test_what_was_promised_before_a_start_is_kept_after_it(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.ask()
        await stage.ask()
        async with stage.runner():
            assert await stage.ended(2) == ["done", "done"]

    play(scene)


def test_what_a_dead_process_was_writing_is_interrupted_at_the_start(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.ask()
        until = stage.database.now() + timedelta(hours=1)
        claimed = await stage.database.write(
            runs.claim, stage.room, stage.assistant, Lease("dead", until)
        )
        assert claimed is not None
        async with stage.runner(sole=True):
            assert await stage.ended() == ["interrupted"]

    play(scene)


def test_what_another_node_writes_is_left_to_it(play: Callable[[Scene], None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.ask()
        until = stage.database.now() + timedelta(seconds=15)
        work = await stage.database.write(
            runs.claim, stage.room, stage.assistant, Lease("alive", until)
        )
        assert work is not None
        async with stage.runner(sole=False) as runner:
            followed = await runner.follow(stage.ada, work.message_id)
            assert (followed.attempt, followed.text) == (1, "")
            await stage.database.write(runs.finish, work, work.reply, "by the other")
            page = await stage.database.read(messages.page, stage.ada, stage.room)
            assert page.items[-1].content == "by the other"

    play(scene)


def test_a_promise_waits_for_the_database_however_long_it_is_away(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SWEEP", 0.01)

    async def scene(stage: Stage) -> None:
        async with stage.runner():
            door = Refusing(stage.database, times=5)
            await stage.ask()
            assert await stage.ended() == ["done"]
            assert door.refused == 5

    play(scene)


def test_a_promise_whose_commit_was_not_confirmed_is_kept(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SWEEP", 0.01)

    async def scene(stage: Stage) -> None:
        async with stage.runner() as runner:
            stage.database.publish = lambda _: None  # as if the connection was lost in COMMIT
            await stage.ask()
            runner.doubted()
            assert await stage.ended() == ["done"]

    play(scene)


def test_what_dead_nodes_leave_is_looked_for_again_whatever_failed(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SWEEP", 0.01)
    wrong: list[str] = []

    async def fails_once(*given: Any, **more: Any) -> rescuing.Rescued:
        if not wrong and not more["sole"]:
            wrong.append("once")
            raise RuntimeError("a row that nobody has thought of")
        return await rescuing.rescue(*given, **more)

    monkeypatch.setattr(running, "rescue", fails_once)

    async def scene(stage: Stage) -> None:
        async with stage.runner() as runner:
            stage.database.publish = lambda _: None  # as if the connection was lost in COMMIT
            await stage.ask()
            runner.doubted()
            assert await stage.ended() == ["done"]
            assert wrong

    play(scene)


def test_a_server_that_stops_interrupts_with_all_its_text(play: Callable[[Scene], None]) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=0.05):
            await stage.ask("/long")
            async with asyncio.timeout(PATIENCE):
                await stage.heard.wait()
        assert await stage.ended() == ["interrupted"]
        page = await stage.database.read(messages.page, stage.ada, stage.room)
        deltas = [event.data for event in stage.told if event.name == "reply.delta"]
        assert page.items[-1].content == "".join(each.text for each in deltas)  # type: ignore[union-attr]

    play(scene)


def test_replies_that_are_begun_with_their_questions_are_written_in_their_order(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner(pace=0.001) as runner:
            asked = [await stage.ask_here(runner, f"question {number}") for number in range(5)]
            assert await stage.ended(5) == ["done"] * 5
            await stage.ask()  # a promise by who writes none
            assert await stage.ended(6) == ["done"] * 6
            await stage.ask_here(runner)
            assert await stage.ended(7) == ["done"] * 7
        page = await stage.database.read(messages.page, stage.ada, stage.room)
        answered = [each.parent_id for each in page.items if each.reply is not None]
        assert answered[:5] == asked
        assert len(set(answered)) == 7
        assert all(each.content for each in page.items)

    play(scene)


def test_nothing_is_begun_before_a_runner_is_ready_or_once_it_stops(
    play: Callable[[Scene], None],
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.runner() as runner:
            given = runner.lease()
            assert given is not None
            assert given.until > stage.database.now()
            draft = posting.draft(stage.ada, stage.room, SendMessage(content="/help"))
            (posted,) = await stage.database.write(posting.post, [draft], lease=given)
        assert runner.lease() is None
        assert isinstance(posted, posting.Posted)
        runner.begin(posted.begun[0])  # its commit came when the server was stopping
        assert await stage.ended() == ["interrupted"]
        page = await stage.database.read(messages.page, stage.ada, stage.room)
        assert page.items[-1].reply is not None
        assert page.items[-1].reply.error == STOPPED

    play(scene)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_reply_is_written_though_nobody_waited_for_its_beginning(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch, confirmed: bool
) -> None:
    monkeypatch.setattr(running, "SWEEP", 0.01)
    monkeypatch.setattr(rescuing, "FRESH", timedelta(seconds=0.2))

    async def scene(stage: Stage) -> None:
        async with stage.runner() as runner:
            if not confirmed:  # as if the connection was lost in COMMIT, else as if it took long
                stage.database.publish = lambda _: runner.doubted()
            draft = posting.draft(stage.ada, stage.room, SendMessage(content="/help"))
            await stage.database.write(posting.post, [draft], lease=runner.lease())
            assert await stage.ended() == ["done"]

    play(scene)
