"""The bus delivers what someone listens to, and nothing else."""

import asyncio

from trialogue.core.events import Event, LoginEnded
from trialogue.live.bus import MemoryBus

DATA = LoginEnded("login")


def test_only_events_of_subscribed_topics_are_delivered() -> None:
    heard: list[str] = []
    bus = MemoryBus(lambda event: heard.append(event.name))
    asyncio.run(bus.subscribe(["room", "ada"]))
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
    assert len(heard) == 3
