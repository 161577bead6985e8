"""Housekeeping: sessions end and old messages go by themselves; an idle server asks nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import statements
from tests.support.world import World
from trialogue.core import conversations, sessions
from trialogue.core.policy import Actor
from trialogue.store.blobs import LocalBlobs
from trialogue.store.database import Database
from trialogue.store.files import Files
from trialogue.store.housekeeping import Housekeeping

pytestmark = pytest.mark.anyio


class Old:
    """ada's room, in which something was said thirty days ago."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        world = World(self.database)
        self.ada: Actor = world.person("ada")
        world.at = self.database.now() - timedelta(days=30)
        self.room = world.room(self.ada)
        self.said = world.post(self.ada, self.room, "long ago")


def keep(
    database: Database,
    folder: Path,
    posted: Callable[[], int] = lambda: 0,
    *,
    retention_days: int | None = None,
) -> Housekeeping:
    """The chores of a server whose files are in a folder."""
    files = Files(LocalBlobs(folder), folder / "incoming")
    return Housekeeping(
        database, posted, retention_days=retention_days, files=files, cleanup_interval=60
    )


async def test_sessions_end_and_then_nothing_is_asked(database_url: str, tmp_path: Path) -> None:
    old = Old(database_url)
    posted = 1
    chores = keep(old.database, tmp_path, lambda: posted)
    assert await chores.sweep() == 1
    ended = await old.database.read(sessions.get, old.ada, old.said.session_id or "")
    assert (ended.state, ended.ended_at is not None) == ("expired", True)
    assert await chores.sweep() == 0
    assert await chores.purge() == 0
    await old.database.close()


async def test_old_messages_go(database_url: str, tmp_path: Path) -> None:
    old = Old(database_url)
    chores = keep(old.database, tmp_path, retention_days=7)
    assert await chores.purge() == old.said.seq
    shown = await old.database.read(conversations.open_page, old.ada, old.room)
    assert shown.messages == []
    assert await chores.purge() == 0
    await old.database.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_once_all_sessions_have_ended_it_asks_nothing(
    database_url: str, tmp_path: Path
) -> None:
    old = Old(database_url)
    old.database.limits = old.database.limits.__class__(session_timeout=-10_000)
    chores = keep(old.database, tmp_path)
    with statements.taken() as asked:
        assert await chores.sweep() == 0
    assert asked == []
    await old.database.close()


async def test_it_begins_and_ends_with_the_server(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    chores = keep(database, tmp_path, retention_days=1)
    chores.start()
    await chores.stop()
    await database.close()
