"""How often logins may be tried, per address and per account. Kept in this process's memory.

Windows are a minute long, so that whoever guesses at someone's password does not lock them out
for long; and what has passed is forgotten, so that many names or addresses fill no memory.
"""

import math
import time
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from trialogue.core.errors import ChatError

FAILED_LOGINS = RateLimitItemPerMinute(60, namespace="failed")  # of one address
ATTEMPTS = RateLimitItemPerMinute(10, namespace="attempts")  # at one account; success clears them
REGISTRATIONS = RateLimitItemPerMinute(120, namespace="registrations")  # of one address
RESETS = RateLimitItemPerMinute(30, namespace="resets")  # of one address


class Limiter:
    """Counts, and refuses what comes too often."""

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        # Its moving windows would keep every key for ever (limits 5.8); these do not.
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    def check(self, limit: RateLimitItem, *who: str) -> None:
        """ChatError `limited` when the next one would be too many."""
        if self._on and not self._windows.test(limit, *who):
            self._refuse(limit, who)

    def count(self, limit: RateLimitItem, *who: str) -> None:
        """Count one; ChatError `limited` when it is too many."""
        if self._on and not self._windows.hit(limit, *who):
            self._refuse(limit, who)

    def note(self, limit: RateLimitItem, *who: str) -> None:
        """Count one, and refuse nothing."""
        if self._on:
            self._windows.hit(limit, *who)

    def clear(self, limit: RateLimitItem, *who: str) -> None:
        """Begin to count anew."""
        if self._on:
            self._windows.clear(limit, *who)

    def _refuse(self, limit: RateLimitItem, who: tuple[str, ...]) -> None:
        ends = self._windows.get_window_stats(limit, *who).reset_time
        wait = max(1, math.ceil(ends - time.time()))
        raise ChatError("limited", f"Too often; try again in {wait} s.", retry_after=wait)


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
