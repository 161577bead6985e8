"""The composition root: which parts a server has, in which order they start and stop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI

from trialogue import __version__
from trialogue.core import wire, workspaces
from trialogue.core.arguments import SendMessage
from trialogue.core.events import Event
from trialogue.core.passwords import Passwords
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft
from trialogue.http import (
    auth,
    conversations,
    documents,
    errors,
    health,
    members,
    messages,
    middleware,
    users,
    web,
)
from trialogue.http.deps import Services
from trialogue.live.bus import MemoryBus
from trialogue.live.floor import Floor, Patience
from trialogue.live.hub import Hub
from trialogue.live.presence import Presence
from trialogue.live.socket import socket_class
from trialogue.live.timers import Heartbeat, Wheel
from trialogue.settings import Settings
from trialogue.store import migrate
from trialogue.store.batcher import Batcher
from trialogue.store.database import Database

log = structlog.get_logger()

DESCRIPTION = """
One self-hosted chat platform for people, assistants and customers.

Log in by one of the calls under *Accounts* and send the access token as
`Authorization: Bearer …`. Errors are problem details (RFC 9457) with a stable `code`.
What happens is told live on the WebSocket at `/ws`; its commands and events are described
in the protocol reference and stand among the schemas of this document.
"""
CLIENT = Path(__file__).parents[2] / "web" / "dist"


class Parts:
    """The parts of one server process. Making them connects to nothing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.key = settings.signing_key()
        self.database = Database(settings.database, limits=settings.limits())
        self.batcher = Batcher(self.database)
        self.wheel = Wheel()
        self.hub = Hub(self.database, MemoryBus, self.wheel)
        self.presence = Presence(self.database, self.hub, self.wheel)
        patience = Patience()
        self.floor = Floor(
            door=self.database,
            wheel=self.wheel,
            hub=self.hub,
            presence=self.presence,
            heartbeat=Heartbeat(self.wheel, patience.heartbeat, patience.dead_after),
            send=self.send,
            key=self.key,
            allowed_origins=frozenset(settings.allowed_origins),
            trusted_proxies=frozenset(settings.trusted_proxies.split(",")),
            patience=patience,
        )
        self.socket = socket_class(self.floor)
        self.database.publish = self.publish
        self.database.doubt = self.hub.touched
        self.passwords = Passwords(
            time_cost=settings.password_rounds, memory=settings.password_memory
        )

    async def send(self, actor: Actor, conversation_id: str, args: SendMessage) -> wire.Message:
        """Post a message for the socket, together with those that come by HTTP."""
        draft = Draft(
            conversation_id, actor.user_id, actor.workspace_id, args.content, args.client_id
        )
        return (await self.batcher.post(draft)).message

    def publish(self, happened: Sequence[Event]) -> None:
        """After a commit: whoever is out goes at once, all others hear by way of the bus."""
        self.hub.committed(happened)
        self.hub.bus.publish(happened)

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """Start all parts in order; stop them in reverse."""
        async with AsyncExitStack() as stack:
            if self.settings.migrate:
                await asyncio.to_thread(migrate.upgrade, self.settings.database)
            stack.push_async_callback(self.database.close)
            workspace_id = await self.database.write(workspaces.ensure_default)
            stack.push_async_callback(self.batcher.close)
            stack.push_async_callback(self.hub.stop)
            stack.push_async_callback(self.presence.stop)
            stack.push_async_callback(self.floor.stop)
            self.wheel.start()
            stack.callback(self.wheel.stop)
            app.state.services = Services(
                database=self.database,
                batcher=self.batcher,
                presence=self.presence,
                passwords=self.passwords,
                workspace_id=workspace_id,
                signing_key=self.key,
                registration=self.settings.registration,
            )
            yield


def create_app(settings: Settings | None = None, *, parts: Parts | None = None) -> FastAPI:
    """The HTTP application.

    The realtime line is no part of it: `trialogue serve` hands it to the HTTP server. Under
    another server this application has no socket, and says so to whoever asks for one.
    """
    made = parts or Parts(settings or Settings())
    app = FastAPI(
        title="Trialogue",
        version=__version__,
        description=DESCRIPTION,
        lifespan=made.running,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    for noun in (auth, users, conversations, members, messages, health):
        app.include_router(noun.router)
    errors.install(app)
    documents.install(app)
    web.install(app, CLIENT)
    app.add_middleware(middleware.Frame, body_limit=made.settings.body_limit)
    return app
