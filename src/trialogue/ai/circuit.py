"""Circuit breakers: who has failed is left alone for a while, then tried by one. Pure.

One for each link of a chain, and one for each provider's key, which account errors open.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from trialogue.ai.failures import FailureCode, ProviderFailure
from trialogue.ai.links import DEMO, Link

State = Literal["closed", "open", "half_open"]

PATIENCE = 3  # faults in a row that a link is forgiven
REST = 15.0  # seconds for which a link that keeps failing is left alone; doubled each time
LONGEST = 300.0
ACCOUNT_REST = 300.0  # seconds for which an unpaid key is left alone; doubled each time
ACCOUNT_LONGEST = 3_600.0
PROBE = 60.0  # seconds after which a probe that has told nothing is forgotten
# After one of these asking again at once is known to be of no use.
_AT_ONCE: frozenset[FailureCode] = frozenset(("unauthorized", "no_model", "limited", "account"))
_FAULTS: frozenset[FailureCode] = frozenset(("unavailable", "timeout", "unreachable", "cut"))
_ANSWERS: frozenset[FailureCode] = frozenset(("empty", "refused", "too_long", "rejected"))


@dataclass(slots=True)
class _Breaker:
    faults: int = 0  # in a row
    openings: int = 0  # in a row
    until: float | None = None  # open until then; None: closed
    probed: float | None = None  # since when one tries
    code: FailureCode | None = None  # of the last failure

    def state(self, now: float) -> State:
        if self.until is None:
            return "closed"
        return "open" if now < self.until else "half_open"

    def allows(self, now: float) -> bool:
        return self.state(now) != "open" and not self._is_probed(now)

    def _is_probed(self, now: float) -> bool:
        return self.probed is not None and now < self.probed + PROBE

    def claim(self, now: float) -> None:
        if self.until is not None:
            self.probed = now

    def open(self, now: float, rest: float, longest: float) -> None:
        self.until = now + min(rest * 2**self.openings, longest)
        self.openings = min(self.openings + 1, 20)
        self.probed = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of one breaker, for administrators. `name` is a link, or a provider for its key;
    `retry_in` are the seconds after which it is tried again."""

    name: str
    state: State
    faults: int
    code: FailureCode | None
    retry_in: float


class Circuits:
    """The breakers of one server, in its memory. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._breakers: dict[str, _Breaker] = {}

    def allows(self, link: Link) -> bool:
        """Whether to ask a link. Where it has rested long enough, one caller is let through to
        try; the others wait for what it tells (`succeeded`, `failed` or `released`)."""
        now = self._clock()
        known = [breaker for name in _names(link) if (breaker := self._breakers.get(name))]
        if not all(breaker.allows(now) for breaker in known):
            return False
        for breaker in known:
            breaker.claim(now)
        return True

    def reason(self, link: Link) -> ProviderFailure:
        """Why a link is left alone, and for how many seconds more; at least one, as somebody may
        be trying it just now."""
        now = self._clock()
        known = [breaker for name in _names(link) if (breaker := self._breakers.get(name))]
        longest = max(known, key=lambda breaker: breaker.until or now, default=_Breaker())
        rest = max(1.0, (longest.until or now) - now)
        return ProviderFailure(longest.code or "unavailable", retry_after=rest)

    def succeeded(self, link: Link) -> None:
        """It has answered."""
        for name in _names(link):
            self._breakers.pop(name, None)

    def failed(self, link: Link, failure: ProviderFailure) -> None:
        """It has not. What is our own fault, or a refusal, speaks for the link and counts as an
        answer."""
        code, now = failure.code, self._clock()
        if link.provider == DEMO:
            return  # it fails when it is told to, so that one can see it
        if code in _ANSWERS:
            self.succeeded(link)
            return
        if code not in _AT_ONCE and code not in _FAULTS:
            self.released(link)  # it was not asked at all
            return
        link_name, key_name = _names(link)
        if failure.verdict == "account":
            key = self._breakers.setdefault(key_name, _Breaker())
            key.faults, key.code = key.faults + 1, code
            key.open(now, ACCOUNT_REST, ACCOUNT_LONGEST)
            self._release(link_name)
            return
        self._release(key_name)
        breaker = self._breakers.setdefault(link_name, _Breaker())
        breaker.faults, breaker.code = breaker.faults + 1, code
        if code == "limited" and failure.retry_after is not None:
            breaker.open(now, failure.retry_after, min(failure.retry_after, ACCOUNT_LONGEST))
        elif code in _AT_ONCE or breaker.faults >= PATIENCE or breaker.until is not None:
            breaker.open(now, REST, LONGEST)

    def released(self, link: Link) -> None:
        """It has told nothing: the question was withdrawn. Another one may try."""
        for name in _names(link):
            self._release(name)

    def forget(self, provider: str) -> None:
        """Close all breakers of a provider: it has a new key, or someone wants it tried."""
        for name in [name for name in self._breakers if name.partition(":")[0] == provider]:
            del self._breakers[name]

    def states(self) -> list[Circuit]:
        """All that have failed lately, by name."""
        now = self._clock()
        return [
            Circuit(
                name,
                breaker.state(now),
                breaker.faults,
                breaker.code,
                max(0.0, (breaker.until or now) - now),
            )
            for name, breaker in sorted(self._breakers.items())
        ]

    def _release(self, name: str) -> None:
        if breaker := self._breakers.get(name):
            breaker.probed = None


def _names(link: Link) -> tuple[str, str]:
    """The names of the breakers of a link: its own and its key's."""
    return str(link), link.provider
