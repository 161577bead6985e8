"""A server whose assistants ask a provider that does what the test says; what tests of it share."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.client import Person, Socket
from tests.support.provider import Asked, Provider
from tests.support.server import Server
from tests.support.streams import text_of

Json = Any
MakeServer = Callable[..., Server]
WORDS = ["A lease 🤝", " is a", " promise,", " 租约，", " that", " runs out.\n"]
WHOLE = "".join(WORDS)


def settings(provider: Provider) -> dict[str, str]:
    """By which assistants ask `first`, and `second` where that fails."""
    return {
        "OPENAI_API_KEY": "a key of tests",
        "OPENAI_BASE_URL": provider.url,
        "TRIALOGUE_AI_PROVIDERS": "openai:first,openai:second",
        "TRIALOGUE_AI_FIRST_TOKEN": "60",
        "TRIALOGUE_AI_TITLES": "words",
    }


def start(make_server: MakeServer, provider: Provider, **more: str) -> Server:
    """A server with a chain of two models."""
    return make_server(**{**settings(provider), **more}).start()


@pytest.fixture
def chained(make_server: MakeServer, provider: Provider) -> Server:
    """A server with a chain of two models."""
    return start(make_server, provider)


async def ask(person: Person, room: str, content: str = "What is a lease?") -> Json:
    """Ask in a conversation; the question."""
    return await person.say(room, content)


async def begun(socket: Socket) -> Json:
    """The message of the next reply, as it begins."""
    event = await socket.expect(
        "message.created", lambda frame: frame["data"]["role"] == "assistant"
    )
    return event["data"]


async def get(person: Person, message_id: str) -> Json:
    """A message as it is now."""
    return await person.ok("GET", f"/api/v1/messages/{message_id}")


async def asked(provider: Provider, **counts: int) -> list[Asked]:
    """What the provider was asked."""
    return await asyncio.to_thread(lambda: provider.asked(**counts))


async def release(provider: Provider) -> None:
    """Let the provider go on."""
    await asyncio.to_thread(provider.release)


async def heard_until(socket: Socket, message_id: str, text: str) -> None:
    """Wait until a socket has heard a reply up to this text."""
    await socket.until(lambda: text_of(socket, message_id).endswith(text), text)
