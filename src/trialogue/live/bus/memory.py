"""What a hub needs of a bus, and the bus of a single process."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from trialogue.core.events import Event
from trialogue.live.bus.topics import FOR_ALL, topics_of


class Bus(Protocol):
    """What a hub needs of a bus. Topics are ids: of conversations, and of connected users.

    A bus delivers at least the events of its topics, and those that concern all nodes. It may
    lose events, double them or change their order: the hub's law copes with that.
    """

    async def subscribe(self, topics: Iterable[str]) -> None:
        """From the return on, events of these topics are delivered."""

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """Events of these topics are no longer needed, even if a subscription to them is still
        under way."""

    def publish(self, events: Sequence[Event]) -> None:
        """Hand committed events to all nodes; does not wait."""


class MemoryBus:
    """The bus of a single process: what is published is delivered at once."""

    def __init__(self, deliver: Callable[[Event], None]) -> None:
        self._deliver = deliver
        self._topics: set[str] = set()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Deliver events of these topics from now on."""
        self.listen(topics)

    def listen(self, topics: Iterable[str]) -> None:
        """The same for who need not wait."""
        self._topics.update(topics)

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """Deliver events of these topics no longer."""
        self._topics.difference_update(topics)

    def publish(self, events: Sequence[Event]) -> None:
        """Deliver those events that someone on this node listens to."""
        for event in events:
            if any(topic == FOR_ALL or topic in self._topics for topic in topics_of(event)):
                self._deliver(event)
