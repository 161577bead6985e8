"""Somebody of every kind, and a stage on which each of them tries the same thing.

Used by `role_table` and `test_roles`. Everyone tries in a conversation of their own, so that
what one may do never depends on what another has done.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.http.conftest import open_http
from tests.http.shapes import NOBODY
from tests.support.client import PATIENCE, Caller, unique
from tests.support.pictures import picture, uploaded
from tests.support.server import Server

Json = Any
YES = "yes"
CLOSED = {4001: "unauthenticated", 4003: "not_member", 4004: "not_found", 4009: "unauthenticated"}


@dataclass(frozen=True)
class Kind:
    """Somebody: their role in the workspace (None: without an account that holds), and in the
    room (None: not in it); whether the room is public, whether they were removed from it, and
    whether they come with a personal access token."""

    name: str
    workspace: str | None
    room: str | None = None
    public: bool = False
    removed: bool = False
    token: bool = False


IN_WORKSPACE = [
    Kind("owner", "owner", "member"),
    Kind("admin", "admin", "member"),
    Kind("agent", "agent", "member"),
    Kind("member", "member", "member"),
    Kind("guest", "guest", "member"),
    Kind("member's token", "member", "member", token=True),
]
IN_ROOM = [
    Kind("room owner", "member", "owner"),
    Kind("room admin", "member", "admin"),
    Kind("moderator", "member", "moderator"),
]
OUTSIDE = [
    Kind("stranger, private room", "member"),
    Kind("stranger, public room", "member", public=True),
    Kind("guest, public room", "guest", public=True),
    Kind("owner, private room", "owner"),
    Kind("removed", "member", removed=True),
]
WITHOUT = [Kind("deactivated", None, "member"), Kind("nobody", None)]
KINDS = [*IN_WORKSPACE, *IN_ROOM, *OUTSIDE, *WITHOUT]


class Stage:
    """A running server with its owner, and one account of each kind."""

    def __init__(self, server: Server, http: httpx.Client) -> None:
        self.server = server
        self.http = http
        self.keeper = Caller(http).person("keeper")  # the first account owns the server
        self.other = self.keeper.person("other")
        self.people = {kind.name: self._account(kind) for kind in KINDS}
        self.sockets: dict[str, ClientConnection] = {}
        self.exits = ExitStack()

    @cached_property
    def described(self) -> Json:
        """The OpenAPI document."""
        return self.keeper.get("/openapi.json").json()

    def _account(self, kind: Kind) -> Caller:
        if kind.name == "nobody":
            return Caller(self.http)
        made = self.keeper.person(kind.name.split(",")[0].replace(" ", "-").replace("'", ""))
        if kind.workspace is None:
            self.old_room = self.keeper.room(made, self.other)
            self.change(made, is_active=False)
        elif kind.workspace != "member":
            self.change(made, role=kind.workspace)
        if kind.token:
            token = made.post("/api/v1/auth/tokens", name="program").json()["token"]
            return Caller(self.http, {**made.grant, "access_token": token})
        return made

    @cached_property
    def avatar(self) -> str:
        """The file of the owner's avatar."""
        files = {"file": ("two.png", picture())}
        answer = self.keeper.call("PUT", "/api/v1/users/me/avatar", files=files)
        return str(answer.json()["avatar_url"].split("/")[-2])

    def change(self, account: Caller, **changes: Json) -> None:
        """The owner changes an account."""
        answer = self.keeper.patch(f"/api/v1/admin/users/{account.id}", **changes)
        assert answer.status_code == 200, answer.text

    def fresh(self, kind: Kind) -> Caller:
        """A further account of a kind, for what changes the account itself."""
        return self.people[kind.name] if kind.workspace is None else self._account(kind)

    def socket(self, kind: Kind) -> ClientConnection:
        """The socket of the account of a kind, opened when first asked for."""
        if kind.name not in self.sockets:
            opening = self.connect(self.people[kind.name], "/ws")
            self.sockets[kind.name] = self.exits.enter_context(opening)
        return self.sockets[kind.name]

    def connect(self, person: Caller, path: str) -> connect:
        """A new socket, to be entered."""
        headers = {"Authorization": f"Bearer {person.token}"} if person.grant else {}
        address = f"ws://127.0.0.1:{self.server.port}{path}"
        # What nobody reads is kept: a full queue would stop the answers to pings, and the line.
        options = {"compression": None, "proxy": None, "max_queue": None, "ping_interval": None}
        return connect(address, additional_headers=headers, **options)


@contextmanager
def stage_on(server: Server) -> Iterator[Stage]:
    """A stage on a running server."""
    with open_http(server) as http:
        stage = Stage(server, http)
        with stage.exits:
            yield stage


class Scene:
    """One of them, about to try something; what is needed for it is made when asked for."""

    def __init__(self, stage: Stage, kind: Kind, *, fresh: bool) -> None:
        self.stage = stage
        self.kind = kind
        self.me = stage.fresh(kind) if fresh else stage.people[kind.name]
        self.status = 0  # of the answer, where it is one of HTTP

    @cached_property
    def room(self) -> str:
        """A room of the keeper's with another member; who tries is in it as their kind says."""
        stage, kind = self.stage, self.kind
        if kind.workspace is None:
            return stage.old_room
        present = [self.me] if kind.room or kind.removed else []
        room = stage.keeper.room(stage.other, *present, public=kind.public)
        member = f"/api/v1/conversations/{room}/members/{self.me.id}"
        if kind.room and kind.room != "member":
            assert stage.keeper.patch(member, role=kind.room).status_code == 200
        if kind.removed:
            self.own = self.me.say(room)["id"]
            assert stage.keeper.delete(member).status_code == 204
        return room

    @cached_property
    def message(self) -> str:
        """A message of the keeper's."""
        return str(self.stage.keeper.say(self.room)["id"])

    @cached_property
    def file(self) -> str:
        """A file of a message of the keeper's."""
        made = str(uploaded(self.stage.keeper)["id"])
        self.stage.keeper.say(self.room, attachment_ids=[made])
        return made

    @cached_property
    def own(self) -> str:
        """A message of who tries, as far as they could ever write one."""
        if self.kind.workspace is None or self.kind.room is None:
            return self.message
        return str(self.me.say(self.room)["id"])

    @cached_property
    def session(self) -> str:
        """The session that is under way in the room."""
        assert self.message
        found = self.stage.keeper.get(f"/api/v1/conversations/{self.room}/session")
        return str(found.json()["id"])

    @cached_property
    def answered(self) -> Json:
        """A reply of the default assistant's to the keeper in that room, which has ended."""
        keeper = self.stage.keeper
        path = f"/api/v1/conversations/{self.room}"
        helper = keeper.get("/api/v1/assistants").json()["items"][0]
        keeper.post(f"{path}/members", user_id=helper["user"]["id"])
        asked = keeper.say(self.room, "/help")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            page = keeper.get(f"{path}/messages", after=asked["seq"]).json()["items"]
            done = [one for one in page if one["role"] == "assistant" and one["state"] == "done"]
            if done:
                return done[0]
        raise AssertionError("nobody answered")

    @cached_property
    def account(self) -> Caller:
        """An account that is nobody else's concern."""
        return self.stage.keeper.person("somebody")

    @cached_property
    def admin(self) -> Caller:
        """An account of an admin."""
        made = self.stage.keeper.person("somebody")
        self.stage.change(made, role="admin")
        return made

    def made(self, path: str, key: str = "id", *, by: Caller | None = None, **body: Json) -> str:
        """What a call makes, where it is possible at all; otherwise an id that nothing has."""
        maker = by or self.me
        if self.kind.workspace is None and by is None:
            return NOBODY
        return str(maker.post(path, **body).json()[key])

    def link(self) -> str:
        """The token of a one-time link for a new account."""
        answer = self.stage.keeper.post("/api/v1/admin/users", username=unique("linked"))
        return str(answer.json()["reset"]["url"].partition("token=")[2])

    # Trying -------------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Json, **options: Json) -> str:
        """What comes of a request: `yes`, or the code with which it is refused."""
        content = {"json": body} if body is not None else {}
        answer = self.me.call(method, path, **content, **options)
        self.status = answer.status_code
        told = {} if answer.is_success else answer.json()
        return YES if answer.is_success else str(told.get("error", told)["code"])

    def ask(self, command: str, args: Json) -> str:
        """What comes of a command on a socket; of who has none, why it was closed."""
        socket = self.stage.socket(self.kind)
        try:
            socket.send(json.dumps({"id": "1", "do": command, "args": args}))
            while "ok" not in (frame := json.loads(socket.recv(PATIENCE))):
                pass
        except ConnectionClosed:
            return CLOSED[socket.close_code or 0]
        if not frame["ok"]:
            return str(frame["error"]["code"])
        errors = [one["error"]["code"] for one in _values(frame) if one.get("error")]
        return str(errors[0]) if errors else YES

    def come(self, path: str) -> str:
        """What comes of opening a socket."""
        with self.stage.connect(self.me, path) as socket:
            try:
                assert json.loads(socket.recv(PATIENCE))["event"] == "ready"
            except ConnectionClosed:
                return CLOSED[socket.close_code or 0]
        return YES


def _values(frame: Json) -> list[Json]:
    """The answers for single conversations, as `sync.resume` gives them."""
    data = frame.get("data")
    found = data.values() if isinstance(data, dict) else []
    return [one for one in found if isinstance(one, dict)]
