"""What other writers have done (more nodes, programs with the library, commands), asked of the
database: it is what holds where no bus tells of it, or the bus was away.

Costs nothing where nobody else writes: then it is not switched on.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

import structlog

from trialogue.core import elsewhere
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, Event, LoginEnded
from trialogue.live.hub import Hub
from trialogue.live.timers import Wheel
from trialogue.store.database import Database

T = TypeVar("T")
log = structlog.get_logger(__name__)

PERIOD = 2  # seconds between two questions
# Seconds looked back: clocks of two machines may differ by less, and a transaction is dated by
# its beginning.
LOOK_BACK = 60
LINGER = 15  # seconds of asking after another process has written; longer than a handshake
SOME = 50  # conversations whose newcomers one statement asks for
MANY = 1_000  # ids in one statement


class Others:
    """Asks every two seconds, and heals what has listeners on this node."""

    def __init__(self, door: Database, hub: Hub, wheel: Wheel, *, on: bool) -> None:
        self._door = door
        self._hub = hub
        self._wheel = wheel
        self._on = on
        self._behind = False  # the bus was away
        self._asking = False
        self._stamp: object = None
        self._until = 0
        self._seen: Mapping[str, int] = {}
        wheel.each_tick(self._tick)

    def returned(self) -> None:
        """The bus is heard again: whatever it told meanwhile was lost."""
        self._behind = True
        self._tick()

    def _tick(self) -> None:
        due = self._behind or (self._on and self._wheel.now % PERIOD == 0)
        if due and not self._asking:
            self._asking = True
            self._hub.spawn(self._ask())

    async def _ask(self) -> None:
        try:
            if self._behind:
                await self._catch_up()
            elif await self._is_due():
                await self.look()
        except ChatError as error:
            log.warning("others.not_asked", reason=error.detail)
        finally:
            self._asking = False

    async def _catch_up(self) -> None:
        self._behind = False
        try:
            await self._read_positions()
            await self.look()
        except BaseException:
            self._behind = True
            raise

    async def _read_positions(self) -> None:
        for some in _portions(list(self._hub.channels), MANY):
            for conversation_id, rev in (await self._door.read(elsewhere.positions, some)).items():
                self._hub.expect(conversation_id, rev)

    async def _is_due(self) -> bool:
        """SQLite knows whether anyone else has written, without being read."""
        stamp = await self._door.stamp()
        if stamp is None:
            return True
        if stamp != self._stamp:
            self._stamp = stamp
            self._until = self._wheel.now + LINGER
        return self._wheel.now < self._until

    async def look(self) -> None:
        """Ask once. Raises ChatError `unavailable`; what was missed is asked for again."""
        moved = await self._door.read(elsewhere.moved, LOOK_BACK)
        await self._let_in(moved)
        for conversation_id, rev in moved.items():
            self._hub.expect(conversation_id, rev)
        self._seen = moved
        await self._put_out()

    async def _let_in(self, moved: Mapping[str, int]) -> None:
        """Tell those who are connected here of conversations that they are in now."""
        known = {
            conversation_id: self._seen.get(conversation_id, 0)
            for conversation_id, rev in moved.items()
            if rev > self._seen.get(conversation_id, 0)
            and not self._went_through(conversation_id, rev)
        }
        for some in _portions(known, SOME):
            part = {conversation_id: known[conversation_id] for conversation_id in some}
            pairs = await self._door.read(elsewhere.joined, part, LOOK_BACK)
            unaware = [pair for pair in pairs if self._is_unaware(*pair)]
            if unaware:
                for event in await self._door.read(elsewhere.introductions, unaware):
                    self._introduce(event)

    def _went_through(self, conversation_id: str, rev: int) -> bool:
        """Whether the hub has let in whoever has come since the last question."""
        channel = self._hub.channels.get(conversation_id)
        if channel is None or (channel.rev or 0) < rev:
            return False
        return channel.base <= self._seen.get(conversation_id, -1)

    def _is_unaware(self, conversation_id: str, user_id: str) -> bool:
        """Whether a user is connected, and has not come into a conversation by an event."""
        listener = self._hub.listeners.wide.get(user_id)
        if listener is None:
            return False
        channel = self._hub.channels.get(conversation_id)
        return channel is None or not (
            listener in channel.listeners or listener in channel.newcomers
        )

    def _introduce(self, event: Event) -> None:
        for user_id in event.user_ids or ():
            if self._is_unaware(event.conversation_id or "", user_id):
                self._hub.receive(event)

    async def _put_out(self) -> None:
        """Close the sockets of logins and accounts that have ended."""
        logins = self._hub.listeners.logins()
        for some in _portions(logins, MANY):
            for login_id in await self._door.read(elsewhere.ended, some):
                self._end("login.ended", LoginEnded(login_id), logins[login_id])
        for some in _portions(self._hub.listeners.users(), MANY):
            for user_id in await self._door.read(elsewhere.deactivated, some):
                self._end("account.state", AccountState(active=False), user_id)

    def _end(self, name: str, data: LoginEnded | AccountState, user_id: str) -> None:
        self._hub.committed([Event(name, data, user_ids=(user_id,))])


def _portions(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
