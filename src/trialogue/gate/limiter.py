"""How often what may be done: by an address, at an account, by a user. In this process's memory.

Token buckets: each holds `burst` and is filled up at a steady rate, so what is refused now passes
soon. A bucket that is full again is forgotten; so many names and addresses fill no memory.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from trialogue.core.errors import ChatError

PERIOD = 60.0  # seconds in which every bucket is full again
MOST = 65_536  # buckets used in one period; beyond that the older ones are forgotten early


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """`burst` at once, and as many in a minute on and on. Kept under `name` by whoever reads
    headers."""

    name: str
    burst: int

    @property
    def rate(self) -> float:
        """How many come back each second."""
        return self.burst / PERIOD

    @property
    def policy(self) -> str:
        """As it is told in headers: quota and window."""
        return f'"{self.name}";q={self.burst};w={PERIOD:.0f}'


# Of one address: those who do not, or not yet, show who they are.
STRANGERS = Limit("strangers", 1_200)
FAILED_LOGINS = Limit("failed-logins", 60)
REGISTRATIONS = Limit("registrations", 120)
RESETS = Limit("resets", 30)
# At one account; success clears them.
ATTEMPTS = Limit("attempts", 10)
# Of one user, on HTTP and on all sockets together.
CALLS = Limit("calls", 12_000)
SENDS = Limit("sends", 6_000)
SEARCHES = Limit("searches", 600)
UPLOADS = Limit("uploads", 600)
CREATIONS = Limit("creations", 600)
# What is refused on sockets of one user before the socket is closed.
REFUSALS = Limit("refusals", 1_000)

Key = tuple[Limit, *tuple[str, ...]]
Spent = list[Key]  # the buckets that a request has been counted in


class Limiter:
    """Counts, and refuses what comes too often. `clock` counts seconds."""

    def __init__(self, *, on: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._on = on
        self._clock = clock
        # What is left, and when that was. Two generations instead of a timer for each: what has
        # not been used for a whole period is full, which is what a new bucket is as well.
        self._young: dict[Key, list[float]] = {}
        self._old: dict[Key, list[float]] = {}
        self._turned = clock()

    @property
    def size(self) -> int:
        """How many buckets are kept."""
        return len(self._young) + len(self._old)

    def take(self, limit: Limit, *who: str, cost: float = 1) -> None:
        """Count; ChatError `limited` when it is too many, which then does not count."""
        if self._on:
            bucket = self._bucket((limit, *who))
            if bucket[0] < cost:
                raise _too_often(limit, cost - bucket[0])
            bucket[0] -= cost

    def check(self, limit: Limit, *who: str) -> None:
        """ChatError `limited` when the next one would be too many."""
        if self._on:
            left = self._bucket((limit, *who))[0]
            if left < 1:
                raise _too_often(limit, 1 - left)

    def note(self, limit: Limit, *who: str, cost: float = 1) -> None:
        """Count, and refuse nothing."""
        if self._on:
            bucket = self._bucket((limit, *who))
            bucket[0] = max(0.0, bucket[0] - cost)

    def give_back(self, limit: Limit, *who: str) -> None:
        """What was counted here is counted elsewhere."""
        if self._on:
            bucket = self._bucket((limit, *who))
            bucket[0] = min(limit.burst, bucket[0] + 1)

    def clear(self, limit: Limit, *who: str) -> None:
        """Begin to count anew."""
        self._young.pop((limit, *who), None)
        self._old.pop((limit, *who), None)

    def told(self, spent: Sequence[Key]) -> tuple[str, str] | None:
        """The values of the headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-
        ratelimit-headers-10): `r` is what is left, `t` the seconds until all of it is there
        again. None where nothing is limited."""
        if not self._on or not spent:
            return None
        policies = ", ".join(limit.policy for limit, *_ in spent)
        return policies, ", ".join(self._standing(key) for key in spent)

    def _standing(self, key: Key) -> str:
        limit, left = key[0], self._bucket(key)[0]
        full = math.ceil((limit.burst - left) / limit.rate)
        return f'"{limit.name}";r={int(left)};t={full}'

    def _bucket(self, key: Key) -> list[float]:
        """What is left of it now, and the time."""
        now = self._clock()
        if now - self._turned >= PERIOD or len(self._young) >= MOST:
            self._turn(now)
        bucket = self._young.get(key)
        if bucket is None:
            bucket = self._old.pop(key, None) or [key[0].burst, now]
            self._young[key] = bucket
        bucket[0] = min(key[0].burst, bucket[0] + (now - bucket[1]) * key[0].rate)
        bucket[1] = now
        return bucket

    def _turn(self, now: float) -> None:
        # After a long silence the young ones are full as well.
        self._old = self._young if now - self._turned < 2 * PERIOD else {}
        self._young = {}
        self._turned = now


def _too_often(limit: Limit, missing: float) -> ChatError:
    wait = max(1, math.ceil(missing / limit.rate))
    return ChatError("limited", f"Too often; try again in {wait} s.", retry_after=wait)


@lru_cache(maxsize=4_096)
def network(address: str | None) -> str:
    """What is counted as one address: of IPv6 its /64, since one customer has all of it."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
