"""The asynchronous door on each kind of database, driven by a loop of the test's own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.world import World
from trialogue.core.events import Event
from trialogue.store.database import Database

SERVERS = ["postgresql", "mariadb"]  # databases that have more than one writer


def linger(db: Session, seconds: float) -> None:
    """Let the database do nothing for a while, in the midst of a transaction."""
    function = "pg_sleep" if db.get_bind().dialect.name == "postgresql" else "SLEEP"
    db.execute(text(f"SELECT {function}(:seconds)"), {"seconds": seconds})


class Stage:
    """A door with its people; `run` drives one scene on an event loop."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.world = World(Database(url))
        self.published: list[Event] = []
        self.database.publish = self.published.extend

    def run(self, scene: Callable[[], Awaitable[Any]]) -> Any:
        """Run a scene, then close the door."""

        async def whole() -> Any:
            try:
                return await scene()
            finally:
                await self.database.close()

        return asyncio.run(whole())


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A door and its people."""
    made = Stage(database_url)
    yield made
    made.world.database.dispose()
