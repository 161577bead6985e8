"""Who listens on this node, and what they hear: in order of `rev`, encoded once.

The law: for each conversation with listeners the hub knows the last change written and who
is a member, and writes strictly in order; so nobody hears a numbered change later than their
own removal, whatever the bus did. `heal.py` closes gaps, `arrivals.py` lets listeners in.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import structlog

from trialogue.core import events, members, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, ReadMark
from trialogue.live import heal
from trialogue.live.bus import Bus
from trialogue.live.channel import Channel, Line, Listener, Newcomer
from trialogue.live.door import Door
from trialogue.live.frames import encode_event, encode_recorded
from trialogue.live.timers import Wheel

log = structlog.get_logger(__name__)

GAP_PATIENCE = 0.05  # seconds that events may be out of order before the node reads
SHARED_MARKS = 100  # members up to which all hear each other's read marks
LOGIN_MEMORY = 60  # seconds; longer than any handshake may take


class Hub:
    """All listeners and channels of this node. Everything here runs on the event loop."""

    def __init__(
        self, door: Door, make_bus: Callable[[Callable[[Event], None]], Bus], wheel: Wheel
    ) -> None:
        self.door = door
        self.bus = make_bus(self.receive)
        self.channels: dict[str, Channel] = {}
        self.listeners: dict[str, Listener] = {}
        self.scoped: dict[str, dict[str, Listener]] = {}
        self._wheel = wheel
        self._ended: dict[str, int] = {}  # logins, with the tick in which they ended
        self._marks: dict[tuple[str, str], Event] = {}
        self._profiles: dict[str, Event] = {}
        self._dirty: list[Channel] = []
        self._tasks: set[asyncio.Task[None]] = set()
        wheel.each_tick(self._tick)

    async def stop(self) -> None:
        """End reads that are under way. Lines are closed by the server before this."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What comes in ------------------------------------------------------------------------

    def receive(self, event: Event) -> None:
        """An event from the bus, in whatever order."""
        try:
            self._route(event)
        except Exception:  # noqa: BLE001  the next event must not suffer
            log.exception("an event could not be delivered", event_name=event.name)
            if event.conversation_id is not None:
                self.touched([event.conversation_id])

    def committed(self, happened: Sequence[Event]) -> None:
        """What this node has just committed: who is out hears nothing from here on, not even
        if the bus loses the event."""
        for event in happened:
            if isinstance(event.data, events.LoginEnded):
                self._end_login(event)
            elif event.name == "member.left":
                self._shut_out(event)

    def touched(self, conversation_ids: Iterable[str]) -> None:
        """These conversations may have changed without an event: read them."""
        for conversation_id in conversation_ids:
            channel = self.channels.get(conversation_id)
            if channel is not None:
                heal.soon(self, channel)

    def _route(self, event: Event) -> None:
        if isinstance(event.data, events.LoginEnded):
            self._end_login(event)
        elif event.name == "user.updated":
            self._profile_changed(event)
        elif event.name == "read.marked":
            self._gather_mark(event)
        else:
            self._offer(event)

    def _offer(self, event: Event) -> None:
        if isinstance(event.data, wire.Conversation):
            event = replace(event, at_rev=event.data.last_rev)
        channel = self.channels.get(event.conversation_id or "")
        if channel is None:
            self._without_channel(event)
        elif channel.offer(event):
            self._write(channel, event)
            self.drain(channel)
        else:
            self.mind(channel)

    def _without_channel(self, event: Event) -> None:
        if event.name == "conversation.created":
            self._created(event)
        elif event.user_ids is not None:
            self._to_own(event)

    # In order -----------------------------------------------------------------------------

    def drain(self, channel: Channel) -> None:
        """Write what was kept and whose time has come."""
        while (event := channel.next()) is not None:
            self._write(channel, event)
        self.mind(channel)

    def mind(self, channel: Channel) -> None:
        """See to it that a gap does not stay."""
        if channel.behind and not channel.blocked and channel.timer is None:
            loop = asyncio.get_running_loop()
            channel.timer = loop.call_later(GAP_PATIENCE, self._gap_stayed, channel)

    def _gap_stayed(self, channel: Channel) -> None:
        channel.timer = None
        if channel.behind and self.channels.get(channel.id) is channel:
            heal.soon(self, channel)

    def _write(self, channel: Channel, event: Event) -> None:
        if event.rev is not None:
            self._apply(channel, event, event.rev)
        elif event.name == "conversation.created":
            self._created(event)
        elif event.user_ids is not None:
            self._to_own(event)
        elif isinstance(event.data, ReadMark) and channel.member_count > SHARED_MARKS:
            self._to_own(replace(event, user_ids=(event.data.user_id,)))
        else:
            self.tell(channel, None, encode_recorded(event))

    def _apply(self, channel: Channel, event: Event, rev: int) -> None:
        channel.rev = rev
        data = event.data
        if isinstance(data, wire.Member):
            event = replace(event, data=self.with_presence(data))
            if event.name == "member.joined":
                channel.member_count += 1
                self._let_in(channel, data.user.id, rev)
        elif isinstance(data, wire.LiveConversation):
            channel.member_count = data.member_count
        if channel.listeners:
            self.tell(channel, rev, encode_recorded(event))
        if isinstance(data, wire.Member) and event.name == "member.left":
            channel.member_count -= 1
            self._let_go(channel, data.user.id, rev)

    def _let_in(self, channel: Channel, user_id: str, rev: int) -> None:
        if channel.gone.get(user_id, 0) > rev:
            return
        for listener in self.listeners_of(user_id, channel.id):
            self.attach(channel, listener)
            if listener.arriving is not None:
                listener.arriving.joined.add(channel.id)

    def _let_go(self, channel: Channel, user_id: str, rev: int) -> None:
        self.flush(channel)  # the leaver hears this frame, and no other
        if channel.gone.get(user_id, rev) <= rev:
            channel.gone.pop(user_id, None)
        for listener in self.listeners_of(user_id, channel.id):
            self.dismiss(channel, listener)

    def with_presence(self, member: wire.Member) -> wire.Member:
        """A member with what only the sockets know: whether they are online."""
        online = self.is_connected(member.user.id)
        return replace(member, user=replace(member.user, online=online))

    # Ahead of the order -------------------------------------------------------------------

    def _shut_out(self, event: Event) -> None:
        channel = self.channels.get(event.conversation_id or "")
        assert isinstance(event.data, wire.Member)
        rev = event.data.rev
        if channel is None or (channel.rev is not None and rev <= channel.rev):
            return
        user_id = event.data.user.id
        channel.gone[user_id] = rev
        frame = encode_recorded(replace(event, data=self.with_presence(event.data)))
        self.flush(channel)
        for listener in self.listeners_of(user_id, channel.id):
            self.show_out(channel, listener, rev, frame)

    def show_out(self, channel: Channel, listener: Listener, rev: int, frame: bytes) -> None:
        """Tell a listener of their removal, if they know of the conversation, and no more."""
        newcomer = channel.newcomers.pop(listener, None)
        if listener in channel.listeners or (newcomer is not None and newcomer.created is None):
            self.to(listener, channel.id, rev, frame)
        self.dismiss(channel, listener)

    def _end_login(self, event: Event) -> None:
        assert isinstance(event.data, events.LoginEnded)
        login_id = event.data.login_id
        self._ended[login_id] = self._wheel.now
        for user_id in event.user_ids or ():
            for listener in self._all_listeners_of(user_id):
                for line in [line for line in listener.lines if line.login_id == login_id]:
                    line.close(4009, "this login has ended")

    # Users --------------------------------------------------------------------------------

    def _created(self, event: Event) -> None:
        """Someone was put into a conversation. Where the numbered `member.joined` is still to
        come it lets them in, otherwise a read does, which also sees a removal whose event was
        published earlier."""
        data, conversation_id = event.data, event.conversation_id
        assert isinstance(data, wire.Conversation)
        assert conversation_id is not None
        for user_id in event.user_ids or ():
            listener = self.listeners.get(user_id)
            if listener is None:
                continue
            channel = self.channels.get(conversation_id)
            if channel is not None and listener in channel.listeners:
                self.to(listener, conversation_id, None, encode_recorded(event))
            else:
                frame = encode_recorded(event)
                self.welcome(listener, conversation_id, data.last_rev, data.member_count, frame)

    def welcome(
        self,
        listener: Listener,
        conversation_id: str,
        since: int,
        member_count: int,
        created: bytes | None = None,
    ) -> None:
        """Let a listener in who knows a conversation up to `since`, once a read has shown that
        they are a member."""
        channel = self.channels.get(conversation_id)
        if channel is None:
            channel = self.channels[conversation_id] = Channel(conversation_id)
            channel.open(since, member_count)
        if channel.gone.get(listener.user_id, 0) <= since:
            known = channel.newcomers.get(listener)
            if known is not None:
                since = min(since, known.since)
                created = created and known.created
            channel.newcomers[listener] = Newcomer(since, created)
        heal.soon(self, channel)

    def _to_own(self, event: Event) -> None:
        frame = encode_recorded(event)
        for user_id in event.user_ids or ():
            for listener in self.listeners_of(user_id, event.conversation_id):
                self.to(listener, event.conversation_id, None, frame)

    def _profile_changed(self, event: Event) -> None:
        assert isinstance(event.data, wire.User)
        under_way = event.data.id in self._profiles
        self._profiles[event.data.id] = event
        if not under_way:
            self.spawn(self._tell_profile(event.data.id))

    async def _tell_profile(self, user_id: str) -> None:
        try:
            shared = await self.door.read(members.conversation_ids, user_id)
        finally:
            event = self._profiles.pop(user_id)  # the latest, should it have changed again
        assert isinstance(event.data, wire.User)
        data = replace(event.data, online=self.is_connected(user_id))
        audience = set(self._all_listeners_of(user_id))
        for conversation_id in shared:
            channel = self.channels.get(conversation_id)
            audience.update(channel.listeners if channel is not None else ())
        frame = encode_event("user.updated", data)
        for listener in audience:
            self.to(listener, None, None, frame)

    def _gather_mark(self, event: Event) -> None:
        assert isinstance(event.data, ReadMark)
        if event.conversation_id not in self.channels:
            return
        key = (event.conversation_id, event.data.user_id)
        known = self._marks.get(key)
        if known is None or cast(ReadMark, known.data).read_seq <= event.data.read_seq:
            self._marks[key] = event

    def _tick(self) -> None:
        marks, self._marks = self._marks, {}
        for (conversation_id, _), event in marks.items():
            channel = self.channels.get(conversation_id)
            if channel is not None and channel.offer(event):
                self._write(channel, event)
            elif channel is not None:
                self.mind(channel)
        while self._ended:
            login_id, since = next(iter(self._ended.items()))
            if self._wheel.now - since < LOGIN_MEMORY:
                break
            del self._ended[login_id]

    # Who listens --------------------------------------------------------------------------

    def register(self, line: Line, user_id: str, scope: str | None) -> None:
        """Take a line in: from now on it is found, and holds what comes for it.

        Raises ChatError `gone` when its login ended while it was being let in.
        """
        self.check_login(line.login_id)
        listener = self._find(user_id, scope)
        if listener is None:
            listener = Listener(user_id, scope)
            if scope is None:
                self.listeners[user_id] = listener
            else:
                self.scoped.setdefault(user_id, {})[scope] = listener
        listener.lines.append(line)
        line.listener = listener

    def check_login(self, login_id: str | None) -> None:
        """ChatError `gone` when a login ended lately: a read may have been too early for it."""
        if login_id in self._ended:
            raise ChatError("gone", "This login has ended.")

    def unregister(self, line: Line) -> None:
        """Leave a line out from now on; a second time does nothing."""
        listener = line.listener
        if line not in listener.lines:
            return
        listener.lines.remove(line)
        if listener.lines:
            return
        if listener.scope is None:
            del self.listeners[listener.user_id]
        else:
            scopes = self.scoped[listener.user_id]
            del scopes[listener.scope]
            if not scopes:
                del self.scoped[listener.user_id]
        for channel in tuple(listener.channels):
            self.detach(channel, listener)
        if not self.is_connected(listener.user_id):
            self.bus.unsubscribe([listener.user_id])

    def is_connected(self, user_id: str) -> bool:
        """Whether a user has a line on this node."""
        return user_id in self.listeners or user_id in self.scoped

    def listeners_of(self, user_id: str, conversation_id: str | None) -> Iterator[Listener]:
        """The listeners of a user whom an event concerns."""
        listener = self.listeners.get(user_id)
        if listener is not None:
            yield listener
        if conversation_id is not None:
            narrow = self._find(user_id, conversation_id)
            if narrow is not None:
                yield narrow

    def _all_listeners_of(self, user_id: str) -> list[Listener]:
        wide = self.listeners.get(user_id)
        narrow = list(self.scoped.get(user_id, {}).values())
        return narrow if wide is None else [wide, *narrow]

    def _find(self, user_id: str, scope: str | None) -> Listener | None:
        if scope is None:
            return self.listeners.get(user_id)
        return self.scoped.get(user_id, {}).get(scope)

    def attach(self, channel: Channel, listener: Listener) -> None:
        """From here on the listener hears the channel."""
        if listener not in channel.listeners:
            self.flush(channel)  # what was told before is not for them
            channel.listeners.add(listener)
            listener.channels.append(channel)

    def detach(self, channel: Channel, listener: Listener) -> None:
        """From here on the listener does not hear the channel, not even what waits."""
        if listener in channel.listeners:
            channel.listeners.discard(listener)
            listener.channels.remove(channel)
        self.drop_if_empty(channel)

    def dismiss(self, channel: Channel, listener: Listener) -> None:
        """Detach someone who is a member no more."""
        self.detach(channel, listener)
        if listener.scope is not None:
            for line in tuple(listener.lines):
                line.expel()

    def drop_if_empty(self, channel: Channel) -> None:
        """Keep nothing for a conversation to which nobody listens."""
        if channel.empty:
            if self.channels.get(channel.id) is channel:
                del self.channels[channel.id]
                self.bus.unsubscribe([channel.id])
                kept, channel.waiting = channel.waiting, []
                for event in kept:
                    self._without_channel(event)
        elif not channel.listeners and channel.rev is None:
            # Whoever was to bring the snapshot is gone; the newcomers' knowledge serves too.
            channel.open(min(newcomer.since for newcomer in channel.newcomers.values()), 0)
            heal.soon(self, channel)

    # Writing ------------------------------------------------------------------------------

    def tell(self, channel: Channel, rev: int | None, frame: bytes) -> None:
        """Write a frame to all listeners; those of one turn of the loop go in one write."""
        if not channel.batch:
            if not self._dirty:
                asyncio.get_running_loop().call_soon(self._flush_all)
            self._dirty.append(channel)
        channel.batch.append((rev, frame))

    def _flush_all(self) -> None:
        dirty, self._dirty = self._dirty, []
        for channel in dirty:
            self.flush(channel)

    def flush(self, channel: Channel) -> None:
        """Write what was told in this turn."""
        batch = channel.batch
        if not batch:
            return
        channel.batch = []
        data = batch[0][1] if len(batch) == 1 else b"".join([frame for _, frame in batch])
        for listener in channel.listeners:
            for line in listener.lines:
                if line.open:
                    line.write(data)
                else:
                    line.hold(channel.id, batch)

    def to(
        self, listener: Listener, conversation_id: str | None, rev: int | None, frame: bytes
    ) -> None:
        """Write a frame to one listener."""
        for line in listener.lines:
            if line.open:
                line.write(frame)
            else:
                line.hold(conversation_id, ((rev, frame),))

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something beside; what fails is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended_task)

    def _ended_task(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the hub failed", exc_info=task.exception())
