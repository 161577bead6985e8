"""Tells listeners of this process what has been committed, in the order of the commits, and
other processes by way of `publish`.

A transaction numbers its place while it still holds its conversations' locks, and is heard
after its commit: so no two threads can be heard in another order than they committed.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from trialogue.core.events import Event

Listener = Callable[[Event], object]
log = logging.getLogger("trialogue")


@dataclass(slots=True, eq=False)
class _Part:
    """What one transaction has to tell of one conversation."""

    events: list[Event] = field(default_factory=list)
    settled: bool = False


@dataclass(slots=True, eq=False)
class Ticket:
    """The place of one transaction in each conversation that it tells of."""

    parts: dict[str | None, _Part]


class Announcer:
    """The listeners of one door, and what they are still to hear."""

    def __init__(self) -> None:
        self.publish: Listener = lambda event: None  # to other processes
        self._listeners: tuple[Listener, ...] = ()
        self._streams: dict[str | None, deque[_Part]] = {}
        self._ready: deque[tuple[Event, bool]] = deque()  # and whether it is our own
        self._telling = False
        self._lock = threading.Lock()

    def add(self, listener: Listener) -> None:
        """Let someone hear what is committed from now on."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Let someone hear no more; who does not listen is no error."""
        with self._lock:
            self._listeners = tuple(each for each in self._listeners if each is not listener)

    @property
    def is_heard(self) -> bool:
        """Whether anyone listens."""
        return bool(self._listeners)

    def expect(self, recorded: Sequence[Event]) -> Ticket:
        """Take places for what is about to be committed; `settle` must follow."""
        parts: dict[str | None, _Part] = {}
        for event in recorded:
            parts.setdefault(event.conversation_id, _Part()).events.append(event)
        with self._lock:
            for conversation_id, part in parts.items():
                self._streams.setdefault(conversation_id, deque()).append(part)
        return Ticket(parts)

    def settle(self, ticket: Ticket, *, committed: bool) -> None:
        """Say how it ended; `tell` lets it be heard."""
        with self._lock:
            for conversation_id, part in ticket.parts.items():
                part.settled = True
                if not committed:
                    part.events.clear()
                self._advance(conversation_id)

    def _advance(self, conversation_id: str | None) -> None:
        stream = self._streams[conversation_id]
        while stream and stream[0].settled:
            self._ready.extend((event, True) for event in stream.popleft().events)
        if not stream:
            del self._streams[conversation_id]

    def tell(self) -> None:
        """Let listeners hear what is ready. One thread at a time does it, for the others too; a
        listener that changes something is told of it when it has returned."""
        with self._lock:
            if self._telling:
                return
            self._telling = True
        try:
            while (ready := self._next()) is not None:
                event, ours = ready
                if ours:
                    _tell_one(self.publish, event)
                for listener in self._listeners:
                    _tell_one(listener, event)
        except BaseException:
            with self._lock:
                self._telling = False
            raise

    def hear(self, event: Event) -> None:
        """Let listeners hear what another process has committed."""
        with self._lock:
            self._ready.append((event, False))
        self.tell()

    def _next(self) -> tuple[Event, bool] | None:
        """What is to be told next; with None this thread has stopped telling."""
        with self._lock:
            if self._ready:
                return self._ready.popleft()
            self._telling = False
            return None

    def renew(self) -> None:
        """In the child of a fork: what other threads were about to tell, the parent tells."""
        self._streams, self._ready, self._telling = {}, deque(), False
        self._lock = threading.Lock()


def _tell_one(listener: Listener, event: Event) -> None:
    """The change is committed: a listener that fails must not look like a change that did."""
    try:
        listener(event)
    except Exception:
        log.exception("A listener failed on %s.", event.name)
