"""The library's way onto the bus: a thread that nobody waits for."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.nodes import Node, node, until
from tests.support.own_redis import OwnRedis
from tests.support.process import PATIENCE, exit_code
from trialogue.core.events import Event, Typing
from trialogue.live.bus import client
from trialogue.live.bus.publisher import Publisher
from trialogue.live.bus.topics import prefix_of

ROOM = "room"


@pytest.fixture
def workspace() -> str:
    """Channels that nobody else has."""
    return os.urandom(8).hex()


@pytest.fixture
def publisher(redis_url: str, workspace: str) -> Iterator[Publisher]:
    made = Publisher(redis_url, lambda: workspace)
    yield made
    made.close()


def said(rev: int) -> Event:
    return Event("typing", Typing("ada", True), ROOM, rev=rev)


def heard(url: str, workspace: str, scene: Any) -> list[int | None]:
    """The numbers that a server's end of the bus hears during a scene."""

    async def whole() -> list[int | None]:
        async with node(url, prefix_of(workspace)) as made:
            await made.bus.subscribe([ROOM])
            await scene(made)
            return made.revs()

    return asyncio.run(whole())


def test_what_is_published_is_heard_in_order(
    publisher: Publisher, redis_url: str, workspace: str
) -> None:
    async def scene(server: Node) -> None:
        for rev in range(1_000):
            publisher.publish(said(rev))
        await until(lambda: len(server.heard) == 1_000)

    assert heard(redis_url, workspace, scene) == list(range(1_000))
    assert publisher.flush()


def test_after_closing_the_next_event_connects_again(
    publisher: Publisher, redis_url: str, workspace: str
) -> None:
    async def scene(server: Node) -> None:
        for rev in range(3):
            publisher.publish(said(rev))
            await asyncio.to_thread(publisher.close)
        await until(lambda: len(server.heard) == 3)

    assert heard(redis_url, workspace, scene) == [0, 1, 2]


def test_without_redis_nobody_waits_and_when_it_comes_it_is_told(
    own_redis: OwnRedis, workspace: str
) -> None:
    own_redis.kill()
    publisher = Publisher(own_redis.url, lambda: workspace)
    started = time.monotonic()
    for rev in range(1_000):
        publisher.publish(said(rev))
    assert time.monotonic() - started < client.PATIENCE
    assert publisher.flush(30), "what could not be sent is dropped"
    own_redis.start()

    async def scene(server: Node) -> None:
        def again() -> bool:
            publisher.publish(said(2_000))
            return 2_000 in server.revs()

        await until(again)

    heard(own_redis.url, workspace, scene)
    publisher.close()


def test_what_fails_is_logged_and_the_next_event_is_sent(
    redis_url: str, workspace: str, caplog: pytest.LogCaptureFixture
) -> None:
    asked = []

    def workspace_id() -> str:
        asked.append(1)
        if len(asked) == 1:
            raise KeyError("no database just now")
        return workspace

    publisher = Publisher(redis_url, workspace_id)

    async def scene(server: Node) -> None:
        publisher.publish(said(1))
        await asyncio.to_thread(publisher.flush)
        publisher.publish(said(2))
        await until(lambda: server.heard)

    assert heard(redis_url, workspace, scene) == [2]
    assert "could not be told" in caplog.text
    publisher.close()


def test_data_that_cannot_cross_are_refused(publisher: Publisher) -> None:
    strange: Any = object()
    with pytest.raises(TypeError):
        publisher.publish(Event("strange", strange))


def test_what_is_no_url_of_redis_is_refused() -> None:
    with pytest.raises(ValueError, match="redis://"):
        Publisher("http://127.0.0.1", lambda: "x")


def forked(publisher: Publisher) -> int:
    """A child that says 2, and ends with 0 where that was sent."""
    child = os.fork()
    if child == 0:
        try:
            publisher.publish(said(2))
            os._exit(0 if publisher.flush(20) else 1)
        finally:
            os._exit(2)
    return child


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_after_a_fork_parent_and_child_both_publish(
    publisher: Publisher, redis_url: str, workspace: str
) -> None:
    async def scene(server: Node) -> None:
        publisher.publish(said(1))
        await until(lambda: server.heard)
        child = forked(publisher)
        assert await asyncio.to_thread(exit_code, child) == 0
        publisher.publish(said(3))
        await until(lambda: len(server.heard) == 3)

    assert heard(redis_url, workspace, scene) == [1, 2, 3]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_waits_for_no_lock_of_its_parents_threads(
    publisher: Publisher, redis_url: str, workspace: str
) -> None:
    held, go_on = threading.Event(), threading.Event()

    def hold(lock: Any) -> None:
        with lock:
            held.set()
            go_on.wait(PATIENCE)

    async def scene(server: Node) -> None:
        publisher.publish(said(1))
        await until(lambda: server.heard)
        assert publisher.flush(PATIENCE)
        assert publisher._redis is not None
        lock = publisher._redis.connection_pool._lock
        thread = threading.Thread(target=hold, args=(lock,))
        thread.start()
        assert held.wait(PATIENCE)
        child = forked(publisher)
        try:
            assert await asyncio.to_thread(exit_code, child) == 0
        finally:
            go_on.set()
            thread.join()

    assert heard(redis_url, workspace, scene) == [1, 2]
