"""What every bus does: it delivers what someone listens to, and nothing else."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.live.nodes import node
from trialogue.core.events import Event, LoginEnded
from trialogue.live.bus import Bus, MemoryBus

DATA = LoginEnded("login")
Heard = list[str]
Opened = Callable[[Heard], Any]


@asynccontextmanager
async def memory(heard: Heard) -> AsyncIterator[Bus]:
    yield MemoryBus(lambda event: heard.append(event.name))


@pytest.fixture(params=["memory", "redis"])
def opened(request: pytest.FixtureRequest) -> Opened:
    """Opens a bus that writes down the names of what it delivers."""
    if request.param == "memory":
        return memory
    url = request.getfixturevalue("redis_url")

    @asynccontextmanager
    async def on_redis(heard: Heard) -> AsyncIterator[Bus]:
        prefix = f"test:{os.urandom(8).hex()}"
        async with node(url, prefix, lambda event: heard.append(event.name)) as made:
            yield made.bus

    return on_redis


class TestAnyBus:
    """One contract for both."""

    def test_only_events_of_subscribed_topics_are_delivered(self, opened: Opened) -> None:
        async def scene() -> Heard:
            heard: Heard = []
            async with opened(heard) as bus:
                await bus.subscribe(["room", "ada"])
                bus.publish(
                    [
                        Event("in the room", DATA, "room", rev=1),
                        Event("elsewhere", DATA, "another", rev=1),
                        Event("to ada", DATA, "another", user_ids=("bob", "ada")),
                        Event("to bob", DATA, "room", user_ids=("bob",)),
                        Event("to everyone", DATA),
                    ]
                )
                assert heard == ["in the room", "to ada", "to everyone"]
                bus.unsubscribe(["room"])
                bus.publish([Event("in the room", DATA, "room", rev=2)])
            return heard

        assert asyncio.run(scene()) == ["in the room", "to ada", "to everyone"]

    @pytest.mark.parametrize("name", ["login.ended", "account.state", "user.updated"])
    def test_what_concerns_all_nodes_needs_no_subscription(self, opened: Opened, name: str) -> None:
        async def scene() -> Heard:
            heard: Heard = []
            async with opened(heard) as bus:
                bus.publish([Event(name, DATA, user_ids=("nobody who is here",))])
            return heard

        assert asyncio.run(scene()) == [name]

    def test_who_gives_up_while_subscribing_is_not_subscribed(self, opened: Opened) -> None:
        async def scene() -> Heard:
            heard: Heard = []
            async with opened(heard) as bus:
                under_way = asyncio.create_task(bus.subscribe(["room"]))
                await asyncio.sleep(0)
                bus.unsubscribe(["room"])
                await under_way
                bus.publish([Event("too late", DATA, "room", rev=1)])
                await bus.subscribe(["room"])
                bus.publish([Event("again", DATA, "room", rev=2)])
            return heard

        assert asyncio.run(scene()) == ["again"]
