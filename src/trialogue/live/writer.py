"""Writing to many: the same bytes to everyone, and one write a turn of the loop.

Frames that a channel is told in one turn are joined once, not once for each listener.
"""

import asyncio

from trialogue.live.channel import Channel, Connection, Listener


class Writer:
    """Writes frames to connections that are open, and offers them to those that are not to hold."""

    def __init__(self) -> None:
        self._dirty: list[Channel] = []
        self.deliveries = 0  # frames that were handed to connections

    def tell(self, channel: Channel, rev: int | None, frame: bytes) -> None:
        """Write a frame to all listeners of a channel at the end of this turn."""
        if not channel.listeners:
            return
        if not channel.batch:
            if not self._dirty:
                asyncio.get_running_loop().call_soon(self.flush_all)
            self._dirty.append(channel)
        channel.batch.append((rev, frame))

    def flush_all(self) -> None:
        """Write now what was told in this turn."""
        dirty, self._dirty = self._dirty, []
        for channel in dirty:
            self.flush(channel)

    def flush(self, channel: Channel) -> None:
        """Write now what a channel was told in this turn."""
        batch = channel.batch
        if not batch:
            return
        channel.batch = []
        data = batch[0][1] if len(batch) == 1 else b"".join([frame for _, frame in batch])
        writes, closed = channel.outlets or channel.find_outlets()
        for write in writes:
            write(data)
        self.deliveries += len(writes) * len(batch)
        for connection in closed:
            connection.hold(channel.id, batch)

    def to(
        self, listener: Listener, conversation_id: str | None, rev: int | None, frame: bytes
    ) -> None:
        """Write a frame to all connections of one listener."""
        for connection in listener.connections:
            self.to_line(connection, conversation_id, rev, frame)

    def to_line(
        self, connection: Connection, conversation_id: str | None, rev: int | None, frame: bytes
    ) -> None:
        """Write a frame to one connection."""
        if connection.open:
            connection.write(frame)
            self.deliveries += 1
        else:
            connection.hold(conversation_id, ((rev, frame),))
