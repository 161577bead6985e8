"""A socket ends with what let it in, to the second, and only if that was not renewed."""

from datetime import UTC, datetime, timedelta

from trialogue.live import codes, expiry
from trialogue.live.timers import Wheel

START = datetime(2026, 1, 1, tzinfo=UTC)


class Carrier:
    """Something that can be closed, on a clock of its own."""

    def __init__(self, lifetime: int | None) -> None:
        self.wheel = Wheel()
        self.closed: list[int] = []
        self.ended = False
        self.expires_at: datetime | None = None
        self.renew(lifetime)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.wheel.now)

    def renew(self, lifetime: int | None) -> None:
        self.expires_at = None if lifetime is None else self.now() + timedelta(seconds=lifetime)
        expiry.mind(self, self.wheel, self.now)

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.wheel.tick()

    def close(self, code: int, reason: str) -> None:
        self.ended = True
        self.closed.append(code)


def test_it_ends_when_it_expires_and_not_before() -> None:
    carrier = Carrier(900)
    carrier.pass_time(899)
    assert carrier.closed == []
    carrier.pass_time(2)
    assert carrier.closed == [codes.UNAUTHENTICATED]
    carrier.pass_time(900)
    assert len(carrier.closed) == 1


def test_what_is_renewed_in_time_goes_on() -> None:
    carrier = Carrier(100)
    carrier.pass_time(99)
    carrier.renew(200)
    carrier.pass_time(199)
    assert carrier.closed == []
    carrier.renew(None)
    carrier.pass_time(1000)
    assert carrier.closed == []


def test_what_has_expired_already_ends_at_once() -> None:
    assert Carrier(0).closed == [codes.UNAUTHENTICATED]
    assert Carrier(-5).closed == [codes.UNAUTHENTICATED]


def test_what_has_been_closed_since_is_soon_forgotten() -> None:
    carrier = Carrier(365 * 24 * 3600)
    carrier.ended = True
    carrier.pass_time(expiry.STEP + 1)
    assert carrier.wheel._due == {}
    assert carrier.closed == []
