"""The realtime line of one server process: its parts, and how they start and stop.

`protocol` is handed to uvicorn as its WebSocket class; `presence` answers who is online.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from trialogue.core import wire, workspaces
from trialogue.core.arguments import SendMessage
from trialogue.core.events import AccountState, Event, LoginEnded
from trialogue.core.policy import Actor
from trialogue.gate.entrance import Gate
from trialogue.gate.limiter import Limiter
from trialogue.gate.proxies import Proxies
from trialogue.gate.sending import Sending
from trialogue.live.bus import Bus, MemoryBus
from trialogue.live.bus.topics import prefix_of
from trialogue.live.floor import Floor, Patience, Replies
from trialogue.live.hub import Hub
from trialogue.live.others import Others
from trialogue.live.presence import Presence
from trialogue.live.receipts import Receipts
from trialogue.live.socket import socket_class
from trialogue.live.timers import Heartbeat, Wheel
from trialogue.live.typing import Typists
from trialogue.store.database import Database

if TYPE_CHECKING:
    from trialogue.live.bus.redis_bus import RedisBus


class Line:
    """Everything between committed events and sockets.

    `trusted_proxies` are addresses, separated by commas, whose X-Forwarded-For is believed.
    `redis_url` leads to the other nodes; `other_writers` says that there are some, or programs
    that write to the same database.
    """

    def __init__(
        self,
        database: Database,
        sending: Sending,
        *,
        gate: Gate,
        limiter: Limiter,
        replies: Replies,
        upload_limit: int,
        allowed_origins: Iterable[str] = (),
        trusted_proxies: str = "",
        redis_url: str | None = None,
        other_writers: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self._database = database
        self._sending = sending
        self.wheel = Wheel()
        self.redis: RedisBus | None = None
        self.hub = Hub(database, self._make_bus(redis_url), self.wheel)
        self.others = Others(database, self.hub, self.wheel, on=other_writers)
        self.presence = Presence(database, self.hub, self.wheel)
        self.receipts = Receipts(self.hub, self.wheel)
        self.typists = Typists(self.hub, self.wheel)
        patience = patience or Patience()
        self.floor = Floor(
            door=database,
            wheel=self.wheel,
            hub=self.hub,
            presence=self.presence,
            receipts=self.receipts,
            typists=self.typists,
            heartbeat=Heartbeat(self.wheel, patience.heartbeat, patience.dead_after),
            send=self._send,
            replies=replies,
            gate=gate,
            upload_limit=upload_limit,
            limiter=limiter,
            allowed_origins=frozenset(origin.rstrip("/").lower() for origin in allowed_origins),
            proxies=Proxies(trusted_proxies),
            patience=patience,
        )
        self.protocol = socket_class(self.floor)

    def _make_bus(self, redis_url: str | None) -> Callable[[Callable[[Event], None]], Bus]:
        if redis_url is None:
            return MemoryBus
        from trialogue.live.bus.redis_bus import RedisBus  # 19 MB, for those who use it

        def make(deliver: Callable[[Event], None]) -> Bus:
            self.redis = RedisBus(
                redis_url,
                deliver,
                touched=lambda conversation_ids: self.hub.touched(conversation_ids),
                returned=lambda: self.others.returned(),
            )
            return self.redis

        return make

    async def start(self) -> None:
        """Hear what this process and others commit, and let the clock tick. The database must
        have been migrated."""
        self._database.publish = self.published
        self._database.doubt = self.doubted
        if self.redis is not None:
            workspace_id = await self._database.write(workspaces.ensure_default)
            await self.redis.start(prefix_of(workspace_id))
        self.wheel.start()

    async def stop(self) -> None:
        """Finish what is under way. The server has closed all sockets before this."""
        await self.floor.stop()
        self.wheel.stop()
        await self.hub.stop()
        await self.receipts.stop()
        await self.presence.stop()
        if self.redis is not None:
            await self.redis.stop()

    def published(self, happened: Sequence[Event]) -> None:
        """This process has committed something."""
        self.hub.committed(happened)
        self.hub.bus.publish(happened)

    def doubted(self, perhaps: Sequence[Event]) -> None:
        """Nobody can say whether these took place: read the conversations, which also shows who
        is in them; a login that was to end is taken as ended."""
        for event in perhaps:
            if isinstance(event.data, LoginEnded | AccountState):
                self.hub.committed([event])
            elif isinstance(event.data, wire.Conversation):
                self.hub.receive(event)
        self.hub.touched({event.conversation_id for event in perhaps if event.conversation_id})

    async def _send(self, actor: Actor, conversation_id: str, args: SendMessage) -> wire.Message:
        return (await self._sending.send(actor, conversation_id, args)).message
