"""Letting a connection in: subscribe, read a snapshot, drop what it contains already.

Nothing is missed: a listener is attached before the snapshot is read, and a channel is never
ahead of the database. Where that does not hold a read of its own lets the listener in.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from trialogue.core import members
from trialogue.core.members import Standing
from trialogue.live import heal
from trialogue.live.channel import Arrival, Channel, Connection, Listener, Newcomer
from trialogue.live.frames import encode_resync

if TYPE_CHECKING:
    from trialogue.live.hub import Hub


async def attach(hub: "Hub", connection: Connection, likely: Iterable[str]) -> list[Standing]:
    """Attach a registered connection to the conversations of its user, or to the one of its scope.

    `likely` are conversations the user was in a moment ago. Returns the snapshot with which
    the connection begins; what it held up to those revs is old. The connection then may write.
    """
    listener = connection.listener
    while listener.arriving is not None:
        await listener.arriving.done.wait()
    if connection not in listener.connections:
        return []
    standings = await _let_in(hub, connection, likely)
    hub.writer.flush_all()  # while the connection still holds, and knows what is old
    return standings


async def _let_in(hub: "Hub", connection: Connection, likely: Iterable[str]) -> list[Standing]:
    listener = connection.listener
    if listener.settled:
        return _check(hub, connection, Arrival(), await _standings(hub, listener))
    arrival = listener.arriving = Arrival()
    try:
        await _prepare(hub, listener, arrival, likely)
        found = _check(hub, connection, arrival, await _standings(hub, listener))
        listener.settled = True
        return found
    except BaseException:
        for channel in arrival.added:
            hub.detach(channel, listener)
        raise
    finally:
        listener.arriving = None
        arrival.done.set()


async def _prepare(hub: "Hub", listener: Listener, arrival: Arrival, likely: Iterable[str]) -> None:
    topics = [listener.user_id]
    for conversation_id in likely:
        channel = hub.channels.get(conversation_id)
        if channel is None:
            channel = hub.channels[conversation_id] = Channel(conversation_id)
        if listener not in channel.listeners:
            hub.attach(channel, listener)
            arrival.added[channel] = None
        if not channel.subscribed:
            topics.append(conversation_id)
    await hub.bus.subscribe(topics)
    for channel in arrival.added:
        channel.subscribed = True


async def _standings(hub: "Hub", listener: Listener) -> list[Standing]:
    found = await hub.door.read(members.standings, listener.user_id)
    if listener.scope is not None:
        return [standing for standing in found if standing.conversation_id == listener.scope]
    return found


def _check(
    hub: "Hub", connection: Connection, arrival: Arrival, found: Sequence[Standing]
) -> list[Standing]:
    listener = connection.listener
    if not listener.connections:
        return []  # all gone in the meantime; nothing is attached any more
    present = set()
    for standing in found:
        present.add(standing.conversation_id)
        _confirm(hub, connection, arrival, standing)
    for channel in tuple(listener.channels):
        if channel.id not in present:
            _doubt(hub, connection, arrival, channel)
    return list(found)


# Changes after the snapshot's rev are committed after the attaching, so they go through the
# channel after it and are held by the connection. Not so for a channel that began at a later
# snapshot, nor for a membership that the first list did not know: these come in as newcomers.
def _confirm(hub: "Hub", connection: Connection, arrival: Arrival, standing: Standing) -> None:
    listener = connection.listener
    channel = hub.channels.get(standing.conversation_id)
    rev = standing.last_rev
    if channel is None or listener not in channel.listeners:
        _take_in(hub, connection, standing)
        return
    if channel.rev is None:
        channel.open(rev, standing.member_count)
        if channel.again or channel.newcomers:
            heal.soon(hub, channel)
        hub.drain(channel)
    elif channel in arrival.added and channel.base > rev:
        hub.detach(channel, listener)
        _take_in(hub, connection, standing)
    elif channel.rev < rev:
        channel.want = max(channel.want, rev)
        hub.mind(channel)


def _take_in(hub: "Hub", connection: Connection, standing: Standing) -> None:
    """Its snapshot knows this conversation; the user's other connections may not, or not lately."""
    listener, conversation_id = connection.listener, standing.conversation_id
    for each in listener.connections:
        if not each.open:
            each.forget(conversation_id)
        if each is not connection:
            hub.writer.to_line(each, conversation_id, None, encode_resync(conversation_id))
    newcomer = Newcomer(standing.last_rev, None)
    hub.welcome(listener, conversation_id, newcomer, standing.member_count)


def _doubt(hub: "Hub", connection: Connection, arrival: Arrival, channel: Channel) -> None:
    """The snapshot does not know this membership: it has ended, or is newer."""
    listener = connection.listener
    if channel.id in arrival.joined:
        return  # newer: the change itself went through the channel
    if channel in arrival.added:
        for each in listener.connections:
            each.forget(channel.id)
        hub.detach(channel, listener)
    else:  # others know of it; this one does not, and what it holds begins in the midst of it
        heal.soon(hub, channel)
        connection.forget(channel.id)
        connection.hold(channel.id, ((None, encode_resync(channel.id)),))
