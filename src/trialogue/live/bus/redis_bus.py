"""The bus of several processes, on Redis.

What this node commits its own hub hears at once, and the others by Redis: once on the
conversation's channel, or on those of the users concerned. Nobody ever waits for Redis but who
subscribes, and only while it is there.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence

import structlog
from redis.exceptions import RedisError

from trialogue.core.events import Event
from trialogue.live.bus import codec
from trialogue.live.bus.memory import MemoryBus
from trialogue.live.bus.sender import Sender
from trialogue.live.bus.subscriptions import Subscriptions
from trialogue.live.bus.topics import FOR_ALL

log = structlog.get_logger(__name__)


class RedisBus:
    """Events of all nodes. `touched` is told of conversations that have changed without an event
    that could be sent; `returned` is called when Redis is heard, at first and again."""

    def __init__(
        self,
        url: str,
        deliver: Callable[[Event], None],
        *,
        touched: Callable[[Iterable[str]], None],
        returned: Callable[[], None],
    ) -> None:
        self._node = secrets.token_hex(8).encode()
        self._prefix = ""
        self._local = MemoryBus(deliver)
        self._touched = touched
        self._sender = Sender(url)
        self._subscriptions = Subscriptions(url, self._hear, returned)

    async def start(self, prefix: str) -> None:
        """Begin to connect. All processes on one database name the same prefix, others another."""
        self._prefix = prefix
        await self._subscriptions.subscribe([self._channel(FOR_ALL)])
        self._subscriptions.start()
        self._sender.start()

    async def stop(self) -> None:
        """Send what is left, and hear nothing more."""
        await self._subscriptions.stop()
        await self._sender.stop()

    async def ping(self) -> float | None:
        """How long Redis takes to answer, in milliseconds; None where it cannot be reached, or
        where this node does not hear what it wants to."""
        try:
            took = await self._sender.ping()
        except (RedisError, OSError):
            return None
        return took if self._subscriptions.heard else None

    async def subscribe(self, topics: Iterable[str]) -> None:
        """From the return on, events of these topics are delivered. While Redis is away: those of
        this node, and at its return `returned` is called."""
        asked = tuple(topics)
        self._local.listen(asked)
        await self._subscriptions.subscribe([self._channel(topic) for topic in asked])

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """Deliver events of these topics no longer."""
        given_up = tuple(topics)
        self._local.unsubscribe(given_up)
        self._subscriptions.unsubscribe([self._channel(topic) for topic in given_up])

    def publish(self, events: Sequence[Event]) -> None:
        """Deliver on this node, and have the others told."""
        self._local.publish(events)
        for event in events:
            try:
                letters = codec.letters(event)
            except (TypeError, ValueError):
                log.exception("bus.not_encoded", event_name=event.name)
                continue
            for topic, data in letters:
                self._sender.put(self._channel(topic), self._node + data)

    def _channel(self, topic: str) -> str:
        return f"{self._prefix}:{topic}"

    def _hear(self, data: bytes) -> None:
        size = len(self._node)
        if data[:size] == self._node:
            return  # our own echo
        try:
            letter = codec.decode(data[size:])
        except codec.Unreadable as error:
            log.warning("bus.unreadable", reason=str(error))
            return
        if letter.event is not None:
            self._local.publish([letter.event])
        elif letter.conversation_id is not None:
            self._touched([letter.conversation_id])
