"""The composition root: which parts a server has, in which order they start and stop."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from trialogue import __version__
from trialogue.ai.asking import Asking
from trialogue.ai.chain import Chain
from trialogue.ai.circuit import Circuits
from trialogue.ai.completions import Completions
from trialogue.ai.demo import Demo
from trialogue.ai.pictures import Pictures
from trialogue.ai.prices import Prices
from trialogue.ai.providers import Providers
from trialogue.ai.runner import Runner
from trialogue.ai.setup import Setup
from trialogue.core import assistants, quota, workspaces
from trialogue.core.events import Event, ReplyQueued
from trialogue.core.passwords import Passwords
from trialogue.gate.entrance import Gate
from trialogue.gate.limiter import SENDS, Limiter
from trialogue.gate.sending import Sending
from trialogue.http import (
    accounts,
    attachments,
    auth,
    avatars,
    chat,
    conversations,
    documents,
    errors,
    health,
    invites,
    logins,
    members,
    messages,
    metrics,
    middleware,
    openai,
    personal_tokens,
    providers,
    reactions,
    replies,
    resets,
    search,
    sessions,
    simple,
    usage,
    users,
    vercel,
    web,
)
from trialogue.http import assistants as assistants_routes
from trialogue.http.deps import Services
from trialogue.http.groups import ASKING
from trialogue.http.pieces import Pieces
from trialogue.live import schema
from trialogue.live.line import Line
from trialogue.metrics import Metrics
from trialogue.settings import Settings
from trialogue.store import migrate
from trialogue.store.batcher import Batcher
from trialogue.store.database import Database
from trialogue.store.housekeeping import Housekeeping

log = structlog.get_logger()

DESCRIPTION = """
One self-hosted chat platform for people, assistants and customers.

Log in by one of the calls under *Accounts* and send the access token as
`Authorization: Bearer …`. Errors are problem details (RFC 9457) with a stable `code`.
What happens is told live on the WebSocket at `/ws`; its commands and events are described
in the protocol reference and stand among the schemas of this document.
"""
# The web client: in an installed package beside this module, in a checkout where it is built.
_BUNDLED = Path(__file__).parent / "client"
CLIENT = _BUNDLED if _BUNDLED.is_dir() else Path(__file__).parents[2] / "web" / "dist"


class Parts:
    """The parts of one server process. Making them connects to nothing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.key = settings.signing_key()
        self.database = Database(settings.database, limits=settings.limits())
        self.batcher = Batcher(self.database)
        self.limiter = Limiter(on=settings.rate_limits == "on")
        self.sending = Sending(self.batcher, self.limiter)
        self.files = settings.files()
        self.housekeeping = Housekeeping(
            self.database,
            lambda: self.batcher.posted,
            retention_days=settings.retention_days,
            files=self.files,
            cleanup_interval=settings.cleanup_interval,
        )
        self.gate = Gate(
            self.database,
            self.key,
            trusted_secret=settings.trusted_user_secret,
            issuer=settings.issuer(),
        )
        self.providers = Providers(
            settings.credentials(),
            first_event_timeout=settings.ai_first_token,
            silence_timeout=settings.ai_silence,
            request_timeout=settings.ai_request,
            demo=Demo(settings.demo_pace),
        )
        circuits = Circuits()
        self.setup = Setup(
            self.database,
            self.providers,
            circuits,
            chain=settings.chain(),
            secret=self.key,
            port=settings.port,
        )
        prices = Prices.load(settings.ai_prices)
        self.chain = Chain(self.providers, prices, circuits, usual=self.setup.chain)
        self.completions = Completions(self.database, self.chain)
        pictures = Pictures(self.database, self.files)
        self.runner = Runner(
            self.database,
            Asking(self.database, self.chain, pictures, titles=settings.ai_titles),
            node=f"{socket.gethostname()[:40]}-{secrets.token_hex(6)}",
            sole=not settings.has_other_writers,
            publish=lambda happened: self.line.hub.bus.publish(happened),
        )
        self.batcher.lease, self.batcher.begin = self.runner.lease, self.runner.begin
        self.line = self._make_line(settings)
        self.metrics = Metrics(
            database=self.database,
            batcher=self.batcher,
            line=self.line,
            chain=self.chain,
            runner=self.runner,
        )
        self.passwords = Passwords(
            time_cost=settings.password_rounds, memory=settings.password_memory
        )

    def _make_line(self, settings: Settings) -> Line:
        line = Line(
            self.database,
            self.sending,
            gate=self.gate,
            limiter=self.limiter,
            replies=self.runner,
            upload_limit=settings.upload_limit,
            allowed_origins=settings.allowed_origins,
            trusted_proxies=settings.trusted_proxies,
            redis_url=settings.redis_url,
            other_writers=settings.has_other_writers,
        )
        line.hub.stopped, line.hub.ended = self.runner.stopped, self.runner.ended
        return line

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """Start all parts in order; stop them in reverse."""
        async with AsyncExitStack() as stack:
            if self.settings.migrate:
                await asyncio.to_thread(migrate.upgrade, self.settings.database)
            stack.push_async_callback(self.database.close)
            workspace_id = await self.database.write(workspaces.ensure_default)
            await self.database.write(assistants.ensure_default, workspace_id)
            stack.push_async_callback(self.batcher.close)
            await self.database.write(quota.forget)
            self.housekeeping.start()
            stack.push_async_callback(self.housekeeping.stop)
            await self.line.start()
            stack.push_async_callback(self.line.stop)
            self.database.publish = self._published
            self.database.doubt = self._doubted
            await self.setup.start(workspace_id)
            stack.push_async_callback(self.setup.stop)
            await self.runner.start()
            stack.push_async_callback(self.runner.stop)
            app.state.services = Services(
                database=self.database,
                sending=self.sending,
                presence=self.line.presence,
                typists=self.line.typists,
                passwords=self.passwords,
                version=__version__,
                workspace_id=workspace_id,
                signing_key=self.key,
                registration=self.settings.registration,
                gate=self.gate,
                files=self.files,
                upload_limit=self.settings.upload_limit,
                limiter=self.limiter,
                pieces=Pieces(),
                metrics=self.metrics,
                metrics_token=self.settings.metrics_token,
                redis=self.line.redis,
                replies=self.runner,
                completions=self.completions,
                providers=self.setup,
            )
            stack.push_async_callback(self.completions.stop)
            yield

    def _published(self, happened: Sequence[Event]) -> None:
        """This process has committed something: sockets hear of it, replies are begun."""
        self.line.published(happened)
        self.runner.committed(happened)
        for event in happened:
            if isinstance(event.data, ReplyQueued) and event.data.asker_id is not None:
                self.limiter.note(SENDS, event.data.asker_id, cost=ASKING)

    def _doubted(self, perhaps: Sequence[Event]) -> None:
        """Nobody can say whether this process has committed something."""
        self.line.doubted(perhaps)
        self.runner.doubted()


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
        redirect_slashes=False,  # one address for one thing
        separate_input_output_schemas=False,
    )
    of_accounts = (auth, logins, personal_tokens, resets, users, accounts, invites)
    of_files = (attachments, avatars)
    of_talk = (conversations, members, messages, reactions, search, sessions)
    of_assistants = (assistants_routes, replies, chat, vercel, simple, usage, openai, providers)
    nouns = (*of_accounts, *of_talk, *of_files, *of_assistants, health, metrics)
    # What is called most comes first: a request is held against one after the other.
    for noun in sorted(nouns, key=lambda noun: (messages, conversations, *nouns).index(noun)):
        app.include_router(noun.router)
    errors.install(app)
    documents.install(app, [noun.router for noun in nouns], schema.components())
    web.install(app, CLIENT)
    app.add_middleware(
        middleware.Guard,
        body_limit=made.settings.body_limit,
        upload_limit=made.settings.upload_limit,
        limiter=made.limiter,
    )
    if made.settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=made.settings.allowed_origins,
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy"],
        )
    app.add_middleware(middleware.Frame, limiter=made.limiter, answered=made.metrics.answered)
    return app
