"""A socket that was let in by something that expires ends with it, unless that is renewed."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Protocol

from trialogue.live import codes
from trialogue.live.timers import Wheel

STEP = 60  # seconds; the wheel would keep for longer what has been closed since


class Expiring(Protocol):
    """A connection, and until when it may last (None: as long as its login)."""

    expires_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether it is closed, or about to be."""

    def close(self, code: int, reason: str) -> None:
        """Write nothing more and close."""


def mind(connection: Expiring, wheel: Wheel, now: Callable[[], datetime]) -> None:
    """See to it that a connection ends at its `expires_at`; to be called when that changes."""
    expires_at = connection.expires_at

    def look() -> None:
        if expires_at is None or connection.ended or connection.expires_at != expires_at:
            return  # whoever renewed it minds it anew
        left = ceil((expires_at - now()).total_seconds())
        if left <= 0:
            connection.close(codes.UNAUTHENTICATED, "the access token is expired")
        else:
            wheel.after(min(left, STEP) - 1, look)

    look()
