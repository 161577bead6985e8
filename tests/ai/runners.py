"""A database with one person and one assistant, and runners: the stage of the runner's tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.nowhere import nowhere
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
from trialogue.core import (
    assistants,
    conversations,
    messages,
    posting,
    runs,
    users,
    workspaces,
)
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.policy import Actor
from trialogue.store.batcher import Batcher
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

    async def ask_here(self, runner: Runner, content: str = "/help") -> str:
        """Ask where replies are written, as all do who ask a server."""
        posts = Batcher(self.database)
        posts.lease, posts.begin = runner.lease, runner.begin
        draft = posting.draft(self.ada, self.room, SendMessage(content=content))
        return (await posts.post(draft)).message.id

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


class Held:
    """Lets a door wait before it does one thing."""

    def __init__(self, database: Database, held: Callable[..., Any]) -> None:
        self.released = asyncio.Event()
        self._held, self._write = held, database.write
        database.write = self.write  # type: ignore[method-assign, assignment]

    async def write(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As the door's."""
        if fn is self._held:
            await self.released.wait()
        return await self._write(fn, *args, **kwargs)
