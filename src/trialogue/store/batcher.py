"""Gathers concurrent posts into one transaction.

While one batch commits the next one gathers; there is no timer, so a lone post waits for
nobody. Posts keep the order in which they came.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from trialogue.core import posting
from trialogue.core.errors import ChatError
from trialogue.core.posting import SKIPPED, Draft, Outcome, Posted
from trialogue.store.database import Database

MOST = 512  # drafts in one transaction
PATIENCE = 5.0  # seconds that a draft waits for a conversation held by someone else


@dataclass(slots=True)
class _Waiting:
    draft: Draft
    answer: asyncio.Future[Posted]
    deadline: float


class Batcher:
    """The one entrance for posts of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def post(self, draft: Draft) -> Posted:
        """Post one draft together with those that come at the same time.

        Raises the ChatError that refuses this draft; `unavailable` when the conversation could
        not be had for 5 s. A cancelled caller's draft is posted all the same.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Posted] = loop.create_future()
        self._waiting.append(_Waiting(draft, answer, loop.time() + PATIENCE))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await answer

    async def close(self) -> None:
        """Wait until all that was accepted is posted."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._waiting:
            count = min(MOST, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            skipped = await self._deliver(batch, wait=False)
            if len(skipped) == len(batch):
                # Everything is held by others: wait for the first instead of asking again.
                first = skipped[0].draft.conversation_id
                chosen = [item for item in skipped if item.draft.conversation_id == first]
                skipped = [item for item in skipped if item.draft.conversation_id != first]
                await self._deliver(chosen, wait=True)
            self._waiting.extendleft(reversed(self._still_patient(skipped)))

    async def _deliver(self, batch: Sequence[_Waiting], *, wait: bool) -> list[_Waiting]:
        """Post a batch and answer its callers; returns those who must come again."""
        drafts = [item.draft for item in batch]
        try:
            outcomes = await self._database.write(posting.post, drafts, wait=wait)
        except ChatError as error:
            outcomes = [error] * len(batch)
        except Exception as error:  # noqa: BLE001 — one bad draft must not take others with it
            if len(batch) == 1:
                _answer(batch[0], error)
                return []
            return [left for item in batch for left in await self._deliver([item], wait=wait)]
        skipped = []
        for item, outcome in zip(batch, outcomes, strict=True):
            if outcome is SKIPPED:
                skipped.append(item)
            else:
                _answer(item, outcome)
        return skipped

    def _still_patient(self, skipped: Sequence[_Waiting]) -> list[_Waiting]:
        now = asyncio.get_running_loop().time()
        for item in skipped:
            if item.deadline <= now:
                _answer(item, ChatError("unavailable", "The conversation is busy; try again."))
        return [item for item in skipped if item.deadline > now]


def _answer(item: _Waiting, outcome: Outcome | Exception) -> None:
    if item.answer.done():
        return
    if isinstance(outcome, Posted):
        item.answer.set_result(outcome)
    elif isinstance(outcome, Exception):
        item.answer.set_exception(outcome)
