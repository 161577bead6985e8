"""A node under a bus that loses, doubles, delays and reorders: the stage of the law's tests.

Everything but the sockets' transport and the database is real. Time is virtual, so that a run
takes milliseconds and a seed always plays the same.
"""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, cast

from structlog.testing import capture_logs

from tests.live.chaos_store import Store, created
from tests.live.judge import MOMENT, Hearer, Pipe, Room, Said, member
from tests.live.virtual import VirtualLoop
from trialogue.core import events, wire
from trialogue.core.events import Event
from trialogue.core.policy import Actor
from trialogue.gate.credentials import Credentials
from trialogue.gate.entrance import Entry
from trialogue.gate.limiter import Limiter
from trialogue.live.floor import Floor
from trialogue.live.hub import Hub
from trialogue.live.others import Others
from trialogue.live.presence import Presence
from trialogue.live.receipts import Receipts
from trialogue.live.socket import socket_class
from trialogue.live.timers import Heartbeat, Wheel
from trialogue.live.typing import Typists

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n"
    b"authorization: Bearer %s\r\n\r\n"
)


class ChaosGate:
    """Knows everyone by the beginning of their token."""

    async def vouch(self, shown: Credentials) -> None:
        """No issuer is asked for anyone."""

    async def admit(self, shown: Credentials, vouched: None) -> Entry:
        token = shown.token or ""
        return Entry(Actor(token.partition(".")[0], "w", "member", token))


class ChaosBus:
    """Delivers what was subscribed when it was published: late, twice, never, in any order.

    What only the user can be told (`conversation.created`) is lost only where it is found out by
    asking the database (`loses_all`).
    """

    def __init__(
        self, store: Store, chance: random.Random, deliver: Callable[[Event], None]
    ) -> None:
        self._store = store
        self._chance = chance
        self._deliver = deliver
        self.topics: set[str] = set()
        self._asked: set[str] = set()
        self.losing = 0.2
        self.loses_all = False

    async def subscribe(self, topics: Iterable[str]) -> None:
        asked = set(topics)
        self._asked |= asked
        await self._store.pause()
        self.topics |= asked & self._asked

    def unsubscribe(self, topics: Iterable[str]) -> None:
        self._asked.difference_update(topics)
        self.topics &= self._asked

    def publish(self, happened: Sequence[Event]) -> None:
        for event in happened:
            wanted = event.user_ids or (event.conversation_id,)
            if not self.topics.intersection(cast(Any, wanted)):
                continue
            may_lose = self.loses_all or event.user_ids is None
            lost = may_lose and self._chance.random() < self.losing
            for _ in range(0 if lost else self._chance.choice([1, 1, 1, 2])):
                delay = self._chance.choice([0, 0, 0.001, 0.03, 0.08]) * self._chance.random()
                asyncio.get_running_loop().call_later(delay, self._deliver, event)


class Node:
    """One node with its sockets, and changes that are committed here and elsewhere."""

    def __init__(
        self, seed: int, people: int = 4, rooms: int = 3, *, beside: "Node | None" = None
    ) -> None:
        self.chance = random.Random(seed)
        self.user_ids = [f"user{number}" for number in range(people)]
        self.store = Store(self.chance, self.user_ids)
        self.store.failing = self.chance.choice([0, 0, 0.2])
        self.nodes = [self]
        if beside is not None:
            self.chance, self.store, rooms = beside.chance, beside.store, 0
            self.nodes = beside.nodes
            self.nodes.append(self)
        self.wheel = Wheel()
        self.bus: ChaosBus = cast(Any, None)
        self.hub = Hub(cast(Any, self.store), self._make_bus, self.wheel)
        self.others = Others(cast(Any, self.store), self.hub, self.wheel, on=False)
        self.presence = Presence(cast(Any, self.store), self.hub, self.wheel)
        self.receipts = Receipts(self.hub, self.wheel)
        self.floor = Floor(
            door=cast(Any, self.store),
            wheel=self.wheel,
            hub=self.hub,
            presence=self.presence,
            receipts=self.receipts,
            typists=Typists(self.hub, self.wheel),
            heartbeat=Heartbeat(self.wheel, 25, 10_000),
            send=cast(Any, None),
            replies=cast(Any, None),
            gate=cast(Any, ChaosGate()),
            limiter=Limiter(on=False),
            upload_limit=1_000_000,
        )
        self.protocol = socket_class(self.floor)
        self.sockets: set[Any] = set()
        self.hearers: list[Hearer] = []
        self.tokens = 0
        for number in range(rooms):
            room = self.store.rooms.setdefault(f"room{number}", Room(f"room{number}"))
            for user_id in self.user_ids:
                if self.chance.random() < 0.5:
                    self._put(room, user_id)

    def _make_bus(self, deliver: Callable[[Event], None]) -> ChaosBus:
        self.bus = ChaosBus(self.store, self.chance, deliver)
        return self.bus

    # What happens -----------------------------------------------------------------------------

    def connect(self, user_id: str) -> None:
        """A new socket of a user."""
        pipe = Pipe()
        state = SimpleNamespace(connections=self.sockets)
        pipe.protocol = self.protocol(
            config=cast(Any, None), server_state=cast(Any, state), app_state={}
        )
        self.tokens += 1
        pipe.protocol.connection_made(cast(Any, pipe))
        pipe.protocol.data_received(UPGRADE % f"{user_id}.{self.tokens}".encode())
        self.hearers.append(Hearer(self.store.rooms, user_id, pipe))

    def _put(self, room: Room, user_id: str) -> int:
        rev = room.next()
        room.members[user_id] = member(user_id, rev, left=False)
        room.spells.setdefault(user_id, []).append([rev, 10**9])
        return rev

    def join(self, room: Room, user_id: str) -> list[Event]:
        """Someone comes in, as the core does it."""
        rev = self._put(room, user_id)
        happened = [
            created(room, user_id),
            Event("member.joined", room.members[user_id], room.id, rev=rev),
        ]
        return happened + (self.post(room) if self.chance.random() < 0.5 else [])

    def leave(self, room: Room, user_id: str) -> list[Event]:
        """Someone goes, or is put out."""
        rev = room.next()
        room.members[user_id] = member(user_id, rev, left=True)
        room.spells[user_id][-1][1] = rev
        return [Event("member.left", room.members[user_id], room.id, rev=rev)]

    def post(self, room: Room) -> list[Event]:
        """Someone says something."""
        rev = room.next()
        message = Said(rev, len(room.messages) + 1)
        room.messages.append(message)
        return [Event("message.created", cast(Any, message), room.id, rev=rev)]

    def change(self) -> None:
        """Commit something, here or on another node; publishing may come a moment later."""
        room = self.chance.choice(list(self.store.rooms.values()))
        user_id = self.chance.choice(self.user_ids)
        kind = self.chance.random()
        if kind < 0.5:
            happened = self.post(room)
        elif kind < 0.55 and room.count:
            mark = events.ReadMark(user_id, room.rev, room.rev, MOMENT)
            happened = [Event("read.marked", mark, room.id, at_rev=room.rev)]
        elif room.has(user_id):
            happened = self.leave(room, user_id)
        else:
            happened = self.join(room, user_id)
        publish = self._here if self.chance.random() < 0.6 else self.bus.publish
        if self.chance.random() < 0.3:
            delay = self.chance.random() * 0.02
            asyncio.get_running_loop().call_later(delay, publish, happened)
        else:
            publish(happened)

    def _here(self, happened: Sequence[Event]) -> None:
        self.listen()
        self.hub.committed(happened)
        self.listen()
        for event in happened:
            if event.name == "member.left" and isinstance(event.data, wire.Member):
                for hearer in self.hearers:
                    if hearer.user_id == event.data.user.id:
                        room_id = cast(str, event.conversation_id)
                        rev = max(event.data.rev, hearer.shut.get(room_id, 0))
                        hearer.shut[room_id] = rev
        for node in self.nodes:
            node.bus.publish(happened)

    def listen(self) -> None:
        """All clients take in what was written."""
        for hearer in self.hearers:
            hearer.listen()

    # One run ----------------------------------------------------------------------------------

    async def live(self, steps: int) -> None:
        """Much happens at once, then it becomes quiet; everyone must know all and no more."""
        for _ in range(steps):
            self._next()._step()
            if self.chance.random() < 0.7:
                await asyncio.sleep(self.chance.random() * 0.03)  # sleep: virtual time
            self.listen()
        self.store.failing = 0.0
        for node in self.nodes:
            node.bus.losing = 0.0
        await asyncio.sleep(60)  # sleep: virtual time
        for node in self.nodes:
            if len(self.nodes) == 1:
                node.hub.touched(list(node.hub.channels))
            else:
                await node.others.look()
        await asyncio.sleep(60)  # sleep: virtual time
        for node in self.nodes:
            node.listen()
            node._all_is_known()
        for node in self.nodes:
            await node._all_is_forgotten()

    def _next(self) -> "Node":
        """Where something happens next."""
        return self if len(self.nodes) == 1 else self.chance.choice(self.nodes)

    def _step(self) -> None:
        kind = self.chance.random()
        if kind < 0.2:
            self.connect(self.chance.choice(self.user_ids))
        elif kind < 0.3 and self.hearers:
            hearer = self.hearers.pop(self.chance.randrange(len(self.hearers)))
            hearer.listen()
            hearer.pipe.end()
        elif kind < 0.33:
            self.wheel.tick()
            if len(self.nodes) > 1:
                self.others.returned()
        else:
            self.change()

    def _all_is_known(self) -> None:
        for hearer in self.hearers:
            if hearer.pipe.refused:
                continue
            mine = {r.id: r.rev for r in self.store.rooms.values() if r.has(hearer.user_id)}
            assert hearer.known == mine, (hearer.user_id, hearer.known, mine)

    async def _all_is_forgotten(self) -> None:
        for hearer in self.hearers:
            hearer.pipe.end()
        await asyncio.sleep(60)  # sleep: virtual time
        assert self.hub.channels == {}
        assert self.hub.listeners.users() == set()
        assert self.bus.topics == set()
        assert self.sockets == set()


def play(seed: int, steps: int = 60, nodes: int = 1) -> None:
    """One run from a seed. Several nodes ask the database now and then what they have missed."""
    random.seed(seed)  # for the pauses between attempts to read
    loop = VirtualLoop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda _, context: failures.append(context.get("exception")))
    try:
        with capture_logs():  # failures that are meant need not be shown
            node = Node(seed)
            for _ in range(nodes - 1):
                Node(seed, beside=node)
            for each in node.nodes:
                each.bus.loses_all = nodes > 1
            loop.run_until_complete(node.live(steps))
        if failures:
            raise failures[0]
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.close()
