"""Answers outside of conversations: asked by programs, streamed to them, and not kept.

Each is written by a task of its own, which ends with the call that wanted it: whoever hangs up
closes the line to the provider. What it cost is recorded whatever happens.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil

import structlog

from trialogue.ai import sight
from trialogue.ai.chain import Chain
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.prompt import Image, Prompt, Turn
from trialogue.ai.usage import Usage
from trialogue.core import runs, usage, wire
from trialogue.core.completions import Question, Said, Tokens
from trialogue.core.errors import ChatError, ProviderError
from trialogue.core.policy import Actor
from trialogue.core.usage import Spent
from trialogue.store.database import Database

log = structlog.get_logger(__name__)

PATIENCE = 2.0  # seconds in which what an answer cost must be recorded when it is given up
RETRIES = 10  # attempts at recording it while the database is away
RETRY = 0.5  # seconds between them


@dataclass(slots=True, eq=False)
class Completion:
    """One answer as it grows: `async for text in completion.pieces()`."""

    actor: Actor
    question: Question
    text: str = ""
    link: Link | None = None
    model: str | None = None
    finish: wire.Finish = "stop"
    spent: list[Spent] = field(default_factory=list)
    ended: bool = False
    failure: ChatError | None = None
    _told: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    # Writing --------------------------------------------------------------------------------

    @property
    def begun(self) -> bool:
        """Whether any of it is written."""
        return bool(self.text)

    @property
    def restarts(self) -> bool:
        """What was handed out cannot be taken back."""
        return self.question.whole

    def add(self, piece: str) -> None:
        """More text."""
        self.text += piece

    def fail(self, link: Link, failure: ProviderFailure, started: float) -> None:
        """A link did not answer. Only the log tells of it."""
        log.info("completions.link_failed", link=str(link), code=failure.code)

    def spend(self, link: Link, usage: Usage, state: str, cost: float | None) -> None:
        """An attempt took this much."""
        self.spent.append(
            Spent(
                user_id=self.actor.user_id,
                workspace_id=self.actor.workspace_id,
                assistant_id=self.question.assistant.id,
                reply_id=None,
                purpose="api",
                provider=link.provider,
                model=link.model or link.provider,
                state=state,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost=cost,
                estimated=usage.estimated,
            )
        )

    def tell(self, reason: str | None) -> None:
        """There is more text; with a reason it starts over."""
        if reason is not None:
            self.text = ""
        self._news.set()

    async def settled(self) -> None:
        """Nobody stops it but by going away."""

    def end(self, failure: ChatError | None = None) -> None:
        """Nothing more comes."""
        self.ended, self.failure = True, failure
        self._news.set()

    # Reading --------------------------------------------------------------------------------

    async def pieces(self) -> AsyncIterator[str]:
        """The text, each time all that has come meanwhile; of a whole answer at its end. Raises
        ChatError where it breaks off."""
        while True:
            self._news.clear()
            if self._told < len(self.text) and (self.ended or not self.question.whole):
                piece, self._told = self.text[self._told :], len(self.text)
                yield piece
                continue
            if self.failure is not None:
                raise self.failure
            if self.ended:
                return
            await self._news.wait()

    @property
    def tokens(self) -> Tokens:
        """What it took so far."""
        return Tokens(
            sum(each.input_tokens for each in self.spent),
            sum(each.output_tokens for each in self.spent),
        )


class Completions:
    """The answers of one node that belong to no conversation."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain
        self._tasks: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Give up what is under way; what it cost is recorded."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def open(self, actor: Actor, question: Question) -> AsyncIterator[Completion]:
        """The answer to a question, until the end of the block: the line to the provider is
        closed by then. Raises ChatError `limited` before any provider is asked."""
        await self._database.read(usage.check, actor.workspace_id, actor.user_id)
        completion = Completion(actor, question)
        task = asyncio.get_running_loop().create_task(self._write(completion))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            yield completion
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=PATIENCE)

    async def _write(self, completion: Completion) -> None:
        try:
            failure = await self._ask(completion)
        except asyncio.CancelledError:
            completion.end(ChatError("unavailable", "The server is being stopped; try again."))
            await self._record(completion.spent)
            raise
        except Exception:
            log.exception("completions.failed")
            failure = ChatError("internal", "Something went wrong here; try again.")
        await self._record(completion.spent)
        completion.end(failure)

    async def _ask(self, completion: Completion) -> ChatError | None:
        question = completion.question
        links = self._chain.links(question.assistant.providers)
        failure = await self._chain.ask(completion, links, prompt_of(question), Completion.tell)
        if failure is None:
            return None
        wait = None if failure.retry_after is None else max(1, ceil(failure.retry_after))
        return ProviderError(failure.code, failure.detail, retry_after=wait)

    async def _record(self, spent: Sequence[Spent]) -> None:
        """Keep what it cost. The database may be away for a moment."""
        for _ in range(RETRIES):
            try:
                await self._database.write(runs.settle, spent)
                return
            except ChatError as problem:
                log.warning("completions.usage_postponed", reason=problem.detail)
                await asyncio.sleep(RETRY)
        log.error("completions.usage_lost", attempts=len(spent))


def prompt_of(question: Question) -> Prompt:
    """What the model is asked. The assistant's own instructions come first; an answer that the
    caller has begun is continued. Who sends pictures knows that the model sees."""
    said, prefill = question.said, ""
    if said and said[-1].role == "assistant":
        said, prefill = said[:-1], said[-1].text
    parts = (question.assistant.instructions, question.instructions)
    return Prompt(
        instructions="\n\n".join(part for part in parts if part),
        turns=tuple(map(_turn, said)),
        settings={sight.SETTING: True, **question.assistant.settings, **question.settings},
        prefill=prefill,
    )


def _turn(said: Said) -> Turn:
    images = tuple(Image(one.data, one.mime_type) for one in said.pictures)
    return Turn(said.role, said.text, said.name, images)
