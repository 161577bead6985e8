"""Who is online: whoever has a connection, and for ten seconds after the last one is gone.

Kept in memory and computed from the hub's channels; the database hears of it once, when
someone goes offline. Changes are gathered for a tick.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from trialogue.core import members, users
from trialogue.core.errors import ChatError
from trialogue.live.channel import Channel, Connection, Listener
from trialogue.live.frames import encode_event
from trialogue.live.hub import Hub
from trialogue.live.timers import Wheel
from trialogue.store.database import Database

log = structlog.get_logger(__name__)

SMALL_ROOM = 50  # members up to which a conversation's members hear of each other
PEERS_MOST = 200
SAVED_AT_ONCE = 1_000  # users in one statement
GRACE = 10  # seconds between the last connection's end and going offline


class Presence:
    """Online states of the users of this node, and who hears of them."""

    def __init__(self, door: Database, hub: Hub, wheel: Wheel) -> None:
        self._door = door
        self._hub = hub
        self._wheel = wheel
        self._leaving: dict[str, int] = {}  # users without a connection, with the tick they go at
        self._rooms: dict[str, set[str]] = {}  # where users were when their connections ended
        self._traces: dict[str, set[str]] = {}  # the same by conversation
        self._changed: dict[str, bool] = {}  # with the state last told
        self._unsaved: dict[str, datetime] = {}
        self._saving = False
        self._watched_users: dict[str, set[Connection]] = {}
        self._watched_rooms: dict[str, set[Connection]] = {}
        self._watches: dict[Connection, tuple[frozenset[str], str | None]] = {}
        wheel.each_tick(self._tick)

    async def stop(self) -> None:
        """Keep when those were seen last who were online until now."""
        now = self._door.now()
        for user_id in [*self._leaving, *self._hub.listeners.users()]:
            self._unsaved.setdefault(user_id, now)
        await self._save()

    # Lines --------------------------------------------------------------------------------

    def arrive(self, connection: Connection, user_id: str, scope: str | None) -> None:
        """Take a connection in, here and in the hub; ChatError `gone` as in `Hub.register`."""
        known = self._hub.listeners.has(user_id)
        self._hub.register(connection, user_id, scope)
        if self._leaving.pop(user_id, None) is None and not known:
            self._changed.setdefault(user_id, False)
        if scope is None:
            self._forget_rooms(user_id)

    def leave(self, connection: Connection) -> None:
        """Leave a connection out; a second time does nothing."""
        listener = connection.listener
        if connection not in listener.connections:
            return
        rooms = [channel.id for channel in listener.channels]
        self.unwatch(connection)
        self._hub.unregister(connection)
        if listener.connections:
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

    async def peers_online(self, user_id: str) -> set[str]:
        """Who is online of those with whom a user shares a small conversation, at most 200."""
        if self._hub.listeners.has(user_id):
            return set(self.peers(user_id))
        shared = await self._door.read(members.conversation_ids, user_id)
        return set(self._peers_in(user_id, self._existing(shared)))

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

    def watch_users(self, connection: Connection, user_ids: Sequence[str]) -> list[str]:
        """Tell a connection of these users from now on, instead of whom it watched before; returns
        who of them is online."""
        self.unwatch(connection)
        self._watches[connection] = (frozenset(user_ids), None)
        for user_id in user_ids:
            self._watched_users.setdefault(user_id, set()).add(connection)
        return sorted(self.online(user_ids))

    def watch_room(self, connection: Connection, conversation_id: str) -> list[str]:
        """Tell a connection of the members of a conversation of any size; the caller has checked
        that its user is one of them. Returns who of them is online."""
        self.unwatch(connection)
        self._watches[connection] = (frozenset(), conversation_id)
        self._watched_rooms.setdefault(conversation_id, set()).add(connection)
        channel = self._hub.channels.get(conversation_id)
        return sorted(set(self._online_in(channel))) if channel is not None else []

    def unwatch(self, connection: Connection) -> None:
        """Tell a connection only of its peers again."""
        user_ids, conversation_id = self._watches.pop(connection, (frozenset(), None))
        for user_id in user_ids:
            _discard(self._watched_users, user_id, connection)
        if conversation_id is not None:
            _discard(self._watched_rooms, conversation_id, connection)

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
        news: dict[Connection, list[bytes]] = {}
        for user_id, told in changed.items():
            online = self.is_online(user_id)
            if online != told:
                self._tell(user_id, online, now, news)
            if not online:
                self._forget_rooms(user_id)
        for connection, frames in news.items():
            self._hub.writer.to_line(connection, None, None, b"".join(frames))
        if self._unsaved and not self._saving:
            self._hub.spawn(self._save())

    def _tell(
        self, user_id: str, online: bool, at: datetime, news: dict[Connection, list[bytes]]
    ) -> None:
        """Add a change to the `news` of this tick: when all come back at once, many changes are
        one write for each who hears of them."""
        last_seen_at = None if online else at
        data = {"user_id": user_id, "online": online, "last_seen_at": last_seen_at}
        frame = encode_event("presence", data)
        channels = self._channels_of(user_id)
        told = self._audience(user_id, channels)
        for listener in told:
            for connection in listener.connections:
                news.setdefault(connection, []).append(frame)
        for connection in self._watchers(user_id, channels):
            if connection.listener not in told:
                news.setdefault(connection, []).append(frame)

    def _audience(self, user_id: str, channels: Sequence[Channel]) -> set[Listener]:
        peers = set(self._peers_in(user_id, channels))
        return {
            listener
            for channel in channels
            if channel.member_count <= SMALL_ROOM
            for listener in channel.listeners
            if listener.user_id in peers
        }

    def _watchers(self, user_id: str, channels: Sequence[Channel]) -> set[Connection]:
        found = set(self._watched_users.get(user_id, ()))
        for channel in channels:
            for connection in self._watched_rooms.get(channel.id, ()):
                if connection.listener in channel.listeners:  # still a member
                    found.add(connection)
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


def _discard(index: dict[str, set[Connection]], key: str, connection: Connection) -> None:
    connections = index.get(key, set())
    connections.discard(connection)
    if not connections:
        index.pop(key, None)
