"""Asks the links of a chain, one after another, until one answers to the end.

Who writes the answer down, a reply of a conversation or a single call, says what became of it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import Protocol, TypeVar

from trialogue.ai import links, sight
from trialogue.ai.circuit import Circuits
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.prices import Prices
from trialogue.ai.prompt import Prompt
from trialogue.ai.providers import Providers
from trialogue.ai.stream import Stream
from trialogue.ai.usage import Usage
from trialogue.core import wire

ANSWER_MOST = 1_000_000  # characters that are taken of one answer, far beyond any model's longest
NOBODY = "None of this assistant's providers is known to the server."


class Sheet(Protocol):
    """What an answer is written on. `begun`: some of it stands there; `restarts`: it may be
    begun anew by another link; `settled` returns when nobody is about to stop it."""

    link: Link | None
    model: str | None
    finish: wire.Finish

    @property
    def begun(self) -> bool: ...

    @property
    def restarts(self) -> bool: ...

    def add(self, piece: str) -> None: ...

    async def settled(self) -> None: ...

    def fail(self, link: Link, failure: ProviderFailure, started: float) -> None: ...

    def spend(self, link: Link, usage: Usage, state: str, cost: float | None) -> None: ...


AnySheet = TypeVar("AnySheet", bound=Sheet)
# Called when there is more text, with None; with a reason when it starts over.
Tell = Callable[[AnySheet, str | None], None]


class Chain:
    """Who is asked, and how. `usual` are the server's links, for assistants that name none;
    `refused_goes_on`: what one provider's content rules do not allow is put to the next one."""

    def __init__(
        self,
        providers: Providers,
        prices: Prices,
        circuits: Circuits,
        *,
        usual: Callable[[], Sequence[Link]],
        refused_goes_on: bool = False,
    ) -> None:
        self._providers = providers
        self._prices = prices
        self._circuits = circuits
        self._usual = usual
        self._refused_goes_on = refused_goes_on
        self.attempts: Counter[tuple[str, str]] = Counter()  # by provider and outcome

    def links(self, named: Sequence[str]) -> Sequence[Link]:
        """The links of an assistant, or the server's where it names none. What is kept may name
        a provider that is not known any more: the others are asked."""
        return links.known(named) if named else self._usual()

    async def close(self) -> None:
        """Close all lines to providers."""
        await self._providers.close()

    async def ask(
        self, sheet: AnySheet, chosen: Sequence[Link], prompt: Prompt, tell: Tell[AnySheet]
    ) -> ProviderFailure | None:
        """Ask links in their order; None when one answered to the end, else why the last did
        not, and when the first may be asked again. Where nobody was asked, as all are left alone,
        it says why that first one is."""
        if not chosen:
            return ProviderFailure("no_key", NOBODY)
        last: ProviderFailure | None = None
        told: list[ProviderFailure] = []
        for place, link in enumerate(chosen):
            await sheet.settled()
            if not self._circuits.allows(link):
                told.append(self._circuits.reason(link))
                sheet.fail(link, told[-1], monotonic())
                self.attempts[link.provider, "skipped"] += 1
                continue
            if sheet.begun:
                tell(sheet, last.code if last else "")
            last = await self.try_link(sheet, link, prompt, tell, stands_in=place > 0)
            if last is None or self._ends(sheet, last):
                return last
            told.append(last)
        soonest = min(told, key=_wait)
        return ProviderFailure((last or soonest).code, retry_after=soonest.retry_after)

    def _ends(self, sheet: Sheet, failure: ProviderFailure) -> bool:
        """Whether nobody else is asked after this failure."""
        refused = failure.verdict == "refused" and not self._refused_goes_on
        stuck = sheet.begun and not sheet.restarts
        return refused or failure.code == "rejected" or stuck

    async def try_link(
        self,
        sheet: AnySheet,
        link: Link,
        prompt: Prompt,
        tell: Tell[AnySheet],
        *,
        stands_in: bool = False,
    ) -> ProviderFailure | None:
        """Ask one link; None when it answered to the end. `stands_in`: for one that did not."""
        started = monotonic()
        asked = prompt if sight.sees(link, prompt.settings) else prompt.blind()
        stream = self._providers.open(link, asked, stands_in=stands_in)
        sheet.link, sheet.model = link, link.model or None
        state = outcome = "cancelled"
        try:
            async with stream:
                written = 0
                async for text in stream:
                    sheet.add(text)
                    tell(sheet, None)
                    written += len(text)
                    if written >= ANSWER_MOST:
                        stream.finish = "length"
                        break
            state = outcome = "done"
        except ProviderFailure as failure:
            state, outcome = "failed", failure.code
            self._circuits.failed(link, failure)
            sheet.fail(link, failure, started)
            return failure
        finally:
            self.attempts[link.provider, outcome] += 1
            if state == "cancelled":
                self._circuits.released(link)
            self._settle(sheet, link, stream, state)
        self._circuits.succeeded(link)
        return None

    def _settle(self, sheet: Sheet, link: Link, stream: Stream, state: str) -> None:
        """What an attempt took, however it ended."""
        sheet.model, sheet.finish = stream.model or sheet.model, stream.finish
        cost = self._prices.cost(link.provider, sheet.model or "", stream.usage)
        sheet.spend(link, stream.usage, state, None if cost is None else float(cost))


def _wait(failure: ProviderFailure) -> float:
    """Seconds until somebody wants to be asked again."""
    return inf if failure.retry_after is None else failure.retry_after
