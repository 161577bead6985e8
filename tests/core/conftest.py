"""The stage of the core's tests."""

from collections.abc import Iterator

import pytest

from tests.support.world import World
from trialogue.store.database import Database


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An empty workspace on each kind of database."""
    database = Database(database_url)
    yield World(database)
    database.dispose()
