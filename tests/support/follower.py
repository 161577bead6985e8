"""A client that keeps a copy of all of its conversations, over a line that may break any time.

It does what the web client does: snapshot, live events in order, and after a break
`sync.resume` with the `rev` of each copy.
"""

import asyncio
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support.client import PATIENCE, Person, Socket
from tests.support.copies import fresh, hear, settled
from tests.support.replay import Snapshot, apply

Json = Any


class Follower:
    """A person's client. `copies` holds what it knows; `resumes` counts resumptions, of which
    the first one follows the first snapshots, and `reloads` answers `reload`."""

    def __init__(self, person: Person, address: tuple[str, int] | None = None) -> None:
        self.person = person
        self.address = address
        self.copies: dict[str, Snapshot] = {}
        self.resumes = 0
        self.reloads = 0
        self.socket: Socket | None = None
        self._stop = False
        self._task: asyncio.Task[None] | None = None
        self._place = 0

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Follow no more."""
        self._stop = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stop:
            try:
                async with self.person.socket(address=self.address) as socket:
                    self.socket = socket
                    self._place = 0
                    await self._follow(socket)
            except (ConnectionClosed, InvalidHandshake, OSError, EOFError, AssertionError) as error:
                if isinstance(error, AssertionError) and "closed" not in str(error):
                    raise
                await asyncio.sleep(0.05)  # sleep: before the next attempt
            finally:
                self.socket = None

    async def _follow(self, socket: Socket) -> None:
        ready = socket.frames[0]["data"]["conversations"]
        known = {one["id"] for one in ready}
        for conversation_id in known - self.copies.keys():
            await self._reload(conversation_id)
        if self.copies:
            self.resumes += 1
            cursors = {key: copy["last_rev"] for key, copy in self.copies.items()}
            self._resumed(await socket.done("sync.resume", cursors=cursors))
        while True:
            await socket.until(lambda: len(socket.frames) > self._place, "the next frame")
            await self._take(socket.frames[self._place])
            self._place += 1

    def _resumed(self, found: Json) -> None:
        for conversation_id, changes in found.items():
            if "error" not in changes:
                self.reloads += changes["reload"]
                assert not changes["more"]
            copy = apply(self.copies[conversation_id], changes, self.person.id)
            self._keep(conversation_id, copy)

    def _keep(self, conversation_id: str, copy: Snapshot | None) -> None:
        if copy is None:
            self.copies.pop(conversation_id, None)
        else:
            self.copies[conversation_id] = copy

    async def _reload(self, conversation_id: str) -> None:
        self._keep(conversation_id, await fresh(self.person, conversation_id))

    async def _take(self, frame: Json) -> None:
        conversation_id = frame.get("conversation_id")
        if frame.get("event") == "conversation.created":
            await self._reload(frame["data"]["id"])
        elif conversation_id in self.copies:
            copy = hear(self.copies[conversation_id], frame, self.person.id)
            self._keep(conversation_id, copy)

    # What it knows ------------------------------------------------------------------------------

    def rev(self, conversation_id: str) -> int:
        """The last change it knows of a conversation; 0 where it is not in."""
        copy = self.copies.get(conversation_id)
        return 0 if copy is None else int(copy["last_rev"])

    async def caught_up(self, conversation_id: str) -> None:
        """Wait until its copy equals a fresh one; AssertionError with both when it never does."""
        mine = expected = None
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    expected = settled(await fresh(self.person, conversation_id))
                    mine = settled(self.copies.get(conversation_id))
                    if mine == expected:
                        return
                    self._check()
                    await asyncio.sleep(0.05)  # sleep: between two looks
        except TimeoutError:
            pass
        assert mine == expected

    def _check(self) -> None:
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()
