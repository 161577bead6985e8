"""The bus: committed events, from whoever committed them to the hubs of all nodes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from trialogue.core.events import Event


class Bus(Protocol):
    """What a hub needs of a bus. Topics are ids: of conversations, and of connected users.

    A bus delivers at least the events of its topics, and those that name no topic. It may
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
        self._topics.update(topics)

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """Deliver events of these topics no longer."""
        self._topics.difference_update(topics)

    def publish(self, events: Sequence[Event]) -> None:
        """Deliver those events that someone on this node listens to."""
        for event in events:
            if self._wanted(event):
                self._deliver(event)

    def _wanted(self, event: Event) -> bool:
        if event.user_ids is not None:
            return any(user_id in self._topics for user_id in event.user_ids)
        return event.conversation_id is None or event.conversation_id in self._topics
