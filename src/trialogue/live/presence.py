"""Who is online: whoever has a line, and for ten seconds after the last one is gone.

Kept in memory and computed from the hub's channels; the database hears of it once, when
someone goes offline. Changes are gathered for a tick.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from trialogue.core import members, users
from trialogue.core.errors import ChatError
from trialogue.live.channel import Channel, Line, Listener
from trialogue.live.door import Door
from trialogue.live.frames import encode_event
from trialogue.live.hub import Hub
from trialogue.live.timers import Wheel

log = structlog.get_logger(__name__)

SMALL_ROOM = 50  # members up to which a conversation's members hear of each other
PEERS_MOST = 200
SAVED_AT_ONCE = 1_000  # users in one statement
GRACE = 10  # seconds between the last connection's end and going offline


class Presence:
    """Online states of the users of this node, and who hears of them."""

    def __init__(self, door: Door, hub: Hub, wheel: Wheel) -> None:
        self._door = door
        self._hub = hub
        self._wheel = wheel
        self._leaving: dict[str, int] = {}  # users without a line, with the tick they go at
        self._rooms: dict[str, set[str]] = {}  # where users were when their lines ended
        self._traces: dict[str, set[str]] = {}  # the same by conversation
        self._changed: dict[str, bool] = {}  # with the state last told
        self._unsaved: dict[str, datetime] = {}
        self._saving = False
        self._watched_users: dict[str, set[Line]] = {}
        self._watched_rooms: dict[str, set[Line]] = {}
        self._watches: dict[Line, tuple[frozenset[str], str | None]] = {}
        wheel.each_tick(self._tick)

    async def stop(self) -> None:
        """Keep when those were seen last who were online until now."""
        now = self._door.now()
        for user_id in [*self._leaving, *self._hub.listeners.users()]:
            self._unsaved.setdefault(user_id, now)
        await self._save()

    # Lines --------------------------------------------------------------------------------

    def arrive(self, line: Line, user_id: str, scope: str | None) -> None:
        """Take a line in, here and in the hub; ChatError `gone` as in `Hub.register`."""
        known = self._hub.listeners.has(user_id)
        self._hub.register(line, user_id, scope)
        if self._leaving.pop(user_id, None) is None and not known:
            self._changed.setdefault(user_id, False)
        if scope is None:
            self._forget_rooms(user_id)

    def leave(self, line: Line) -> None:
        """Leave a line out; a second time does nothing."""
        listener = line.listener
        if line not in listener.lines:
            return
        rooms = [channel.id for channel in listener.channels]
        self.unwatch(line)
        self._hub.unregister(line)
        if listener.lines:
            return
        self._rooms.setdefault(listener.user_id, set()).update(rooms)
        for conversation_id in rooms:
            self._traces.setdefault(conversation_id, set()).add(listener.user_id)
        if not self._hub.listeners.has(listener.user_id):
            self._leaving[listener.user_id] = self._wheel.now + GRACE

    def _forget_rooms(self, user_id: str) -> None:
        for conversation_id in self._rooms.pop(user_id, ()):
            traces = self._traces[conversation_id]
            traces.discard(user_id)
            if not traces:
                del self._traces[conversation_id]

    # Questions ----------------------------------------------------------------------------

    def is_online(self, user_id: str) -> bool:
        """Whether a user has a connection, or had one a moment ago."""
        return self._hub.listeners.has(user_id) or user_id in self._leaving

    def online(self, user_ids: Iterable[str]) -> set[str]:
        """Those of the users who are online."""
        return {user_id for user_id in user_ids if self.is_online(user_id)}

    async def peers_online(self, user_id: str) -> list[str]:
        """Who is online of those with whom a user shares a small conversation, at most 200."""
        if self._hub.listeners.has(user_id):
            return self.peers(user_id)
        shared = await self._door.read(members.conversation_ids, user_id)
        return self._peers_in(user_id, self._existing(shared))

    def peers(self, user_id: str) -> list[str]:
        """The same for a user who is connected, without asking the database."""
        return self._peers_in(user_id, self._channels_of(user_id))

    def _peers_in(self, user_id: str, channels: Iterable[Channel]) -> list[str]:
        found: dict[str, None] = {}
        for channel in channels:
            if channel.member_count <= SMALL_ROOM:
                found.update(dict.fromkeys(self._online_in(channel)))
                if len(found) > PEERS_MOST:
                    break
        found.pop(user_id, None)
        return list(found)[:PEERS_MOST]

    def _online_in(self, channel: Channel) -> Iterator[str]:
        for listener in channel.listeners:
            yield listener.user_id
        for user_id in self._traces.get(channel.id, ()):
            if self.is_online(user_id):
                yield user_id

    def _channels_of(self, user_id: str) -> list[Channel]:
        found = [
            channel
            for listener in self._hub.listeners.all_of(user_id)
            for channel in listener.channels
        ]
        return found + self._existing(self._rooms.get(user_id, ()))

    def _existing(self, conversation_ids: Iterable[str]) -> list[Channel]:
        found = (self._hub.channels.get(conversation_id) for conversation_id in conversation_ids)
        return [channel for channel in found if channel is not None]

    # Watching -----------------------------------------------------------------------------

    def watch_users(self, line: Line, user_ids: Sequence[str]) -> list[str]:
        """Tell a line of these users from now on, instead of whom it watched before; returns
        who of them is online."""
        self.unwatch(line)
        self._watches[line] = (frozenset(user_ids), None)
        for user_id in user_ids:
            self._watched_users.setdefault(user_id, set()).add(line)
        return sorted(self.online(user_ids))

    def watch_room(self, line: Line, conversation_id: str) -> list[str]:
        """Tell a line of the members of a conversation of any size; the caller has checked
        that its user is one of them. Returns who of them is online."""
        self.unwatch(line)
        self._watches[line] = (frozenset(), conversation_id)
        self._watched_rooms.setdefault(conversation_id, set()).add(line)
        channel = self._hub.channels.get(conversation_id)
        return sorted(set(self._online_in(channel))) if channel is not None else []

    def unwatch(self, line: Line) -> None:
        """Tell a line only of its peers again."""
        user_ids, conversation_id = self._watches.pop(line, (frozenset(), None))
        for user_id in user_ids:
            _discard(self._watched_users, user_id, line)
        if conversation_id is not None:
            _discard(self._watched_rooms, conversation_id, line)

    # Telling ------------------------------------------------------------------------------

    def _tick(self) -> None:
        now = self._door.now() - timedelta(seconds=GRACE)
        while self._leaving:
            user_id, at = next(iter(self._leaving.items()))
            if at > self._wheel.now:
                break
            del self._leaving[user_id]
            self._changed.setdefault(user_id, True)
            self._unsaved[user_id] = now
        changed, self._changed = self._changed, {}
        for user_id, told in changed.items():
            online = self.is_online(user_id)
            if online != told:
                self._tell(user_id, online, now)
            if not online:
                self._forget_rooms(user_id)
        if self._unsaved and not self._saving:
            self._hub.spawn(self._save())

    def _tell(self, user_id: str, online: bool, at: datetime) -> None:
        last_seen_at = None if online else at
        data = {"user_id": user_id, "online": online, "last_seen_at": last_seen_at}
        frame = encode_event("presence", data)
        channels = self._channels_of(user_id)
        told = self._audience(user_id, channels)
        for listener in told:
            self._hub.writer.to(listener, None, None, frame)
        for line in self._watchers(user_id, channels):
            if line.listener not in told:
                self._hub.writer.to_line(line, None, None, frame)

    def _audience(self, user_id: str, channels: Sequence[Channel]) -> set[Listener]:
        peers = set(self._peers_in(user_id, channels))
        return {
            listener
            for channel in channels
            if channel.member_count <= SMALL_ROOM
            for listener in channel.listeners
            if listener.user_id in peers
        }

    def _watchers(self, user_id: str, channels: Sequence[Channel]) -> set[Line]:
        found = set(self._watched_users.get(user_id, ()))
        for channel in channels:
            for line in self._watched_rooms.get(channel.id, ()):
                if line.listener in channel.listeners:  # still a member
                    found.add(line)
        return found

    async def _save(self) -> None:
        """One write for all who went at the same time; what fails is tried at the next tick."""
        self._saving = True
        try:
            while self._unsaved:
                at = next(iter(self._unsaved.values()))
                gone = [user_id for user_id, seen in self._unsaved.items() if seen == at]
                await self._door.write(users.saw, gone[:SAVED_AT_ONCE], at)
                for user_id in gone[:SAVED_AT_ONCE]:
                    if self._unsaved.get(user_id) == at:
                        del self._unsaved[user_id]
        except ChatError:
            log.warning("when users were last seen could not be kept", users=len(self._unsaved))
        finally:
            self._saving = False


def _discard(index: dict[str, set[Line]], key: str, line: Line) -> None:
    lines = index.get(key, set())
    lines.discard(line)
    if not lines:
        index.pop(key, None)
