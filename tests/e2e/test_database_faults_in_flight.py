"""A database that dies or freezes while assistants write and files come in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.conftest import reach
from tests.support.client import Person, Socket, Stage
from tests.support.own_databases import OwnMariadb, OwnPostgresql, own_database
from tests.support.provider import HOLD, Provider, provider, provider_process, say
from tests.support.scripted import WHOLE, WORDS, ask, asked, begun, heard_until, release
from tests.support.server import Server
from tests.support.stored import age, known, left
from tests.support.streams import assistant_room, ended, text_of

__all__ = ["provider", "provider_process"]

pytestmark = pytest.mark.usefixtures("unmeasured")

Own = OwnPostgresql | OwnMariadb
ASKERS = 3
PIECE = b"x" * 64 * 1024
AWAY = 90  # seconds until the server must have noticed


@pytest.fixture(params=["postgresql", "mariadb"])
def own(request: pytest.FixtureRequest) -> Iterator[Own]:
    """A database server of this test's own."""
    program = reach(f"{request.param}-server", request)
    request.node.user_properties.append(("database", request.param))
    made = own_database(request.param, program)
    yield made
    made.discard()


@pytest.fixture
def shaken(own: Own, provider: Provider, tmp_path: Path) -> Iterator[Server]:
    """A server on it, whose assistants ask the provider."""
    settings = {
        "OPENAI_API_KEY": "a key of tests",
        "OPENAI_BASE_URL": provider.url,
        "TRIALOGUE_AI_PROVIDERS": "openai:first",
        "TRIALOGUE_AI_FIRST_TOKEN": "60",
        "TRIALOGUE_AI_SILENCE": "120",
        "TRIALOGUE_AI_TITLES": "words",
        "TRIALOGUE_CLEANUP_INTERVAL": "600",
    }
    server = Server(own.url, tmp_path / "shaken", **settings).start()
    yield server
    server.kill()


class Upload:
    """A file on its way: its last piece is sent when the test says so."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._rest = asyncio.Event()
        self.answer: asyncio.Task[httpx.Response] = asyncio.create_task(self._send())

    async def _send(self) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self._person.token}",
            "Content-Type": "multipart/form-data; boundary=b",
        }
        return await self._person.stage.http.post(
            "/api/v1/attachments", content=self._body(), headers=headers, timeout=AWAY
        )

    async def _body(self) -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        yield PIECE
        await self._rest.wait()
        yield PIECE
        yield b"\r\n--b--\r\n"

    def finish(self) -> None:
        """Send the rest."""
        self._rest.set()


async def all_begun(stage: Stage, people: list[Person], stack: AsyncExitStack) -> list[Socket]:
    """Each has asked, and has heard how the answer begins."""
    sockets = []
    for person in people:
        room = await assistant_room(person)
        socket = await stack.enter_async_context(person.socket())
        await ask(person, room)
        reply = await begun(socket)
        await heard_until(socket, reply["id"], WORDS[1])
        sockets.append(socket)
    return sockets


def reply_of(socket: Socket) -> str:
    """The message of the only reply that a socket has heard of."""
    (found,) = {
        event["data"]["id"]
        for event in socket.events("message.created")
        if event["data"]["role"] == "assistant"
    }
    return str(found)


@pytest.mark.parametrize("fault", ["killed", "frozen"])
async def test_no_reply_is_stuck_or_doubled_and_no_file_is_left(
    own: Own, shaken: Server, provider: Provider, fault: str
) -> None:
    provider.queue("first", *[say(*WORDS[:2], HOLD, *WORDS[2:]) for _ in range(ASKERS)])
    async with Stage(shaken) as stage, AsyncExitStack() as stack:
        people = await stage.people("ada", "bob", "cem")
        sockets = await all_begun(stage, people, stack)
        caught, late = Upload(people[0]), Upload(people[1])
        while len(left(shaken)) < 2:  # both have been let in
            await stage.http.get("/health/live")
        await asyncio.to_thread(own.kill if fault == "killed" else own.freeze)
        caught.finish()
        assert (await caught.answer).status_code == 503
        await release(provider)  # the replies go on, and end, while nothing can be kept
        for socket in sockets:
            await heard_until(socket, reply_of(socket), WORDS[-1])
        await asyncio.to_thread(own.start if fault == "killed" else own.thaw)
        for socket in sockets:
            done = await ended(socket, reply_of(socket))
            assert done["content"] == WHOLE == text_of(socket, done["id"])
            assert len(socket.events("message.created")) == 2  # a question, an answer
        late.finish()
        assert (await late.answer).status_code == 201
        assert len(await asked(provider, ended=ASKERS)) == ASKERS
        for person in people:
            sent = await whole(person)
            assert [message["state"] for message in sent] == ["sent", "done"]
    shaken.stop()
    age(shaken)
    shaken.start()  # its first clean-up comes at once
    async with Stage(shaken) as stage, asyncio.timeout(AWAY):
        while left(shaken) != sorted(known(shaken)):
            await stage.http.get("/health/live")
    assert len(known(shaken)) in (1, 2)  # of the first nobody could say whether it was kept
    assert "Traceback" not in shaken.log()


async def whole(person: Person) -> list[dict[str, str]]:
    """The messages of someone's only conversation."""
    (room,) = (await person.ok("GET", "/api/v1/conversations"))["items"]
    page = await person.ok("GET", f"/api/v1/conversations/{room['id']}/messages")
    return [message for message in page["items"] if message["role"] != "system"]
