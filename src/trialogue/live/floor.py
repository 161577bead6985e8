"""What every socket stands on: made once by the server, the same for all connections."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from trialogue.core import wire
from trialogue.core.arguments import SendMessage
from trialogue.core.policy import Actor
from trialogue.gate.credentials import Credentials
from trialogue.gate.entrance import Entry, Gate
from trialogue.gate.limiter import CALLS, STRANGERS, Limiter, network
from trialogue.gate.proxies import Proxies
from trialogue.live.hub import Hub
from trialogue.live.presence import Presence
from trialogue.live.receipts import Receipts
from trialogue.live.timers import Heartbeat, Wheel
from trialogue.live.typing import Typists
from trialogue.store.database import Database

Send = Callable[[Actor, str, SendMessage], Coroutine[Any, Any, wire.Message]]


class Replies(Protocol):
    """The replies that are being written, here or on another node."""

    async def cancel(self, actor: Actor, reply_id: str) -> wire.Message:
        """Stop a reply."""

    async def follow(self, actor: Actor, message_id: str) -> wire.ReplyText:
        """The text of a reply so far."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a socket waits, in seconds."""

    heartbeat: int = 25  # between pings
    dead_after: int = 60  # without a byte
    arrival: int = 10  # for the handshake and the check of the token
    slow: int = 30  # for a client that does not read
    goodbye: int = 2  # for the peer's half of the closing handshake


@dataclass(frozen=True, slots=True)
class Floor:
    """The parts of the realtime line, and the settings that sockets need.

    `gate` knows who comes, `limiter` how often. `upload_limit` in bytes. `allowed_origins` are
    origins of pages (`https://…`) that may connect besides the server's own; `proxies` know a
    client's address.
    """

    door: Database
    wheel: Wheel
    hub: Hub
    presence: Presence
    receipts: Receipts
    typists: Typists
    heartbeat: Heartbeat
    send: Send
    replies: Replies
    gate: Gate
    upload_limit: int
    limiter: Limiter
    allowed_origins: frozenset[str] = frozenset()
    proxies: Proxies = field(default_factory=Proxies)
    patience: Patience = field(default_factory=Patience)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)  # by command and outcome

    async def admit(self, shown: Credentials, address: str) -> Entry:
        """Who comes from an address; ChatError as `Gate.admit`, and `limited`."""
        whence = network(address)
        self.limiter.take(STRANGERS, whence)
        entry = await self.gate.admit(shown)
        self.limiter.take(CALLS, entry.actor.user_id)
        self.limiter.give_back(STRANGERS, whence)
        return entry

    @property
    def limits(self) -> dict[str, int]:
        """What clients are told of the server's limits."""
        known = self.door.limits
        told = {"message_length": known.message_length, "edit_window": known.edit_window}
        return {**told, "upload_bytes": self.upload_limit}

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something for a socket. The loop itself keeps only weak references to tasks."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def stop(self) -> None:
        """Wait for the commands under way. Sockets are closed by the server before this."""
        await asyncio.gather(*self.tasks, return_exceptions=True)
