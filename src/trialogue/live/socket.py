"""One connection: an asyncio protocol handed to uvicorn as its WebSocket class.

It receives every upgrade, on any path and without middleware. Its logic stands behind
`write` and `close` (see `channel.Connection`), so that another carrier can follow. No task and no
timer of its own while idle.
"""

import asyncio
import socket as sockets
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, cast
from uuid import uuid4

import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from trialogue.core import conversations
from trialogue.core.errors import ChatError
from trialogue.core.members import Standing
from trialogue.core.policy import Actor
from trialogue.gate.entrance import Entry
from trialogue.live import codes, commands, expiry, frames, handshake
from trialogue.live.arrivals import attach
from trialogue.live.channel import Batch, Listener
from trialogue.live.floor import Floor
from trialogue.live.frames import FrameError, Parser
from trialogue.live.ready import Arrival, arrive, ready_frame, untold

log = structlog.get_logger(__name__)

SEND_BUFFER = 64 * 1024  # bytes in the kernel; else 4 MB hide there before back-pressure shows
BACKLOG_MOST = 1024 * 1024  # bytes not taken by the client, above which it counts as slow
BACKLOG_DRAINED = 64 * 1024
ANSWERS_MOST = 32 * 1024 * 1024  # bytes of answers that wait for a client that does not read
IN_FLIGHT_MOST = 64  # commands
HELD_MOST = 10_000  # frames kept for a connection that is being let in

_RESYNC = frames.encode_event("resync", {})


class State(IntEnum):
    """Where a connection is in its life."""

    CONNECTING = 0  # before the upgrade
    ARRIVING = 1  # upgraded; token and conversations are looked at
    OPEN = 2
    SLOW = 3  # the client does not read; it hears nothing until it does
    CLOSING = 4
    CLOSED = 5


class SocketProtocol(asyncio.Protocol):
    """One WebSocket connection. Use `socket_class` to bind it to a floor."""

    __slots__ = (
        "_code",
        "_connection_id",
        "_connections",
        "_held",
        "_in_flight",
        "_missed",
        "_parser",
        "_paused",
        "_place",
        "_since",
        "_slow_since",
        "_state",
        "_transport",
        "actor",
        "expires_at",
        "heard",
        "listener",
        "open",
        "write",
    )

    floor: ClassVar[Floor]

    actor: Actor
    listener: Listener
    write: Callable[[bytes], None]

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> None:
        self._connections = cast("set[SocketProtocol]", server_state.connections)
        self._state = State.CONNECTING
        self.open = False
        self.heard = self.floor.wheel.now
        self._since = self._slow_since = self.heard
        self._parser = Parser()
        self._held: list[tuple[str | None, int | None, bytes]] | None = None
        self._in_flight = 0
        self._missed = False
        self._paused = False
        self._place = -1
        self._code = 1006
        self._connection_id = ""
        self.expires_at: datetime | None = None

    @property
    def login_id(self) -> str | None:
        """The login by which the user came."""
        return self.actor.login_id

    @property
    def ended(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._state in (State.CLOSING, State.CLOSED)

    # The connection, as the event loop sees it ----------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by uvicorn, before it replays the upgrade request."""
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, SEND_BUFFER)
        self._transport.set_write_buffer_limits(high=BACKLOG_MOST, low=BACKLOG_DRAINED)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client; the first ones are the upgrade request."""
        self.heard = self.floor.wheel.now
        if self._state is State.CONNECTING:
            self._upgrade(data)
        else:
            self._parser.feed(data)
            self._read()

    def pause_writing(self) -> None:
        """The backlog is too long: events are dropped until it is gone."""
        if self._state is State.OPEN:
            self._turn(State.SLOW)
            self._slow_since = self.floor.wheel.now
            self._pause_reading()
            self.floor.wheel.after(self.floor.patience.slow, self._too_slow)

    def resume_writing(self) -> None:
        """The client has caught up with the backlog, but not with what was dropped."""
        if self._state is State.SLOW:
            self.floor.receipts.settle(*self.listener.channels)  # dropped is not handed over
            self._turn(State.OPEN)
            if self._missed:
                self._missed = False
                self.write(_RESYNC)
            self._read()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended, by whoever."""
        self._leave()
        self._turn(State.CLOSED)
        self._connections.discard(self)
        if self._connection_id:
            facts = {"code": self._code, "seconds": self.floor.wheel.now - self._since}
            log.info("socket.closed", connection=self._connection_id, **facts)

    def shutdown(self) -> None:
        """Called by uvicorn when the server stops: come back soon."""
        self.close(codes.RESTART, "the server restarts")

    # Coming in ------------------------------------------------------------------------------

    def _upgrade(self, data: bytes) -> None:
        floor, peer = self.floor, self._transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        upgrade = handshake.read(data, address, floor.allowed_origins, floor.proxies)
        self._transport.write(upgrade.response)
        if upgrade.status != 101:
            log.info("socket.refused", **upgrade.facts())
            self._state = State.CLOSED
            self._transport.close()
            return
        self._state = State.ARRIVING
        self._connection_id = uuid4().hex
        self._held = []
        self._pause_reading()  # until it is known who it is
        log.info("socket.opened", connection=self._connection_id, **upgrade.facts())
        floor.wheel.after(floor.patience.arrival, self._too_late)
        floor.spawn(self._arrive(upgrade))

    async def _arrive(self, upgrade: handshake.Upgrade) -> None:
        try:
            await self._let_in(upgrade)
        except ChatError as error:
            self.close(codes.of(error), error.detail)
        except Exception:
            log.exception("a socket could not be let in", connection=self._connection_id)
            self.close(codes.INTERNAL, "something went wrong here")

    async def _let_in(self, upgrade: handshake.Upgrade) -> None:
        floor, who = self.floor, (upgrade.credentials, upgrade.address)
        vouched = await floor.vouch(*who)
        async with floor.turnstile.turn():
            if self._state is State.ARRIVING:  # else it has waited too long
                entry = await floor.admit(*who, vouched)
                arrival = await floor.door.read(arrive, entry.actor, upgrade.target)
        if self._state is not State.ARRIVING:
            return
        self.renew(entry)
        floor.presence.arrive(self, entry.actor.user_id, arrival.scope)
        standings = await attach(floor.hub, self, arrival.likely)
        if self._state is not State.ARRIVING:
            return
        if arrival.scope is not None and not standings:
            raise ChatError("not_found", "You are no longer a member of this conversation.")
        self._begin(arrival, standings)

    def renew(self, entry: Entry) -> None:
        """Whose the socket is, and until when."""
        self.actor, self.expires_at = entry.actor, entry.expires_at
        expiry.mind(self, self.floor.wheel, self.floor.door.now)

    def _begin(self, arrival: Arrival, standings: Sequence[Standing]) -> None:
        floor = self.floor
        news = untold(self._held or (), standings, self.listener.channels)
        first = ready_frame(
            arrival,
            standings,
            connection_id=self._connection_id,
            heartbeat=floor.patience.heartbeat,
            online=floor.presence.peers(arrival.actor.user_id),
            limits=floor.limits,
        )
        self._held = None
        self.write = self._transport.write
        self._turn(State.OPEN)
        self.write(b"".join([first, *news]))
        if self._missed:
            self._missed = False
            self.write(_RESYNC)
        self._place = floor.heartbeat.add(self)
        self._read()

    def _too_late(self) -> None:
        if self._state is State.ARRIVING:
            self.close(codes.OVERLOADED, "the server is too busy to let you in")

    # What the client sends --------------------------------------------------------------------

    def _read(self) -> None:
        """Take frames while more commands may be in flight; after a close none (RFC 6455, 5.5)."""
        try:
            while self._is_read():
                frame = self._parser.take()
                if frame is None:
                    self._resume_reading()
                    return
                self._take(*frame)
        except FrameError as error:
            if self._state is not State.CLOSING:
                self.close(error.code, error.reason)
            if self._transport.can_write_eof():
                self._transport.write_eof()  # the peer's answer cannot be understood any more
            return
        if self._state in (State.OPEN, State.SLOW):
            self._pause_reading()

    def _is_read(self) -> bool:
        if self._state is State.OPEN:
            return self._in_flight < IN_FLIGHT_MOST
        return self._state is State.CLOSING and not self._transport.is_closing()

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.CLOSE:
            self._closed_by_client(payload)
        elif self._state is State.CLOSING:
            return  # too late
        elif opcode == frames.PING:
            self.write(frames.encode_pong(payload))
        elif opcode == frames.TEXT and (request := commands.read(payload)) is not None:
            self._in_flight += 1
            # Tasks start in the order in which they are made, and a send is in the batch before
            # it first waits: so the sends of a connection are numbered in order of arrival.
            self.floor.spawn(self._answer(request))
        elif opcode != frames.PONG:
            self.close(codes.PROTOCOL, "frames are text, and JSON objects")

    async def _answer(self, request: dict[str, Any]) -> None:
        answer = await commands.answer(self.floor, self, request)
        self._in_flight -= 1
        if self._state is State.SLOW and self._transport.get_write_buffer_size() > ANSWERS_MOST:
            self.close(codes.TOO_SLOW, "too slow")
        elif self._state in (State.OPEN, State.SLOW):
            self._transport.write(answer)
            if self._paused:
                self._read()

    def _pause_reading(self) -> None:
        if not self._paused and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._paused and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()

    # What the hub says ------------------------------------------------------------------------

    def hold(self, conversation_id: str | None, batch: Batch) -> None:
        """Keep frames until the connection begins; what a slow client misses is only remembered."""
        if self._held is not None and len(self._held) < HELD_MOST:
            self._held.extend((conversation_id, rev, frame) for rev, frame in batch)
        elif self._state in (State.ARRIVING, State.SLOW):
            self._missed = True

    def forget(self, conversation_id: str) -> None:
        """Drop held frames of a conversation."""
        if self._held is not None:
            self._held = [held for held in self._held if held[0] != conversation_id]

    def expel(self) -> None:
        """The one conversation of this socket is out of bounds: hear nothing more, then close
        with the code that a new connection would get."""
        if self._state in (State.OPEN, State.SLOW):
            scope = self.listener.scope
            self._go_deaf()
            self.floor.spawn(self._show_out(cast(str, scope)))

    async def _show_out(self, scope: str) -> None:
        try:
            await self.floor.door.read(conversations.locate, self.actor, scope)
            self._say_goodbye(codes.RESTART, "you are a member again")
        except ChatError as error:
            self._say_goodbye(codes.of(error), error.detail)

    # The end ------------------------------------------------------------------------------------

    def close(self, code: int, reason: str) -> None:
        """Hear and write nothing more; the peer has two seconds for its half of the closing
        handshake."""
        if self._state in (State.ARRIVING, State.OPEN, State.SLOW):
            self._go_deaf()
            self._say_goodbye(code, reason)
        elif self._state is State.CLOSING:
            self._transport.abort()

    def _go_deaf(self) -> None:
        self._leave()
        self._turn(State.CLOSING)
        self._held = None

    def _say_goodbye(self, code: int, reason: str) -> None:
        if self._state is State.CLOSING:
            self._code = code
            self._transport.write(frames.encode_close(code, reason))
            self._resume_reading()
            self.floor.wheel.after(self.floor.patience.goodbye, self._transport.abort)

    def _closed_by_client(self, payload: bytes) -> None:
        if self._state is State.CLOSING:
            self._transport.close()
            return
        code, _ = frames.read_close(payload)
        self._go_deaf()
        self._code = code
        self._transport.write(frames.encode_close(1000 if code == 1005 else code))
        self._transport.close()
        self.floor.wheel.after(self.floor.patience.goodbye, self._transport.abort)

    def _too_slow(self) -> None:
        waited = self.floor.wheel.now - self._slow_since
        if self._state is State.SLOW and waited >= self.floor.patience.slow:
            self.close(codes.TOO_SLOW, "too slow")

    def _turn(self, state: State) -> None:
        self._state = state
        self.open = state is State.OPEN
        if hasattr(self, "listener"):
            self.listener.changed()

    def _leave(self) -> None:
        if self._place >= 0:
            self.floor.heartbeat.remove(self, self._place)
            self._place = -1
        if hasattr(self, "listener"):
            self.floor.presence.leave(self)

    # The heartbeat ------------------------------------------------------------------------------

    def ping(self) -> None:
        """Ask the client for a sign of life."""
        if self._state is State.OPEN:
            self.write(frames.PING_FRAME)

    def lost(self) -> None:
        """No byte came for too long."""
        if self._state is not State.CLOSED:
            log.info("socket.dead", connection=self._connection_id)
            self._transport.abort()


def socket_class(floor: Floor) -> type[SocketProtocol]:
    """The class to hand to `uvicorn.Config(ws=…)`: sockets that stand on this floor."""
    bound = type("Socket", (SocketProtocol,), {"__slots__": (), "floor": floor})
    return cast(type[SocketProtocol], bound)
