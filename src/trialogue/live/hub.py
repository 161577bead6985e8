"""The hub: what the listeners of this node hear, in order of `rev`, encoded once.

The law: for each conversation with listeners the hub knows the last change written and who
is a member, and writes strictly in order; so nobody hears a numbered change later than their
own removal, whatever the bus did. `heal.py` closes gaps, `arrivals.py` lets listeners in.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace

import structlog

from trialogue.core import events, wire
from trialogue.core.events import Event
from trialogue.live import heal
from trialogue.live.bus import Bus
from trialogue.live.channel import Channel, Connection, Listener, Newcomer
from trialogue.live.frames import encode_recorded
from trialogue.live.listeners import Listeners
from trialogue.live.marks import Marks
from trialogue.live.profiles import Profiles
from trialogue.live.removals import Removals
from trialogue.live.timers import Wheel
from trialogue.live.writer import Writer
from trialogue.store.database import Database

log = structlog.get_logger(__name__)

GAP_PATIENCE = 0.05  # seconds that events may be out of order before the node reads
SHARED_MARKS = 100  # members up to which all hear each other read and write
QUIET = (events.ReadMark, events.Typing)


class Hub:
    """The channels of this node and their listeners. Everything runs on the event loop."""

    def __init__(
        self, door: Database, make_bus: Callable[[Callable[[Event], None]], Bus], wheel: Wheel
    ) -> None:
        self.door = door
        self.bus = make_bus(self.receive)
        self.listeners = Listeners(wheel)
        self.removals = Removals(wheel)
        self.writer = Writer()
        self.channels: dict[str, Channel] = {}
        self._marks = Marks()
        self._profiles = Profiles(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self.handed: Callable[[Channel, int], None] = lambda channel, seq: None
        self.stopped: Callable[[events.ReplyStopped], None] = lambda told: None
        self.ended: Callable[[Event], None] = lambda event: None
        self.settle: Callable[..., None] = lambda *channels: None
        wheel.each_tick(self._tell_marks)

    async def stop(self) -> None:
        """End reads that are under way. Lines are closed by the server before this."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something beside; what fails is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the hub failed", exc_info=task.exception())

    # What comes in ------------------------------------------------------------------------

    def receive(self, event: Event) -> None:
        """An event from the bus, in whatever order."""
        try:
            self._route(event)
        except Exception:  # the next event must not suffer
            log.exception("an event could not be delivered", event_name=event.name)
            if event.conversation_id is not None:
                self.touched([event.conversation_id])

    def committed(self, happened: Sequence[Event]) -> None:
        """What this node has just committed: who is out hears nothing from here on, not even
        if the bus loses the event."""
        for event in happened:
            if isinstance(event.data, events.LoginEnded | events.AccountState):
                self._end(event, event.data)
            elif isinstance(event.data, wire.Member) and event.name == "member.left":
                self._shut_out(event, event.data)

    def touched(self, conversation_ids: Iterable[str]) -> None:
        """These conversations may have changed without an event: read them."""
        for conversation_id in conversation_ids:
            channel = self.channels.get(conversation_id)
            if channel is not None:
                heal.soon(self, channel)

    def expect(self, conversation_id: str, rev: int) -> None:
        """This change exists: read it, unless its event is on its way."""
        channel = self.channels.get(conversation_id)
        if channel is not None and rev > (channel.rev or 0):
            channel.want = max(channel.want, rev)
            self.mind(channel)

    def _route(self, event: Event) -> None:
        if isinstance(event.data, events.LoginEnded | events.AccountState):
            self._end(event, event.data)
        elif isinstance(event.data, events.ReplyQueued):
            return  # for whoever runs replies, not for those who read them
        elif isinstance(event.data, events.ReplyStopped):
            self.stopped(event.data)
        elif event.name == "user.updated":
            self._profiles.changed(event)
        elif event.name == "read.marked":
            if event.conversation_id in self.channels:
                self._marks.gather(event)
        elif isinstance(event.data, wire.Conversation):
            # Of this rev the user knows when they hear of it, so it must not come earlier.
            self._offer(replace(event, at_rev=event.data.last_rev))
        else:
            self._offer(event)

    def _offer(self, event: Event) -> None:
        channel = self.channels.get(event.conversation_id or "")
        if channel is None:
            self._without_channel(event)
        elif channel.offer(event):
            self._write(channel, event)
            self.drain(channel)
        else:
            self.mind(channel)

    def _without_channel(self, event: Event) -> None:
        if isinstance(event.data, wire.Conversation):
            self._created(event, event.data)
        elif event.user_ids is not None:
            self._to_own(event, event.user_ids)

    def _tell_marks(self) -> None:
        for event in self._marks.take():
            self._offer(event)

    def _end(self, event: Event, data: events.LoginEnded | events.AccountState) -> None:
        self.ended(event)
        for user_id in event.user_ids or ():
            if isinstance(data, events.LoginEnded):
                self.listeners.end_login(data.login_id, user_id)
            elif data.active:
                self.listeners.revive_account(user_id)
            else:
                self.listeners.end_account(user_id)

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
        data = event.data
        if event.rev is not None:
            self._apply(channel, event, event.rev)
        elif isinstance(data, wire.Conversation):
            self._created(event, data)
        elif event.user_ids is not None:
            self._to_own(event, event.user_ids)
        elif isinstance(data, QUIET) and channel.member_count > SHARED_MARKS:
            self._to_own(event, (data.user_id,))
        else:
            self.writer.tell(channel, None, encode_recorded(event))

    def _apply(self, channel: Channel, event: Event, rev: int) -> None:
        channel.rev = rev
        data = event.data
        if isinstance(data, wire.Member):
            event = replace(event, data=self.with_presence(data))
        elif isinstance(data, wire.LiveConversation):
            channel.member_count = data.member_count
        frame = encode_recorded(event)
        if isinstance(data, wire.Member) and event.name == "member.joined":
            channel.member_count += 1
            self._let_in(channel, data.user.id, rev)
        elif isinstance(data, wire.Member) and event.name == "member.left":
            channel.member_count -= 1
            self._let_go(channel, data.user.id, rev, frame)
        elif isinstance(data, wire.LiveMessage):
            self.handed(channel, data.seq)
        self.writer.tell(channel, rev, frame)

    def _let_in(self, channel: Channel, user_id: str, rev: int) -> None:
        if self.removals.rev(channel.id, user_id) > rev:
            return
        for listener in self.listeners.of(user_id, channel.id):
            self.admit(channel, listener)

    def _let_go(self, channel: Channel, user_id: str, rev: int, frame: bytes) -> None:
        for listener in tuple(self.listeners.of(user_id, channel.id)):
            self.show_out(channel, listener, rev, frame)

    def with_presence(self, member: wire.Member) -> wire.Member:
        """A member with what only the sockets know: whether they are online."""
        online = self.listeners.has(member.user.id)
        return replace(member, user=replace(member.user, online=online))

    # Ahead of the order -------------------------------------------------------------------

    def _shut_out(self, event: Event, member: wire.Member) -> None:
        user_id, conversation_id = member.user.id, event.conversation_id or ""
        self.removals.note(conversation_id, user_id, member.rev)
        channel = self.channels.get(conversation_id)
        if channel is None or (channel.rev is not None and member.rev <= channel.rev):
            return
        frame = encode_recorded(replace(event, data=self.with_presence(member)))
        for listener in tuple(self.listeners.of(user_id, channel.id)):
            self.show_out(channel, listener, member.rev, frame)

    def show_out(self, channel: Channel, listener: Listener, rev: int, frame: bytes) -> None:
        """Tell a listener of their removal, if they know of the conversation, and no more."""
        self.writer.flush(channel)
        newcomer = channel.newcomers.pop(listener, None)
        if listener in channel.listeners or (newcomer is not None and newcomer.told):
            for connection in listener.connections:
                connection.forget(channel.id)  # what is held would be heard after the removal
            self.writer.to(listener, channel.id, rev, frame)
        self.dismiss(channel, listener)

    # Users --------------------------------------------------------------------------------

    def _created(self, event: Event, data: wire.Conversation) -> None:
        """Someone was put into a conversation. If the numbered `member.joined` has let them in
        they only hear of it; otherwise a read lets them in, which also sees a removal whose
        event was published earlier."""
        if data.peer is not None:
            peer = replace(data.peer, online=self.listeners.has(data.peer.id))
            event = replace(event, data=replace(data, peer=peer))
        frame = encode_recorded(event)
        for user_id in event.user_ids or ():
            listener = self.listeners.wide.get(user_id)
            channel = self.channels.get(data.id)
            if listener is None:
                continue
            known = channel is not None and listener in channel.listeners
            if channel is not None and known and channel.rev == data.last_rev:
                self.writer.to(listener, data.id, None, frame)
            else:
                newcomer = Newcomer(data.last_rev, frame)
                self.welcome(listener, data.id, newcomer, data.member_count)

    def _to_own(self, event: Event, user_ids: Iterable[str]) -> None:
        frame = encode_recorded(event)
        for user_id in user_ids:
            for listener in self.listeners.of(user_id, event.conversation_id):
                self.writer.to(listener, event.conversation_id, None, frame)

    def register(self, connection: Connection, user_id: str, scope: str | None) -> None:
        """Take a connection in; ChatError `gone` as in `Listeners.add`."""
        connection.listener = self.listeners.add(connection, user_id, scope)

    def unregister(self, connection: Connection) -> None:
        """Leave a connection out from now on."""
        listener = connection.listener
        self.listeners.remove(connection)
        if not listener.connections:
            for channel in tuple(listener.channels):
                self.detach(channel, listener)
        if not self.listeners.has(listener.user_id):
            self.bus.unsubscribe([listener.user_id])

    # Who hears what -----------------------------------------------------------------------

    def attach(self, channel: Channel, listener: Listener) -> None:
        """From here on the listener hears the channel."""
        if listener not in channel.listeners:
            self.writer.flush(channel)  # what was told before is not for them
            self.settle(channel)
            channel.add(listener)

    def admit(self, channel: Channel, listener: Listener) -> None:
        """Attach someone by a change that makes them a member."""
        self.attach(channel, listener)
        if listener.arriving is not None:
            listener.arriving.joined.add(channel.id)

    def welcome(
        self, listener: Listener, conversation_id: str, newcomer: Newcomer, member_count: int
    ) -> None:
        """Let a listener in once a read has shown that they are a member."""
        channel = self.channels.get(conversation_id)
        if channel is None:
            channel = self.channels[conversation_id] = Channel(conversation_id)
            channel.open(newcomer.since, member_count)
        channel.expect(listener, newcomer)
        heal.soon(self, channel)

    def detach(self, channel: Channel, listener: Listener) -> None:
        """From here on the listener does not hear the channel, not even what waits."""
        channel.remove(listener)
        self.drop_if_empty(channel)

    def dismiss(self, channel: Channel, listener: Listener) -> None:
        """Detach someone who is a member no more."""
        self.detach(channel, listener)
        if listener.scope is not None:
            for connection in tuple(listener.connections):
                connection.expel()

    def drop_if_empty(self, channel: Channel) -> None:
        """Keep nothing for a conversation to which nobody listens."""
        if channel.empty and self.channels.get(channel.id) is channel:
            del self.channels[channel.id]
            self.bus.unsubscribe([channel.id])
            for event in channel.close():
                self._without_channel(event)
        elif not channel.listeners and channel.rev is None and channel.newcomers:
            # Whoever was to bring the snapshot is gone; what the newcomers know serves too.
            channel.open(min(newcomer.since for newcomer in channel.newcomers.values()), 0)
            heal.soon(self, channel)
