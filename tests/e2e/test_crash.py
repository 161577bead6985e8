"""`kill -9` while many clients post: nothing that was acknowledged is lost or doubled, and every
client comes to the state of one that never left."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support.client import Person, Stage
from tests.support.copies import fresh, settled
from tests.support.follower import Follower
from tests.support.history import check, whole_history
from tests.support.server import Server

pytestmark = [pytest.mark.on_mariadb, pytest.mark.usefixtures("unmeasured")]

CLIENTS = 32
ENOUGH = 600  # acknowledged messages before the blow
END: dict[str, Callable[[Server], Any]] = {"killed": Server.kill, "stopped": Server.stop}


class Poster:
    """Posts one message after the other over a socket, with ids of its own; keeps the answers."""

    def __init__(self, person: Person, room: str, number: int) -> None:
        self.person = person
        self.room = room
        self.number = number
        self.acknowledged: dict[str, Any] = {}
        self.unanswered: str | None = None
        self._count = 0

    async def run(self, board: "Board") -> None:
        """Post until the line breaks."""
        try:
            async with self.person.socket() as socket:
                while True:
                    self._count += 1
                    client_id = self.unanswered = f"{self.number}-{self._count}"
                    answer = await socket.done(
                        "messages.send",
                        conversation_id=self.room,
                        content=f"message {client_id}",
                        client_id=client_id,
                    )
                    self.acknowledged[client_id] = answer
                    self.unanswered = None
                    board.note()
        except (ConnectionClosed, InvalidHandshake, OSError, AssertionError):
            return

    async def repeat(self) -> None:
        """Post again what was never answered, as a client does from its outbox."""
        if self.unanswered is not None:
            content = f"message {self.unanswered}"
            sent = await self.person.say(self.room, content, client_id=self.unanswered)
            self.acknowledged[self.unanswered] = sent


class Board:
    """Counts what is acknowledged, and tells when it is enough."""

    def __init__(self) -> None:
        self.count = 0
        self.enough = asyncio.Event()

    def note(self) -> None:
        """One more."""
        self.count += 1
        if self.count >= ENOUGH:
            self.enough.set()


@pytest.mark.parametrize("end", END)
async def test_every_acknowledged_message_is_there_once(lone_server: Server, end: str) -> None:
    async with Stage(lone_server) as stage:
        people = [await stage.person(f"p{number}") for number in range(4)]
        room = await people[0].room(*people[1:])
        followers = [Follower(person) for person in people]
        for follower in followers:
            follower.start()
            await follower.caught_up(room)
        board = Board()
        posters = [Poster(people[n % 4], room, n) for n in range(CLIENTS)]
        posting = [asyncio.create_task(poster.run(board)) for poster in posters]
        await asyncio.wait_for(board.enough.wait(), 120)
        await asyncio.to_thread(END[end], lone_server)
        await asyncio.gather(*posting)
        await asyncio.to_thread(lone_server.start)
        acknowledged = {k: v for poster in posters for k, v in poster.acknowledged.items()}
        found = await whole_history(people[0], room)
        check(found, acknowledged)
        await asyncio.gather(*(poster.repeat() for poster in posters))
        acknowledged = {k: v for poster in posters for k, v in poster.acknowledged.items()}
        found = await whole_history(people[0], room)
        check(found, acknowledged)
        assert len(found) == len(acknowledged)
        revs = [message["rev"] for message in found]
        assert revs == list(range(revs[0], revs[0] + len(revs)))
        for follower in followers:
            await follower.caught_up(room)
            assert follower.resumes >= 2  # the first one was at the start
            assert follower.reloads == 0
            await follower.end()
        newcomer = settled(await fresh(people[0], room))
        assert newcomer["last_seq"] == len(found)
