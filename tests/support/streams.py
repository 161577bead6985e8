"""Replies as a client reads them: server-sent events, and the text that deltas make.

Offsets count code points; what overlaps is clipped, and a hole is a fault of the server's.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.client import Person, Socket

Json = Any


@dataclass
class Heard:
    """One server-sent event."""

    name: str
    id: str
    data: Json


@dataclass
class Text:
    """The text of a reply, as its deltas make it."""

    attempt: int = 1
    text: str = ""
    restarts: list[str] = field(default_factory=list)

    def delta(self, data: Json) -> None:
        """More text."""
        if data["attempt"] != self.attempt:
            self.attempt = data["attempt"]
            self.text = "" if data["offset"] == 0 else self.text
        assert data["offset"] <= len(self.text), "a hole"
        self.text = self.text[: data["offset"]] + data["text"]

    def restart(self, reason: str, attempt: int) -> None:
        """The text starts over."""
        self.restarts.append(reason)
        self.attempt, self.text = attempt, ""


class Events:
    """An open stream of server-sent events."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.heard: list[Heard] = []

    async def next(self) -> Heard | None:
        """The next event; None at the end."""
        name, event_id = "message", ""
        async for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("id: "):
                event_id = line.removeprefix("id: ")
            elif line.startswith("data: "):
                found = Heard(name, event_id, json.loads(line.removeprefix("data: ")))
                self.heard.append(found)
                return found
        return None

    async def until(self, name: str) -> Heard:
        """The next event of a name; there must be one."""
        while True:
            found = await self.next()
            assert found is not None, [each.name for each in self.heard]
            if found.name == name:
                return found

    async def rest(self) -> list[Heard]:
        """All events to the end."""
        while await self.next() is not None:
            pass
        return self.heard

    @property
    def text(self) -> str:
        """What the deltas make."""
        made = Text()
        for each in self.heard:
            if each.name == "delta":
                made.delta(each.data)
            elif each.name == "restart":
                made.restart(each.data["reason"], int(each.id.split(":")[0]))
        return made.text


@asynccontextmanager
async def asking(person: Person, content: str, **more: Json) -> AsyncIterator[Events]:
    """Ask by `POST /api/v1/chat`."""
    async with reading(person, "POST", "/api/v1/chat", json={"content": content, **more}) as events:
        yield events


@asynccontextmanager
async def following(
    person: Person, reply_id: str, last_event_id: str | None = None
) -> AsyncIterator[Events]:
    """Follow a reply from where one left off."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    path = f"/api/v1/replies/{reply_id}/stream"
    async with reading(person, "GET", path, headers=headers) as events:
        yield events


@asynccontextmanager
async def reading(person: Person, method: str, path: str, **options: Any) -> AsyncIterator[Events]:
    headers = {"Authorization": f"Bearer {person.token}", **options.pop("headers", {})}
    async with person.stage.http.stream(method, path, headers=headers, **options) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Events(answer.aiter_lines())


def text_of(socket: Socket, message_id: str) -> str:
    """What a socket has heard of a reply."""
    made = Text()
    for event in socket.events():
        data = event["data"]
        if data.get("message_id") != message_id:
            continue
        if event["event"] == "reply.delta":
            made.delta(data)
        elif event["event"] == "reply.restarted":
            made.restart(data["reason"], data["attempt"])
    return made.text


async def ended(socket: Socket, message_id: str, *states: str) -> Json:
    """The last `message.updated` of a reply, once it is in one of these states."""
    wanted = states or ("done",)
    event = await socket.expect(
        "message.updated",
        lambda frame: frame["data"]["id"] == message_id and frame["data"]["state"] in wanted,
    )
    return event["data"]


async def assistant_room(person: Person) -> str:
    """A new conversation with the default assistant."""
    return str((await person.ok("POST", "/api/v1/conversations", kind="assistant"))["id"])
