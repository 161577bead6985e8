"""A program's listeners hear what other processes do, by a thread of their own."""

import asyncio
import os
import select
from collections.abc import Iterator

import pytest
import redis

from tests.live.nodes import node, until
from tests.support.own_redis import OwnRedis
from tests.support.process import exit_code
from trialogue.core.events import Event, Typing
from trialogue.live.bus import client
from trialogue.live.bus.hearing import Hearing
from trialogue.live.bus.publisher import Publisher
from trialogue.live.bus.topics import prefix_of


def said(rev: int, room: str = "room") -> Event:
    return Event("typing", Typing("ada", True), room, rev=rev)


class Program:
    """Publishes and hears, as one process does."""

    def __init__(self, url: str, workspace: str) -> None:
        self.heard: list[Event] = []
        self.publisher = Publisher(url, lambda: workspace)
        mark = self.publisher
        self.hearing = Hearing(url, lambda: workspace, lambda: mark.mark, self.heard.append)

    def revs(self) -> list[int | None]:
        return [event.rev for event in self.heard]


@pytest.fixture
def workspace() -> str:
    """Channels that nobody else has."""
    return os.urandom(8).hex()


@pytest.fixture
def program(redis_url: str, workspace: str) -> Iterator[Program]:
    made = Program(redis_url, workspace)
    made.hearing.start()
    yield made
    made.hearing.stop()
    made.publisher.close()


def test_what_a_server_publishes_is_heard_whatever_it_is_about(
    program: Program, redis_url: str, workspace: str
) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix_of(workspace)) as server:
            server.bus.publish([said(rev, f"room {rev % 3}") for rev in range(300)])
            await until(lambda: len(program.heard) == 300)

    asyncio.run(scene())
    assert program.heard == [said(rev, f"room {rev % 3}") for rev in range(300)]


def test_its_own_echo_is_passed_over_and_others_are_not(
    program: Program, redis_url: str, workspace: str
) -> None:
    other = Program(redis_url, workspace)
    stranger = Program(redis_url, f"{workspace}-other")
    program.publisher.publish(said(1))
    program.publisher.flush()
    stranger.publisher.publish(said(2))
    stranger.publisher.flush()
    other.publisher.publish(said(3))
    asyncio.run(until(lambda: program.heard))
    assert program.revs() == [3]
    for each in (other, stranger):
        each.publisher.close()


def test_who_has_stopped_hears_nothing_until_it_starts_again(
    program: Program, redis_url: str, workspace: str
) -> None:
    other = Program(redis_url, workspace)
    other.hearing.start()
    program.hearing.start()  # once is enough: nothing comes twice
    program.hearing.stop()
    program.hearing.stop()
    program.hearing.start()
    other.publisher.publish(said(1))
    asyncio.run(until(lambda: program.heard))
    assert program.revs() == [1]
    other.hearing.stop()
    other.publisher.close()


def test_what_cannot_be_read_is_logged(
    program: Program, redis_url: str, workspace: str, caplog: pytest.LogCaptureFixture
) -> None:
    with redis.Redis.from_url(redis_url) as stranger:
        stranger.publish(f"{prefix_of(workspace)}:room", b"-" * 16 + b"poison")
    other = Program(redis_url, workspace)
    other.publisher.publish(said(1))
    asyncio.run(until(lambda: program.heard))
    assert "could not be read" in caplog.text
    other.publisher.close()


def test_redis_may_be_away_and_come_back(
    own_redis: OwnRedis, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LONGEST_PAUSE", 0.1)
    own_redis.kill()
    program, other = Program(own_redis.url, workspace), Program(own_redis.url, workspace)
    program.hearing.start()  # returns, though nothing is there
    own_redis.start()

    def again() -> bool:
        other.publisher.publish(said(1))
        return bool(program.heard)

    asyncio.run(until(again))
    program.hearing.stop()
    for each in (program, other):
        each.publisher.close()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_the_child_of_a_fork_hears_its_parent(
    program: Program, redis_url: str, workspace: str
) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, b"+")
            asyncio.run(until(lambda: program.heard))
            os._exit(0)
        finally:
            os._exit(1)
    assert select.select([reading], [], [], client.PATIENCE * 10)[0] == [reading]
    program.publisher.publish(said(1))
    assert exit_code(child) == 0
    os.close(reading)
    os.close(writing)
    assert program.heard == []
