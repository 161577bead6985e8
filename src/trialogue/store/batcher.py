"""Gathers concurrent posts into one transaction.

While one batch commits the next one gathers; there is no timer, so a lone post waits for
nobody. Posts keep the order in which they came.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass

from trialogue.core import posting
from trialogue.core.errors import ChatError
from trialogue.core.posting import SKIPPED, Draft, Outcome, Posted
from trialogue.core.promises import Lease, Work
from trialogue.store.database import Database

MOST = 512  # drafts in one transaction
RECHECK = 0.05  # seconds between looks at conversations that are all held
PATIENCE = 5.0  # seconds that a draft waits for a conversation held by someone else


@dataclass(slots=True, eq=False)
class _Waiting:
    draft: Draft
    answer: asyncio.Future[Posted]
    deadline: float


class Batcher:
    """The one entrance for posts of this process. Where it also writes replies, `lease` says for
    how long it takes one, and `begin` is told of those that were begun with their question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lease: Callable[[], Lease | None] = lambda: None
        self.begin: Callable[[Work], None] = lambda work: None
        self.posted = 0  # messages that came through here, repeats among them
        self.sizes: Counter[int] = Counter()  # how many transactions had so many drafts
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._held: str | None = None  # the conversation whose lock is being waited for
        self._holding: asyncio.Task[None] | None = None

    async def post(self, draft: Draft) -> Posted:
        """Post one draft together with those that come at the same time.

        Raises the ChatError that refuses this draft; `unavailable` when the conversation could
        not be had for 5 s. A cancelled caller's draft is posted all the same.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Posted] = loop.create_future()
        self._waiting.append(_Waiting(draft, answer, loop.time() + PATIENCE))
        self._woken.set()
        if self._task is None or self._task.done():
            # Of no request: what it logs is not about the one that happened to come first.
            self._task = asyncio.create_task(self._run(), context=Context())
        return await answer

    async def close(self) -> None:
        """Wait until all that was accepted is posted."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._waiting or self._held is not None:
            self._woken.clear()
            batch = self._take()
            skipped = self._still_patient(await self._deliver(batch, wait=False))
            self._waiting.extendleft(reversed(skipped))
            if len(skipped) == len(batch) and (self._held is not None or not self._hold_first()):
                # Not only for a new post or the held lock: another one may be free by now.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), RECHECK)

    def _take(self) -> list[_Waiting]:
        """The next batch; what waits for the held conversation stays behind, in its order."""
        taken: list[_Waiting] = []
        left: list[_Waiting] = []
        while self._waiting and len(taken) < MOST:
            item = self._waiting.popleft()
            (left if item.draft.conversation_id == self._held else taken).append(item)
        self._waiting.extendleft(reversed(left))
        return taken

    def _hold_first(self) -> bool:
        """Everything is locked by others: queue for the first lock instead of asking again and
        again, and let new posts to other conversations pass meanwhile."""
        if not self._waiting:
            return False
        self._held = held = self._waiting[0].draft.conversation_id
        chosen = [item for item in self._waiting if item.draft.conversation_id == held][:MOST]
        others = [item for item in self._waiting if item not in chosen]
        self._waiting = deque(others)
        self._holding = asyncio.create_task(self._wait_for_lock(chosen))
        return True

    async def _wait_for_lock(self, chosen: Sequence[_Waiting]) -> None:
        try:
            await self._deliver(chosen, wait=True)
        finally:
            self._held = None
            self._woken.set()

    async def _deliver(self, batch: Sequence[_Waiting], *, wait: bool) -> list[_Waiting]:
        """Post a batch and answer its callers; returns those who must come again."""
        if not batch:
            return []
        drafts = [item.draft for item in batch]
        try:
            post = self._database.write(posting.post, drafts, wait=wait, lease=self.lease())
            outcomes = await post
        except ChatError as error:
            outcomes = [error] * len(batch)
        except Exception as error:  # noqa: BLE001 — one bad draft must not take others with it
            if len(batch) == 1:
                _answer(batch[0], error)
                return []
            return await self._deliver_singly(batch, wait=wait)
        self.sizes[len(batch)] += 1
        skipped = []
        for item, outcome in zip(batch, outcomes, strict=True):
            if outcome is SKIPPED:
                skipped.append(item)
            else:
                self.posted += 1
                _answer(item, outcome)
                self._begin(outcome)
        return skipped

    def _begin(self, outcome: Outcome) -> None:
        for work in outcome.begun if isinstance(outcome, Posted) else ():
            self.begin(work)

    async def _deliver_singly(self, batch: Sequence[_Waiting], *, wait: bool) -> list[_Waiting]:
        """Post a batch that failed one by one; what was skipped holds back what comes after it."""
        skipped: list[_Waiting] = []
        held: set[str] = set()
        for item in batch:
            if item.draft.conversation_id in held:
                skipped.append(item)
            elif left := await self._deliver([item], wait=wait):
                skipped += left
                held.add(item.draft.conversation_id)
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
