"""Asks a chain of providers for one reply: what it is given, how it ends, what comes after it.

Before the first token the next link simply takes over; after it the text starts over, visibly.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Literal, cast

from trialogue.ai import history, sight
from trialogue.ai.chain import Chain, Tell
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.history import ContextPolicy, Speaker
from trialogue.ai.links import DEMO, Link
from trialogue.ai.pictures import Pictures
from trialogue.ai.prompt import Prompt, Turn
from trialogue.ai.run import Run
from trialogue.core import runs, summaries, titles, usage, wire
from trialogue.core.errors import ChatError
from trialogue.store.database import Database

STOPPED = wire.ReplyError("interrupted", "The server was stopped in the middle of this reply.")
BROKEN = wire.ReplyError("internal", "Something went wrong here; try again.")
TITLE = (
    "Give this conversation a title of two to six words, in the language of its first message."
    " Answer with the title alone, without quotes."
)
SUMMARISE = (
    "Sum up this conversation for an assistant that will go on with it and cannot see it any more:"
    " who takes part and what they want, what was decided, facts, names and numbers, what is open."
    " Write in the language of the conversation, at most 300 words, without a preface."
)

End = tuple[wire.ReplyState, wire.ReplyError | None]


class Asking:
    """How replies get their text."""

    def __init__(
        self, database: Database, chain: Chain, pictures: Pictures, *, titles: str = "model"
    ) -> None:
        self._database = database
        self._chain = chain
        self._pictures = pictures
        self._titles = titles
        self._naming: set[str] = set()  # conversations

    async def close(self) -> None:
        """Close all lines to providers."""
        await self._chain.close()

    async def answer(self, run: Run, tell: Tell[Run]) -> End:
        """Write the text of a run; how the reply ends."""
        try:
            prompt = await self._prompt(run)
        except ChatError as error:
            return "failed", wire.ReplyError(error.code, error.detail, error.retry_after)
        return await self._ask(run, prompt, tell)

    async def _prompt(self, run: Run) -> Prompt:
        work, policy = run.work, _policy(run.work.context)
        material = await self._database.read(runs.given, work, policy.messages)
        speaker = Speaker(work.assistant_user_id, work.instructions, work.settings)
        told = (speaker, material.messages, material.trigger)
        seen = history.pictures(*told) if self._sees(run) else []
        return history.build(
            *told,
            named=work.kind == "group",
            policy=policy,
            summary=material.summary,
            prefill=work.prefill,
            images=await self._pictures.load(seen),
        )

    def _sees(self, run: Run) -> bool:
        """Whether anyone of the chain is given pictures."""
        links = self._chain.links(run.work.providers)
        return any(sight.sees(link, run.work.settings) for link in links)

    async def _ask(self, run: Run, prompt: Prompt, tell: Tell[Run]) -> End:
        links = self._chain.links(run.work.providers)
        failure = await self._chain.ask(run, links, prompt, tell)
        return ("done", None) if failure is None else self._failed(run, failure)

    def _failed(self, run: Run, last: ProviderFailure) -> End:
        retry = None if last.retry_after is None else max(1, ceil(last.retry_after))
        error = wire.ReplyError(last.code, last.detail, retry)
        state: wire.ReplyState = "interrupted" if run.text else "failed"
        return state, error

    # Afterwards -----------------------------------------------------------------------------

    async def afterwards(self, run: Run) -> None:
        """Once a reply is there: name a new conversation, sum up what is not given any more."""
        await self._title(run)
        await self._sum_up(run)

    async def _title(self, run: Run) -> None:
        place = run.work.conversation_id
        if not run.work.untitled or place in self._naming:
            return
        self._naming.add(place)
        try:
            if await self._database.read(titles.wanted, place):
                await self._database.write(titles.give, place, await self._name(run))
        finally:
            self._naming.discard(place)

    async def _name(self, run: Run) -> str:
        material = await self._database.read(runs.material, run.work, 2)
        question = titles.asked((material.messages or [material.trigger])[0])
        named = ""
        if self._titles == "model" and run.link is not None and run.link.provider != DEMO:
            named = await self._named(run, question)
        return named or titles.first_words(question)

    async def _named(self, run: Run, question: str) -> str:
        """A title by the model that has just answered; none where it fails."""
        link = run.link
        if link is None:
            return ""
        turns = (Turn("user", question[:2_000]), Turn("assistant", run.text[:2_000]))
        prompt = Prompt(TITLE, (*turns, Turn("user", TITLE)), {"max_tokens": 40})
        text, spent = await self._beside(run, link, prompt, "title")
        await self._database.write(runs.settle, spent)
        return " ".join(text.split()).strip("\"'「」“”.。")[: titles.MOST]

    async def _sum_up(self, run: Run) -> None:
        """Keep a summary of what has become too old to be given, by the model that answered."""
        work, link = run.work, run.link
        if link is None or link.provider == DEMO or not work.context.get("summary", True):
            return
        place = (work.conversation_id, work.reply.assistant_id)
        given = _policy(work.context).messages
        if work.seq <= given + summaries.PORTION:
            return
        older = await self._database.read(summaries.due, *place, given)
        if older is None:
            return
        said = [f"{each.sender.display_name}: {each.content}" for each in older.messages]
        before = [f"Before that: {older.summary}"] if older.summary else []
        prompt = Prompt(SUMMARISE, (Turn("user", "\n\n".join([*before, *said])),))
        text, spent = await self._beside(run, link, prompt, "summary")
        await self._database.write(runs.settle, spent)
        if text.strip():
            await self._database.write(summaries.keep, *place, older, text.strip())

    async def _beside(
        self, run: Run, link: Link, prompt: Prompt, purpose: Literal["title", "summary"]
    ) -> tuple[str, list[usage.Spent]]:
        """What a model says beside the conversation, nothing where it fails; and what it cost."""
        beside = Run(replace(run.work, prefill=""))
        failure = await self._chain.try_link(beside, link, prompt, _tell_nobody)
        spent = [replace(each, purpose=purpose) for each in beside.spent]
        return "" if failure else beside.text, spent


def _policy(context: Mapping[str, object]) -> ContextPolicy:
    """How much of a conversation an assistant is given, as its context says."""
    known = {name: context[name] for name in ("messages", "characters") if name in context}
    return ContextPolicy(**cast(dict[str, int], known))


def _tell_nobody(run: Run, reason: str | None) -> None:
    """What is asked beside a conversation is heard by nobody."""
