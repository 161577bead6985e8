"""People who post whatever happens: what is not acknowledged they send again, with the same
`client_id`, as a client does from its outbox."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support.client import PATIENCE, Person, Socket

Json = Any
Way = Literal["http", "socket"]
BROKEN = (ConnectionClosed, InvalidHandshake, OSError, EOFError, httpx.TransportError)


class Board:
    """What all senders have come to, and whoever waits for it."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, Json] = {}
        self.refused: dict[Way, int] = {"http": 0, "socket": 0}
        self._news = asyncio.Event()

    def note(self) -> None:
        """Something has changed."""
        self._news.set()

    async def until(self, condition: Callable[[], bool], patience: float = 2 * PATIENCE) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(patience):
            while not condition():
                self._news.clear()
                await self._news.wait()


class Sender:
    """Posts to a room, one message after the other, over HTTP or a socket."""

    def __init__(self, person: Person, room: str, name: str, way: Way, board: Board) -> None:
        self.person = person
        self.room = room
        self.name = name
        self.way = way
        self.board = board
        self.sent = 0  # messages that were acknowledged
        self._stop = False
        self._unanswered = False  # a message is under way
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to post."""
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Post until the message under way is acknowledged, and no further."""
        self._stop = True
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stop or self._unanswered:
            try:
                if self.way == "http":
                    await self._post_all(self._post)
                else:
                    async with self.person.socket() as socket:
                        await self._post_all(lambda body: self._ask(socket, body))
            except AssertionError as error:
                if "closed" not in str(error):
                    raise
            except BROKEN:
                pass
            await asyncio.sleep(0.05)  # sleep: before the next attempt

    async def _post_all(self, post: Callable[[Json], Any]) -> None:
        while not self._stop or self._unanswered:
            client_id = f"{self.name}-{self.sent + 1}"
            body = {"content": f"message {client_id}", "client_id": client_id}
            self._unanswered = True
            while (answer := await post(body)) is None:
                self.board.refused[self.way] += 1
                self.board.note()
                await asyncio.sleep(0.05)  # sleep: before the next attempt
            self.board.acknowledged[client_id] = answer
            self.sent += 1
            self._unanswered = False
            self.board.note()

    async def _post(self, body: Json) -> Json:
        """The message, None when the server says that it cannot take it just now."""
        path = f"/api/v1/conversations/{self.room}/messages"
        answer = await self.person.call("POST", path, json=body)
        if answer.status_code != 503:
            assert answer.is_success, answer.text
            return answer.json()
        problem = answer.json()
        assert (problem["code"], problem["status"]) == ("unavailable", 503)
        assert len(problem["detail"]) > 10
        assert answer.headers["retry-after"] == "1"
        return None

    async def _ask(self, socket: Socket, body: Json) -> Json:
        answer = await socket.ask("messages.send", conversation_id=self.room, **body)
        if answer["ok"]:
            return answer["data"]
        assert answer["error"]["code"] == "unavailable", answer
        assert len(answer["error"]["detail"]) > 10
        return None
