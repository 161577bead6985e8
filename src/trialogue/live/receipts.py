"""Delivered marks: which messages were handed to a connection of whom.

Kept in memory, told to small conversations about once a second, and written every ten
seconds. In conversations of more than 100 members nobody keeps them.
"""

import structlog

from trialogue.core import reads, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReadMark
from trialogue.live.channel import Channel
from trialogue.live.hub import SHARED_MARKS, Hub
from trialogue.live.timers import Wheel

log = structlog.get_logger(__name__)

TOLD = 20  # members up to which each one's delivered mark is told live: it costs members squared
KEPT_EVERY = 10  # seconds
KEPT_AT_ONCE = 1_000  # marks in one transaction


class Receipts:
    """What was handed over on this node and has not been told, or not been written."""

    def __init__(self, hub: Hub, wheel: Wheel) -> None:
        self._hub = hub
        self._wheel = wheel
        self._handed: dict[str, int] = {}  # by conversation: the last message that was written
        self._unsaved: dict[tuple[str, str], int] = {}
        self._saving = False
        hub.handed = self.handed
        hub.settle = self.settle
        wheel.each_tick(self._tick)

    async def stop(self) -> None:
        """Write what is left."""
        self._gather()
        await self._save()

    def handed(self, channel: Channel, seq: int) -> None:
        """A message was written to all listeners of a channel."""
        if channel.member_count <= SHARED_MARKS:
            self._handed[channel.id] = max(seq, self._handed.get(channel.id, 0))

    def settle(self, *channels: Channel) -> None:
        """Mark what was written to channels until now, before someone listens who did not get
        it: a newcomer, or a slow client that hears again."""
        for channel in channels:
            seq = self._handed.pop(channel.id, None)
            if seq is not None:
                self._mark_listeners(channel, seq)

    def caught_up(self, user_id: str, missed: wire.Changes) -> None:
        """A connection of a user was handed all that it had missed."""
        conversation = missed.conversation
        done = not missed.more and not missed.reload
        known = missed.delivered.get(user_id, 0)
        if done and known < conversation.last_seq and conversation.member_count <= SHARED_MARKS:
            small = conversation.member_count <= TOLD
            self._mark(conversation.id, user_id, conversation.last_seq, missed.rev, told=small)

    def _tick(self) -> None:
        self._gather()
        if self._unsaved and not self._saving and self._wheel.now % KEPT_EVERY == 0:
            self._hub.spawn(self._save())

    def _gather(self) -> None:
        handed, self._handed = self._handed, {}
        for conversation_id, seq in handed.items():
            channel = self._hub.channels.get(conversation_id)
            if channel is not None:
                self._mark_listeners(channel, seq)

    def _mark_listeners(self, channel: Channel, seq: int) -> None:
        told = channel.member_count <= TOLD
        for listener in channel.listeners:
            if any(connection.open for connection in listener.connections):
                self._mark(channel.id, listener.user_id, seq, channel.rev or 0, told=told)

    def _mark(self, conversation_id: str, user_id: str, seq: int, rev: int, *, told: bool) -> None:
        key = (conversation_id, user_id)
        if self._unsaved.get(key, 0) >= seq:
            return
        self._unsaved[key] = seq
        if told:
            mark = ReadMark(user_id, 0, seq, None)
            self._hub.bus.publish([Event("read.marked", mark, conversation_id, at_rev=rev)])

    async def _save(self) -> None:
        """A thousand at a time; what fails is tried again."""
        self._saving = True
        try:
            while self._unsaved:
                some = dict(list(self._unsaved.items())[:KEPT_AT_ONCE])
                await self._hub.door.write(reads.deliver, some)
                for key, seq in some.items():
                    if self._unsaved.get(key) == seq:
                        del self._unsaved[key]
        except ChatError:
            log.warning("delivered marks could not be kept", marks=len(self._unsaved))
        finally:
            self._saving = False
