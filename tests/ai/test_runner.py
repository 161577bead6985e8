"""The runner of a node on a real database: promises are kept, also those of processes that died.

What people see of it is tested on whole servers (`e2e/test_replies.py`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.support.nowhere import nowhere
from trialogue.ai import runner as running
from trialogue.ai.asking import Asking
from trialogue.ai.chain import Chain
from trialogue.ai.circuit import Circuits
from trialogue.ai.credentials import Credentials
from trialogue.ai.demo import Demo
from trialogue.ai.links import DEMO, Link
from trialogue.ai.pictures import Pictures
from trialogue.ai.prices import Prices
from trialogue.ai.providers import Providers
from trialogue.ai.runner import Runner
from trialogue.core import assistants, conversations, messages, posting, runs, users, workspaces
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.policy import Actor
from trialogue.store.database import Database

PATIENCE = 60
Scene = Callable[["Stage"], Awaitable[None]]


class Stage:
    """A database with one person, one conversation with the default assistant, and runners."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.told: list[Event] = []
        self.heard = asyncio.Event()
        self.ada: Actor
        self.room = ""

    async def prepare(self) -> None:
        door = self.database
        workspace = await door.write(workspaces.ensure_default)
        self.assistant = await door.write(assistants.ensure_default, workspace)
        user_id = await door.write(users.register, workspace, username="ada", password_hash="-")
        self.ada = Actor(user_id, workspace, "owner", None)
        found, _ = await door.write(conversations.create_assistant, self.ada)
        self.room = found.id

    @asynccontextmanager
    async def runner(self, *, sole: bool = True, pace: float = 0.0) -> AsyncIterator[Runner]:
        """A node that writes replies until the end of the block."""
        providers = Providers(Credentials(), demo=Demo(pace))
        chain = Chain(providers, Prices.load(), Circuits(), usual=lambda: (Link(DEMO),))
        asking = Asking(self.database, chain, Pictures(self.database, nowhere()))
        made = Runner(self.database, asking, node="n", sole=sole, publish=self.hear)
        self.database.publish = made.committed
        await made.start()
        try:
            yield made
        finally:
            self.database.publish = lambda _: None
            await made.stop()

    def hear(self, happened: Sequence[Event]) -> None:
        """What the runner publishes."""
        self.told.extend(happened)
        self.heard.set()

    async def ask(self, content: str = "/help") -> str:
        draft = posting.draft(self.ada, self.room, SendMessage(content=content))
        (outcome,) = await self.database.write(posting.post, [draft])
        assert isinstance(outcome, posting.Posted)
        return outcome.message.id

    async def ended(self, count: int = 1) -> list[str]:
        """The states of the replies, once so many have ended."""
        async with asyncio.timeout(PATIENCE):
            while True:
                page = await self.database.read(messages.page, self.ada, self.room)
                states = [each.state for each in page.items if each.reply is not None]
                done = [state for state in states if state not in ("queued", "streaming")]
                if len(done) >= count:
                    return list(done)


@pytest.fixture
def play(database_url: str) -> Callable[[Scene], None]:
    """Runs a scene on an event loop."""

    def run(scene: Scene) -> None:
        async def whole() -> None:
            stage = Stage(database_url)
            await stage.prepare()
            try:
                await scene(stage)
            finally:
                await stage.database.close()

        asyncio.run(asyncio.wait_for(whole(), 4 * PATIENCE))

    return run


class Refusing:
    """Lets a door refuse the next reads and claims of a runner, as while the database is away."""

    def __init__(self, database: Database, times: int) -> None:
        self.refused = 0
        self._times = times
        self._read, self._write = database.read, database.write
        database.read = self.read  # type: ignore[method-assign, assignment]
        database.write = self.write  # type: ignore[method-assign, assignment]

    async def read(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As the door's."""
        self._refuse(fn)
        return await self._read(fn, *args, **kwargs)

    async def write(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As the door's."""
        self._refuse(fn)
        return await self._write(fn, *args, **kwargs)

    def _refuse(self, fn: Callable[..., Any]) -> None:
        if fn in (runs.claim, runs.orphans) and self.refused < self._times:
            self.refused += 1
            raise ChatError("unavailable", "The database is not available just now.")


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
            runs.claim, stage.room, stage.assistant, node="dead", until=until
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
            runs.claim, stage.room, stage.assistant, node="alive", until=until
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
