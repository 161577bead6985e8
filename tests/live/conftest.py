"""A real server on a real database, and clients with names: the stage of the line's tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from tests.support.nowhere import nowhere
from trialogue.ai.asking import Asking
from trialogue.ai.chain import Chain
from trialogue.ai.circuit import Circuits
from trialogue.ai.credentials import Credentials
from trialogue.ai.links import DEMO, Link
from trialogue.ai.pictures import Pictures
from trialogue.ai.prices import Prices
from trialogue.ai.providers import Providers
from trialogue.ai.runner import Runner
from trialogue.core import conversations, logins, members, messages, posting, users, workspaces
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft
from trialogue.gate.entrance import Gate
from trialogue.gate.limiter import Limiter
from trialogue.gate.sending import Sending
from trialogue.live.floor import Patience
from trialogue.live.line import Line
from trialogue.store.batcher import Batcher
from trialogue.store.database import Database

KEY = "a key that signs the tokens of tests"
PATIENCE = 30  # seconds after which a test that waits has failed
LONGEST = 10 * PATIENCE  # seconds for a whole scene, with the end of its server


async def no_pages(scope: Any, receive: Any, send: Any) -> None:
    """An application without HTTP: only sockets are of interest here."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@dataclass
class Person:
    """Someone with an account, logged in."""

    name: str
    actor: Actor
    token: str

    @property
    def id(self) -> str:
        return self.actor.user_id


@dataclass
class Client:
    """One socket of a person. `heard` holds all events so far."""

    socket: ClientConnection
    heard: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        async with asyncio.timeout(PATIENCE):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        if "event" in frame:
            self.heard.append(frame)
        return frame

    async def event(self, name: str, **data: Any) -> dict[str, Any]:
        """The next event of a name, with these data."""
        while True:
            frame = await self.receive()
            if frame.get("event") == name and data.items() <= frame["data"].items():
                return frame

    async def ask(self, command: str, **args: Any) -> dict[str, Any]:
        """Give a command; its answer. Events that come before it are heard."""
        self.count += 1
        command_id = str(self.count)
        await self.socket.send(json.dumps({"id": command_id, "do": command, "args": args}))
        while True:
            frame = await self.receive()
            if frame.get("id") == command_id:
                return frame

    async def settled(self) -> list[dict[str, Any]]:
        """All events that the server has written until now."""
        await self.ask("ping")
        return self.heard

    def revs(self, conversation_id: str) -> list[int]:
        """The numbers heard of a conversation."""
        return [
            frame["rev"]
            for frame in self.heard
            if frame.get("conversation_id") == conversation_id and "rev" in frame
        ]

    async def closed(self) -> tuple[int | None, str | None]:
        """The code and reason with which the server closes."""
        async with asyncio.timeout(PATIENCE):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


class House:
    """A running server."""

    def __init__(self, url: str, **options: Any) -> None:
        self.database = Database(url)
        self.batcher = Batcher(self.database)
        gate = options.pop("gate", None) or Gate(
            self.database, KEY, issuer=options.pop("issuer", None)
        )
        self.limiter = options.pop("limiter", Limiter(on=False))
        providers = Providers(Credentials())
        chain = Chain(providers, Prices.load(), Circuits(), usual=lambda: (Link(DEMO),))
        self.runner = Runner(
            self.database,
            Asking(self.database, chain, Pictures(self.database, nowhere())),
            node="house",
            sole=True,
            publish=lambda happened: self.line.hub.bus.publish(happened),
        )
        self.line = Line(
            self.database,
            Sending(self.batcher, self.limiter),
            gate=gate,
            limiter=self.limiter,
            replies=self.runner,
            **{"trusted_proxies": "", "upload_limit": 1_000_000, **options},
        )
        self.server: uvicorn.Server | None = None
        self.port = 0
        self.workspace_id = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator["House"]:
        """Serve on a free port until the end of the block."""
        self.workspace_id = await self.database.write(workspaces.ensure_default)
        await self.line.start()
        config = uvicorn.Config(
            no_pages, port=0, ws=self.line.protocol, lifespan="off", log_config=None
        )
        server = self.server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 — uvicorn offers nothing to wait for
            await asyncio.sleep(0)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.should_exit = True
            await task
            await self.batcher.close()
            await self.line.stop()
            await self.database.close()

    async def person(self, name: str) -> Person:
        """Someone new."""
        user_id = await self.database.write(
            users.register, self.workspace_id, username=name, password_hash="-"
        )
        return await self.log_in(name, user_id)

    async def log_in(self, name: str, user_id: str) -> Person:
        """Another login of someone."""
        grant = await self.database.write(logins.open_login, self.workspace_id, user_id, KEY)
        actor = await self.database.read(logins.identify, KEY, grant.access_token)
        return Person(name, actor, grant.access_token)

    async def log_out(self, person: Person) -> None:
        """End a login."""
        await self.database.write(logins.end, person.actor)

    async def room(self, owner: Person, *others: Person, public: bool = False) -> str:
        """A room with these people."""
        found, _ = await self.database.write(
            conversations.create_group,
            owner.actor,
            name="Room",
            public=public,
            member_ids=[other.id for other in others],
        )
        return found.id

    async def post(self, person: Person, conversation_id: str, content: str = "Hello") -> Any:
        """A message, posted from elsewhere."""
        draft = Draft(conversation_id, person.id, self.workspace_id, content)
        return (await self.batcher.post(draft)).message

    async def remove(self, owner: Person, conversation_id: str, person: Person) -> None:
        """Put someone out of a room."""
        await self.database.write(members.remove, owner.actor, conversation_id, person.id)

    async def add(self, owner: Person, conversation_id: str, person: Person) -> None:
        """Put someone into a room."""
        await self.database.write(members.add, owner.actor, conversation_id, person.id)

    def url(self, path: str = "/ws") -> str:
        """The address of a socket."""
        return f"ws://127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def client(self, token: str, path: str = "/ws", **options: Any) -> AsyncIterator[Client]:
        """A socket, whatever the server makes of it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with connect(
            self.url(path), additional_headers=headers, compression=None, **options
        ) as socket:
            yield Client(socket)

    @asynccontextmanager
    async def joined(self, *people: Person, path: str = "/ws") -> AsyncIterator[tuple[Client, ...]]:
        """Sockets of these people, each after its `ready`."""
        async with AsyncExitStack() as stack:
            clients = []
            for person in people:
                client = await stack.enter_async_context(self.client(person.token, path))
                await client.event("ready")
                clients.append(client)
            yield tuple(clients)


Scene = Callable[[House], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture
def play(database_url: str) -> Play:
    """Runs a scene in an open house."""

    def run(scene: Scene, **options: Any) -> None:
        async def whole() -> None:
            # Around the end too: a server waits for its commands however long they take.
            async with asyncio.timeout(LONGEST), House(database_url, **options).open() as house:
                await scene(house)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(whole())

    return run


__all__ = ["Client", "House", "Patience", "Person", "Play", "messages", "posting"]
