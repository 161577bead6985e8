"""People who upload and ask whatever happens, beside those of `senders.py` who post."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.support.client import PATIENCE, Person
from tests.support.history import whole_history
from tests.support.senders import BROKEN

Json = Any


async def enough(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(2 * PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # sleep: between two looks


class Uploader:
    """Uploads small files, one after the other; knows which were acknowledged."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.acknowledged: dict[str, bytes] = {}
        self.refused = 0
        self.stop = False

    async def run(self) -> None:
        """Upload until told to stop."""
        number = 0
        while not self.stop:
            number += 1
            content = f"{self.person.name} {number}".encode()
            files = {"file": (f"{number}.txt", content)}
            try:
                answer = await self.person.call("POST", "/api/v1/attachments", files=files)
            except BROKEN:
                await asyncio.sleep(0.05)  # sleep: before the next attempt
                continue
            if answer.status_code == 201:
                self.acknowledged[answer.json()["id"]] = content
                continue
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "unavailable"
            self.refused += 1
            await asyncio.sleep(0.05)  # sleep: before the next attempt

    async def check(self, *, each: int = 1) -> None:
        """What was acknowledged can be fetched, or every tenth of it."""
        for file_id, content in list(self.acknowledged.items())[::each]:
            path = f"/api/v1/attachments/{file_id}/content"
            assert (await self.person.call("GET", path)).content == content


async def ask(person: Person, room: str, content: str, client_id: str) -> Json:
    """Ask until the question is taken; the question."""
    path = f"/api/v1/conversations/{room}/messages"
    body = {"content": content, "client_id": client_id}
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            try:
                answer = await person.call("POST", path, json=body)
            except BROKEN:
                answer = None
            if answer is not None and answer.is_success:
                return answer.json()
            assert answer is None or answer.status_code == 503, answer.text
            await asyncio.sleep(0.05)  # sleep: before the next attempt


async def all_answered(person: Person, room: str, questions: int) -> list[Json]:
    """The answers in a room, once there is one for each question and none is being written."""
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            messages: list[Json] = []
            with suppress(*BROKEN):
                messages = await whole_history(person, room)
            answers = [each for each in messages if each["role"] == "assistant"]
            states = {each["state"] for each in answers}
            if len(answers) >= questions and not states & {"queued", "streaming"}:
                return answers
            await asyncio.sleep(0.1)  # sleep: between two looks


def once_each(answers: list[Json], questions: int) -> None:
    """Each question has one answer, and it has ended."""
    parents = [each["parent_id"] for each in answers]
    assert len(parents) == len(set(parents)) == questions
    assert {each["state"] for each in answers} <= {"done", "interrupted"}
