"""A conversation that someone on this node listens to: who, and what may be written next.

Pure: the order of events is decided here, everything else in `hub.py`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from trialogue.core.events import Event

PENDING_MOST = 1_000  # events kept for a gap to close; a read brings them all the same

# What a connection keeps that cannot write just now: rev (None: not numbered) and frame.
Batch = Sequence[tuple[int | None, bytes]]


class Connection(Protocol):
    """One connection, whatever carries it.

    While `open`, frames go to `write`; otherwise they are offered to `hold`, which keeps them
    (the connection is not ready yet) or drops them (it cannot keep up, or is closing). Whoever
    changes `open` calls `listener.changed()`.
    """

    open: bool
    listener: "Listener"
    write: Callable[[bytes], None]

    @property
    def login_id(self) -> str | None:
        """The login by which the user came."""

    def hold(self, conversation_id: str | None, batch: Batch) -> None:
        """Take frames that cannot be written now."""

    def forget(self, conversation_id: str) -> None:
        """Drop held frames of a conversation: they will be brought another way."""

    def expel(self) -> None:
        """The one conversation that is heard here is out of bounds now: write no more, close."""

    def close(self, code: int, reason: str) -> None:
        """Write nothing more and close."""


Outlets = tuple[list[Callable[[bytes], None]], list[Connection]]


class Arrival:
    """What happens to a listener while its first connection is being attached (`arrivals.py`)."""

    __slots__ = ("added", "done", "joined")

    def __init__(self) -> None:
        self.added: dict[Channel, None] = {}  # on the word of a list that may be old
        self.joined: set[str] = set()  # by a change that was applied in the meantime
        self.done = asyncio.Event()


class Listener:
    """A connected user with all of their connections.

    `scope` is None for connections that hear all conversations, else the only one they hear. Only
    a `settled` listener has connections that write; before, all of them hold.
    """

    __slots__ = ("arriving", "channels", "connections", "scope", "settled", "user_id")

    def __init__(self, user_id: str, scope: str | None) -> None:
        self.user_id = user_id
        self.scope = scope
        self.connections: list[Connection] = []
        self.channels: list[Channel] = []  # a set would cost 2 kB a user in 20 rooms
        self.settled = False
        self.arriving: Arrival | None = None

    def changed(self) -> None:
        """To be called when connections come or go, or open or close their ears."""
        for channel in self.channels:
            channel.outlets = None


class Newcomer:
    """A listener who is let in once a read has shown that they are a member.

    `since` is the rev up to which they know the conversation. Connections that are `told` know
    of it already; for the others `created` is the frame that tells them. `missed` are frames
    for later, when it is certain that they may hear them.
    """

    __slots__ = ("created", "missed", "since", "told")

    def __init__(self, since: int, created: bytes | None) -> None:
        self.since = since
        self.created = created
        self.told = created is None
        self.missed: list[tuple[int, bytes]] = []


class Channel:
    """The order of one conversation: `rev` is the last change that was written.

    `rev` is None until a snapshot gives it. All changes after `base` went through this
    channel one by one or in a `changes` frame.
    """

    __slots__ = (
        "again",
        "base",
        "batch",
        "healing",
        "id",
        "listeners",
        "member_count",
        "newcomers",
        "outlets",
        "pending",
        "rev",
        "subscribed",
        "timer",
        "waiting",
        "want",
    )

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.rev: int | None = None
        self.base = 0
        self.want = 0  # the highest rev known to exist
        self.member_count = 0
        self.listeners: dict[Listener, None] = {}  # in the order in which they came
        self.outlets: Outlets | None = None
        self.batch: list[tuple[int | None, bytes]] = []
        self.pending: dict[int, Event] = {}  # numbered, by rev
        self.waiting: list[Event] = []  # not numbered, for their `at_rev`
        self.newcomers: dict[Listener, Newcomer] = {}
        self.timer: asyncio.TimerHandle | None = None
        self.subscribed = False
        self.healing = False
        self.again = False  # heal once more: the last read may have been too early

    def add(self, listener: Listener) -> None:
        """Let a listener hear what is written from now on."""
        self.listeners[listener] = None
        listener.channels.append(self)
        self.outlets = None

    def remove(self, listener: Listener) -> None:
        """Let a listener hear nothing more."""
        if listener in self.listeners:
            del self.listeners[listener]
            listener.channels.remove(self)
            self.outlets = None

    def find_outlets(self) -> "Outlets":
        """Where to write to: kept flat, since walking from listener to connection to transport
        for every frame costs a seventh of the fan-out (cache misses)."""
        connections = [each for listener in self.listeners for each in listener.connections]
        self.outlets = (
            [connection.write for connection in connections if connection.open],
            [connection for connection in connections if not connection.open],
        )
        return self.outlets

    def open(self, rev: int, member_count: int) -> None:
        """Begin at a snapshot; what it contains already is dropped."""
        self.rev = self.base = rev
        self.member_count = member_count
        self.forget_old()

    def offer(self, event: Event) -> bool:
        """Whether an event is to be written now; if its time has not come it is kept, if its
        time is over it is dropped."""
        if event.rev is None:
            if self._is_due(event):
                return True
            self.waiting.append(event)
            del self.waiting[:-PENDING_MOST]
            return False
        if self.rev is not None and event.rev <= self.rev:
            return False
        if not self.blocked and event.rev == self.rev_after:
            return True
        self.want = max(self.want, event.rev)
        self.pending[event.rev] = event
        if len(self.pending) > PENDING_MOST:
            self.pending.clear()
        return False

    def next(self) -> Event | None:
        """A kept event whose time has come."""
        if self.blocked:
            return None
        for place, event in enumerate(self.waiting):
            if self._is_due(event):
                return self.waiting.pop(place)
        return self.pending.pop(self.rev_after, None)

    def expect(self, listener: Listener, newcomer: Newcomer) -> None:
        """Keep a newcomer until a read lets them in."""
        known = self.newcomers.get(listener)
        if known is not None:
            newcomer.since = min(newcomer.since, known.since)
            newcomer.created = newcomer.created or known.created
            newcomer.told = newcomer.told or known.told
        self.newcomers[listener] = newcomer

    def close(self) -> Sequence[Event]:
        """Apply nothing more; returns what was kept for users, whoever else listens."""
        kept, self.waiting = self.waiting, []
        self.pending.clear()
        self.want = 0
        if self.timer is not None:
            self.timer.cancel()
        return [event for event in kept if event.user_ids is not None]

    @property
    def blocked(self) -> bool:
        """Whether a read is under way that decides what comes next."""
        return self.rev is None or self.healing

    @property
    def behind(self) -> bool:
        """Whether changes are known to exist that have not come."""
        return bool(self.pending or self.waiting) or self.want > (self.rev or 0)

    @property
    def rev_after(self) -> int:
        """The rev that comes next."""
        return (self.rev or 0) + 1

    @property
    def empty(self) -> bool:
        """Whether nobody listens or is about to."""
        return not self.listeners and not self.newcomers

    def _is_due(self, event: Event) -> bool:
        return not self.blocked and (event.at_rev or 0) <= (self.rev or 0)

    def forget_old(self) -> None:
        """Drop what the present `rev` contains."""
        rev = self.rev or 0
        self.pending = {number: event for number, event in self.pending.items() if number > rev}
