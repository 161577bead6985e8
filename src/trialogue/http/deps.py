"""What routes are given: the services of this process, who acts, and how answers are made."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Protocol, TypeVar, cast

import orjson
from fastapi import Depends, Path, Query, Request, Response
from fastapi.security import OAuth2PasswordBearer

from trialogue.core import arguments, replies, wire
from trialogue.core.arguments.providers import AskProvider, SetProviders
from trialogue.core.completions import Question, Tokens
from trialogue.core.errors import ChatError
from trialogue.core.passwords import Passwords
from trialogue.core.policy import Actor
from trialogue.core.users import Registration
from trialogue.gate.credentials import Credentials
from trialogue.gate.entrance import Gate
from trialogue.gate.limiter import CALLS, STRANGERS, Limiter, Spent, network
from trialogue.gate.sending import Sending
from trialogue.http.groups import GROUPS
from trialogue.http.pieces import Pieces
from trialogue.store.database import Database
from trialogue.store.files import Files


class Presence(Protocol):
    """Who has a live connection; known to the realtime line."""

    def online(self, user_ids: Iterable[str]) -> set[str]:
        """Those of `user_ids` who are online."""

    async def peers_online(self, user_id: str) -> set[str]:
        """Those online who share a conversation with `user_id`, within the line's bounds."""


class Typists(Protocol):
    """Who is writing; known to the realtime line."""

    def set(self, conversation_id: str, user_id: str, typing: bool) -> None:
        """Someone writes, or has stopped."""


class Redis(Protocol):
    """The connection to other nodes; known to the realtime line."""

    async def ping(self) -> float | None:
        """How long it takes to answer, in milliseconds; None where it is of no use just now."""


class Progress(Protocol):
    """What can be seen of a reply at a moment."""

    @property
    def attempt(self) -> int:
        """Rises when the text starts over, or is continued."""

    @property
    def text(self) -> str:
        """All that has been told."""

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""


class Replies(Protocol):
    """The replies that are being written, here or on another node."""

    async def cancel(self, actor: Actor, reply_id: str) -> wire.Message:
        """Stop a reply."""

    async def begun(self, actor: Actor, reply_id: str, patience: float) -> replies.Known:
        """Where a reply stands once its message is there, or after `patience` seconds."""

    def watch(self, actor: Actor, message_id: str) -> AsyncIterator[Progress | None]:
        """A reply as it grows; None is a sign of life."""


class Completion(Protocol):
    """An answer that belongs to no conversation."""

    @property
    def finish(self) -> wire.Finish:
        """Why it ended."""

    @property
    def tokens(self) -> Tokens:
        """What it took so far."""

    def pieces(self) -> AsyncIterator[str]:
        """Its text as it comes; raises ChatError where it breaks off."""


class Completions(Protocol):
    """Answers that belong to no conversation."""

    def open(self, actor: Actor, question: Question) -> AbstractAsyncContextManager[Completion]:
        """The answer to a question; the line to its provider is closed with the block."""


class ModelProviders(Protocol):
    """Which model providers are in force."""

    def health(self) -> tuple[Literal["healthy", "degraded"], str]:
        """Whether any of them can be asked, and which is asked first."""

    async def report(self, actor: Actor, *, look: bool = False) -> wire.ModelProviders:
        """All of them, for admins."""

    async def change(self, actor: Actor, changes: SetProviders) -> wire.ModelProviders:
        """Set keys, addresses and the chain."""

    async def test(self, actor: Actor, asked: AskProvider) -> wire.ProviderTest:
        """Ask one for one token."""


class Metrics(Protocol):
    """What this process does, in numbers."""

    async def text(self) -> bytes:
        """All of them, in the text format of Prometheus."""


@dataclass(frozen=True, slots=True)
class Services:
    """All that routes may use, handed in by the composition root."""

    database: Database
    sending: Sending
    presence: Presence
    typists: Typists
    passwords: Passwords
    version: str
    workspace_id: str
    signing_key: str
    registration: Registration
    gate: Gate
    files: Files
    upload_limit: int
    limiter: Limiter
    pieces: Pieces
    metrics: Metrics
    metrics_token: str | None
    redis: Redis | None
    replies: Replies
    completions: Completions
    providers: ModelProviders


def services_of(request: Request) -> Services:
    """The services of the application that serves this request."""
    return cast(Services, request.app.state.services)


async def services(request: Request) -> Services:
    """The same, for routes: FastAPI hands what is not asynchronous to a thread."""
    return services_of(request)


class _Login(OAuth2PasswordBearer):
    """The scheme by which people are let in, as the documentation shows it."""

    def __init__(self) -> None:
        super().__init__(
            tokenUrl="/api/v1/auth/token",
            auto_error=False,
            scheme_name="Login",
            description="An access token from any of the login calls, a personal access token "
            "(`trg_…`), or one of the outside issuer that this server trusts.",
        )


class _Actor(_Login):
    """Who acts, as one dependency: each has its price at every call."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        return await authenticated(services_of(request), request, await super().__call__(request))


Serving = Annotated[Services, Depends(services)]
Token = Annotated[str | None, Depends(_Login())]


async def authenticated(serving: Services, request: Request, token: str | None) -> Actor:
    """Who acts; ChatError `unauthenticated` without credentials that hold."""
    named = request.headers.getlist("x-user-id")
    secret = request.headers.get("x-trusted-secret")
    # Of two names neither counts: one may have slipped past the gateway.
    shown = Credentials(token, named[0] if len(named) == 1 else None, secret)
    try:
        actor = (await serving.gate.admit(shown)).actor
    except ChatError as error:
        if error.code == "gone":
            raise ChatError("unauthenticated", error.detail) from None
        raise
    count_call(serving, request, actor)
    return actor


def count_call(serving: Services, request: Request, actor: Actor) -> None:
    """Count a call of a user, no more as one of a stranger; ChatError `limited` when there are
    too many, of all kinds or of this one."""
    limiter, scope = serving.limiter, request.scope
    spent: Spent = scope["spent"]
    spent[:] = [(CALLS, actor.user_id)]
    limiter.take(CALLS, actor.user_id)
    group = GROUPS.get((scope["method"], scope["route"].path))
    if group is not None:
        spent.append((group[0], actor.user_id))
        limiter.take(group[0], actor.user_id, cost=group[1])
    # Last: who goes on in spite of refusals is soon refused before the database is asked.
    limiter.give_back(STRANGERS, network(address(request)))


Acting = Annotated[Actor, Depends(_Actor())]
PathId = Annotated[arguments.Id, Path(description="A UUID.")]
Cursor = Annotated[
    arguments.SoundText | None,
    Query(max_length=1_000, description="`next_cursor` of the page before."),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at the most.")]


def address(request: Request) -> str | None:
    """Where a request came from; uvicorn has judged proxies' headers."""
    return request.client.host if request.client else None


def origin(request: Request) -> str:
    """Where the caller sees this server: `https://chat.example`."""
    return f"{request.url.scheme}://{request.url.netloc}"


def answer(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response of wire types; they are encoded as they are, not validated again."""
    body = orjson.dumps(data, option=orjson.OPT_UTC_Z)
    return Response(body, status, headers=headers, media_type="application/json")


AnyUser = TypeVar("AnyUser", bound=wire.User)


def with_presence(serving: Services, users: list[AnyUser]) -> list[AnyUser]:
    """The same users, with `online` filled in."""
    online = serving.presence.online([user.id for user in users])
    return [replace(user, online=user.id in online) for user in users]


def members_with_presence(serving: Services, members: list[wire.Member]) -> list[wire.Member]:
    """The same members, with `online` of their users filled in."""
    users = with_presence(serving, [member.user for member in members])
    return [replace(member, user=user) for member, user in zip(members, users, strict=True)]


AnyConversation = TypeVar("AnyConversation", bound=wire.Conversation)


def peers_with_presence(
    serving: Services, conversations: list[AnyConversation]
) -> list[AnyConversation]:
    """The same conversations, with `online` of the other person of direct ones filled in."""
    return [
        replace(found, peer=with_presence(serving, [found.peer])[0]) if found.peer else found
        for found in conversations
    ]


PROBLEM = {"$ref": "#/components/schemas/Problem"}
EXPLANATIONS = {
    400: "The body is not JSON: `bad_request`.",
    401: "Without a valid access token: `unauthenticated`.",
    403: "One may not do this: `forbidden`; or is not in this public room: `not_member`.",
    404: "There is no such thing, or it is hidden from who asks: `not_found`.",
    410: "It is there no more (recalled, used or expired): `gone`.",
    429: "Too often: `limited`; `Retry-After` says in how many seconds to come again.",
    409: "The present state forbids it: `conflict`, or a more exact code.",
    413: "The body is too large: `too_large`.",
    415: "The body is not of the type that is taken here: `unsupported_type`.",
    416: "`Range` asks for what is not there: `range_not_satisfiable`.",
    422: "Arguments are missing or wrong: `invalid`, with `errors`.",
    500: "No model provider has answered: `provider_failed`.",
    503: "The database cannot be reached, or is busy: `unavailable`; try again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The documentation of the errors that a route answers with."""
    return {
        status: {
            "description": EXPLANATIONS[status],
            "content": {"application/problem+json": {"schema": PROBLEM}},
        }
        for status in sorted({*statuses, 422, 429, 503})
    }
