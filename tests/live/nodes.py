"""A node's end of the bus on a real Redis, and what has come there."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from trialogue.core.events import Event
from trialogue.live.bus.redis_bus import RedisBus

PATIENCE = 30  # seconds after which a test that waits has failed


@dataclass
class Node:
    """`heard` are the events, `touched` the conversations to be looked at, `returns` how often
    Redis has come."""

    bus: RedisBus
    heard: list[Event] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    returns: int = 0

    def revs(self) -> list[int | None]:
        """The numbers of what was heard."""
        return [event.rev for event in self.heard]


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that Redis brings."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 — others set what is looked at
            await asyncio.sleep(0.005)  # sleep: between two looks


@asynccontextmanager
async def node(
    url: str,
    prefix: str,
    deliver: Callable[[Event], None] | None = None,
    *,
    absent: bool = False,
) -> AsyncIterator[Node]:
    """A node that hears Redis, or would like to where it is `absent`."""
    made: Node

    def returned() -> None:
        made.returns += 1

    bus = RedisBus(
        url,
        lambda event: (deliver or made.heard.append)(event),
        touched=lambda conversation_ids: made.touched.extend(conversation_ids),
        returned=returned,
    )
    made = Node(bus)
    await bus.start(prefix)
    try:
        if not absent:
            await until(lambda: made.returns)
        yield made
    finally:
        await bus.stop()
