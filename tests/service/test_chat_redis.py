"""With Redis, servers hear at once what a program commits with the library."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.nodes import Node, node, until
from trialogue import ChatService, init_chats_db
from trialogue.core import workspaces
from trialogue.live.bus.topics import prefix_of

ROOT = Path(__file__).parents[2]
PROGRAM = """
from trialogue import ChatService
service = ChatService()
for number in range(50):
    service.send_message({room!r}, {user!r}, str(number))
"""


@pytest.fixture
def service(database_url: str, redis_url: str) -> Iterator[ChatService]:
    """A service that tells Redis."""
    made = ChatService(database_url, redis_url=redis_url)
    yield made
    made.close()


def beside(url: str, service: ChatService, scene: Callable[[Node], Any]) -> None:
    """Play a scene while a server's end of the bus listens."""

    async def whole() -> None:
        workspace_id = service._door.write(workspaces.ensure_default)
        async with node(url, prefix_of(workspace_id)) as server:
            await scene(server)

    asyncio.run(whole())


def test_what_is_committed_is_told_and_nothing_else(service: ChatService, redis_url: str) -> None:
    ada = service.create_user("ada")
    room = service.create_conversation("Room", member_ids=[ada.id])

    async def scene(server: Node) -> None:
        await server.bus.subscribe([room.id])
        service.send_message(room.id, ada.id, "one")
        with contextlib.suppress(KeyError), service.transaction() as session:
            service.send_message(room.id, ada.id, "never", session=session)
            raise KeyError
        with service.transaction() as session:
            service.send_message(room.id, ada.id, "two", session=session)
            service.send_message(room.id, ada.id, "three", session=session)
        await until(lambda: len(server.heard) == 3)
        told: list[Any] = [event.data for event in server.heard]
        assert [each.content for each in told] == ["one", "two", "three"]
        assert [each.seq for each in told] == [1, 2, 3]

    beside(redis_url, service, scene)


def test_the_users_concerned_and_all_nodes_are_told(service: ChatService, redis_url: str) -> None:
    ada, bob = service.create_user("ada"), service.create_user("bob")

    async def scene(server: Node) -> None:
        await server.bus.subscribe([bob.id])
        room = service.create_conversation("Room", member_ids=[ada.id, bob.id])
        service.update_user(ada.id, display_name="Ada Lovelace")
        service.delete_user(bob.id)
        await until(lambda: "account.state" in [event.name for event in server.heard])
        names = [event.name for event in server.heard if event.conversation_id in (None, room.id)]
        assert names[:2] == ["conversation.created", "user.updated"]

    beside(redis_url, service, scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_program_that_ends_tells_what_is_left(
    service: ChatService, database_url: str, redis_url: str
) -> None:
    ada = service.create_user("ada")
    room = service.create_conversation("Room", member_ids=[ada.id])
    program = PROGRAM.format(room=room.id, user=ada.id)
    variables = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}

    async def scene(server: Node) -> None:
        await server.bus.subscribe([room.id])
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env={**os.environ, **variables}, cwd=ROOT
        )
        assert await running.wait() == 0
        await until(lambda: len(server.heard) == 50)

    beside(redis_url, service, scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_without_redis_nothing_of_it_is_loaded(database_url: str) -> None:
    program = (
        "import sys; from trialogue import ChatService\n"
        f"ChatService({database_url!r}).search_users()\n"
        "print([name for name in ('redis', 'orjson', 'trialogue.live') if name in sys.modules])"
    )
    settings = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    for variables in (settings, settings | {"REDIS_URL": ""}):
        done = subprocess.run(
            [sys.executable, "-c", program], env=variables, capture_output=True, check=True
        )
        assert done.stdout == b"[]\n"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_empty_argument_stands_for_no_redis(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "http://this would be refused")
    assert ChatService(database_url, redis_url="").create_user("ada").username == "ada"
    with pytest.raises(ValueError, match="redis://"):
        ChatService(database_url)


def test_a_redis_that_is_not_there_changes_nothing(database_url: str) -> None:
    init_chats_db(database_url)
    service = ChatService(database_url, redis_url="redis://127.0.0.1:1")
    ada = service.create_user("ada")
    room = service.create_conversation("Room", member_ids=[ada.id])
    sent = [service.send_message(room.id, ada.id, str(number)) for number in range(20)]
    assert [each.seq for each in sent] == list(range(1, 21))
    service.close()
