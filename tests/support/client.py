"""People who use a running server: over HTTP, and over raw WebSockets.

`Person` waits for its answers (`await`); `Caller` is the same for tests that are no coroutines.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.server import Server

PATIENCE = 30  # seconds after which a test that waits has failed
PASSWORD = "correct horse"
Json = Any
Match = Callable[[Json], bool]


def unique(name: str) -> str:
    """A username that no other test has."""
    return f"{name}-{os.urandom(4).hex()}"


def no_cookies() -> CookieJar:
    """A jar that keeps nothing: several people share one HTTP client."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


class Caller:
    """Someone who calls the HTTP API; nobody in particular without `grant`."""

    def __init__(self, http: httpx.Client, grant: Json = None) -> None:
        self.http = http
        self.grant = grant

    @property
    def id(self) -> str:
        """The id of this user."""
        return str(self.grant["user"]["id"])

    @property
    def name(self) -> str:
        """Their username."""
        return str(self.grant["user"]["username"])

    @property
    def token(self) -> str:
        """Their access token."""
        return str(self.grant["access_token"])

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to a request, whatever it is."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.grant else {}
        headers |= options.pop("headers", {})
        return self.http.request(method, path, headers=headers, **options)

    def get(self, path: str, **query: Any) -> httpx.Response:
        """GET with these query parameters."""
        return self.call("GET", path, params=query)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """POST of a JSON object."""
        return self.call("POST", path, json=body)

    def put(self, path: str, **body: Any) -> httpx.Response:
        """PUT of a JSON object."""
        return self.call("PUT", path, json=body)

    def patch(self, path: str, **body: Any) -> httpx.Response:
        """PATCH with a JSON object."""
        return self.call("PATCH", path, json=body)

    def delete(self, path: str) -> httpx.Response:
        """DELETE."""
        return self.call("DELETE", path)

    # What most tests begin with ---------------------------------------------------------------

    def person(self, name: str = "ada", **more: Any) -> "Caller":
        """Someone new, registered and logged in."""
        body = {"username": unique(name), "password": PASSWORD, **more}
        answer = self.http.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return Caller(self.http, answer.json())

    def log_in(self) -> "Caller":
        """Another login of the same person."""
        body = {"username": self.name, "password": PASSWORD}
        answer = self.http.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        return Caller(self.http, answer.json())

    def room(self, *others: "Caller", **more: Any) -> str:
        """The id of a new room with these people."""
        body = {"kind": "group", "name": "Room", "member_ids": [one.id for one in others], **more}
        answer = self.post("/api/v1/conversations", **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def say(self, room: str, content: str = "Hello", **more: Any) -> Json:
        """Send a message to a room; the message."""
        answer = self.post(f"/api/v1/conversations/{room}/messages", content=content, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()


class Socket:
    """One WebSocket. A task collects what comes; `frames` holds all of it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Json] = []
        self._taken: set[int] = set()
        self._count = 0
        self._news = asyncio.Event()
        self._closed = False
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self.connection.recv())
        except ConnectionClosed:
            self._closed = True
            self._news.set()

    def _take(self, data: str | bytes) -> None:
        assert isinstance(data, str), "the server sends text frames"
        self.frames.append(json.loads(data))
        self._news.set()

    async def until(self, condition: Callable[[], Any], what: str = "a frame") -> Any:
        """Wait until a condition on what has come holds; its value."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := condition()):
                    assert not self._closed, f"closed ({self.connection.close_code}) before {what}"
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{what} did not come; {self.frames[-20:]}") from None
        return found

    async def expect(self, name: str, match: Match = lambda _: True, **data: Json) -> Json:
        """The first event of a name, with these data, that was not expected before."""

        def search() -> int | None:
            for place, frame in enumerate(self.frames):
                fits = frame.get("event") == name and place not in self._taken
                if fits and data.items() <= frame["data"].items() and match(frame):
                    return place + 1
            return None

        place = await self.until(search, f"{name} {data}") - 1
        self._taken.add(place)
        return self.frames[place]

    async def ask(self, command: str, **args: Json) -> Json:
        """Give a command; its answer."""
        return await self.answer(await self.tell(command, **args))

    async def tell(self, command: str, **args: Json) -> str:
        """Give a command without waiting; its id."""
        self._count += 1
        command_id = f"c{self._count}"
        await self.send({"id": command_id, "do": command, "args": args})
        return command_id

    async def send(self, frame: Json) -> None:
        """Send a frame: text as it is, everything else as JSON."""
        raw = frame if isinstance(frame, str | bytes) else json.dumps(frame)
        await self.connection.send(raw)

    async def answer(self, command_id: str | None) -> Json:
        """The answer to a command."""

        def search() -> Json:
            found = (f for f in self.frames if "ok" in f and f["id"] == command_id)
            return next(found, None)

        return await self.until(search, f"the answer to {command_id}")

    async def done(self, command: str, **args: Json) -> Json:
        """The data with which a command is answered; it must succeed."""
        found = await self.ask(command, **args)
        assert found["ok"] is True, found
        return found.get("data")

    async def settled(self) -> list[Json]:
        """All events that the server has written until now."""
        await self.done("ping")
        return self.events()

    def events(self, name: str | None = None) -> list[Json]:
        """The events so far, of one name or all."""
        return [f for f in self.frames if "event" in f and name in (None, f["event"])]

    def about(self, conversation_id: str) -> list[Json]:
        """The events so far that belong to a conversation, or tell of it."""
        return [f for f in self.events() if f.get("conversation_id") == conversation_id]

    async def closed(self) -> int | None:
        """The code with which the connection was closed."""
        async with asyncio.timeout(PATIENCE):
            await self.connection.wait_closed()
            await self._reader
        return self.connection.close_code

    async def leave(self) -> None:
        """Close it, politely."""
        await self.connection.close()
        await self._reader


class Person:
    """Someone with an account, and a login of it."""

    def __init__(self, stage: "Stage", grant: Json) -> None:
        self.stage = stage
        self.grant = grant
        self.id: str = grant["user"]["id"]
        self.name: str = grant["user"]["username"]
        self.token: str = grant["access_token"]

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to a request, whatever it is."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.stage.http.request(method, path, headers=headers, **options)

    async def ok(self, method: str, path: str, **body: Any) -> Json:
        """What a request with this JSON object yields; it must succeed."""
        answer = await self.call(method, path, json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def room(self, *others: "Person", **more: Any) -> str:
        """The id of a new room with these people."""
        body = {"kind": "group", "name": "Room", "member_ids": [one.id for one in others], **more}
        return str((await self.ok("POST", "/api/v1/conversations", **body))["id"])

    async def say(self, room: str, content: str = "Hello", **more: Any) -> Json:
        """Send a message to a room; the message."""
        path = f"/api/v1/conversations/{room}/messages"
        return await self.ok("POST", path, content=content, **more)

    async def log_in(self) -> "Person":
        """Another login of the same person."""
        body = {"username": self.name, "password": PASSWORD}
        answer = await self.stage.http.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        return Person(self.stage, answer.json())

    async def log_out(self) -> None:
        """End this login."""
        await self.ok("POST", "/api/v1/auth/logout")

    @asynccontextmanager
    async def socket(self, path: str = "/ws", **options: Any) -> AsyncIterator[Socket]:
        """A socket after its `ready`."""
        async with self.stage.socket(path, token=self.token, **options) as socket:
            await socket.until(lambda: socket.frames, "ready")
            assert socket.frames[0]["event"] == "ready"
            yield socket


class Stage:
    """A running server, and who is on it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.address = server.address
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> "Stage":
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        made = httpx.AsyncClient(
            base_url=self.server.url,
            cookies=no_cookies(),
            limits=limits,
            timeout=PATIENCE,
            trust_env=False,
            verify=False,
        )
        self.http = await self._exits.enter_async_context(made)
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._exits.aclose()

    async def person(self, name: str = "ada") -> Person:
        """Someone new, registered and logged in."""
        body = {"username": unique(name), "password": PASSWORD}
        answer = await self.http.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return Person(self, answer.json())

    async def people(self, *names: str) -> list[Person]:
        """Several of them."""
        return [await self.person(name) for name in names]

    async def redis(self) -> str:
        """How the server finds Redis."""
        health = (await self.http.get("/health")).json()
        return str(health["components"]["redis"]["status"])

    @asynccontextmanager
    async def socket(
        self,
        path: str = "/ws",
        *,
        token: str | None = None,
        address: tuple[str, int] | None = None,
        **options: Any,
    ) -> AsyncIterator[Socket]:
        """A socket, whatever the server makes of it; through another address if one is given."""
        host, port = address or self.address
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        headers |= options.pop("headers", {})
        settings = {"compression": None, "proxy": None, "close_timeout": 5, **options}
        connection = await connect(
            f"ws://{host}:{port}{path}", additional_headers=headers, **settings
        )
        socket = Socket(connection)
        try:
            yield socket
        finally:
            await socket.leave()


async def in_touch(*stages: Stage) -> None:
    """Wait until nodes hear each other."""
    async with asyncio.timeout(PATIENCE):
        for stage in stages:
            while await stage.redis() != "healthy":  # noqa: ASYNC110 — it is another process
                await asyncio.sleep(0.02)  # sleep: between two looks
