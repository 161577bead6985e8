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
from trialogue.gate.issuers import Vouched
from trialogue.gate.limiter import CALLS, STRANGERS, Limiter, network
from trialogue.gate.proxies import Proxies
from trialogue.live.hub import Hub
from trialogue.live.presence import Presence
from trialogue.live.receipts import Receipts
from trialogue.live.timers import Heartbeat, Wheel
from trialogue.live.turnstile import Turnstile
from trialogue.live.typing import Typists
from trialogue.store.database import Database

LAST = 1.0  # seconds for the commands under way when the server stops
IN_TURN = 8  # who come in or catch up, in the database at a time
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
    arrival: int = 30  # for the check of the token, when many come at once
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
    # What many do at once who come back: taken in turn, so that others' reads do not wait for all
    # of it, and that nobody's time for one read runs out in the queue.
    turnstile: Turnstile = field(default_factory=lambda: Turnstile(IN_TURN))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)  # by command and outcome

    async def vouch(self, shown: Credentials, address: str) -> Vouched | None:
        """What an outside issuer says of who comes from an address, which nobody else is to wait
        for; ChatError as `Gate.vouch`, and `limited`."""
        self.limiter.take(STRANGERS, network(address))
        return await self.gate.vouch(shown)

    async def admit(self, shown: Credentials, address: str, vouched: Vouched | None) -> Entry:
        """Who comes from there; ChatError as `Gate.admit`, and `limited`."""
        entry = await self.gate.admit(shown, vouched)
        self.limiter.take(CALLS, entry.actor.user_id)
        self.limiter.give_back(STRANGERS, network(address))
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
        """Wait for the commands under way, but not for what takes long: nobody hears of it any
        more. Sockets are closed by the server before this."""
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks, timeout=LAST)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
