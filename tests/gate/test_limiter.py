"""How often what may be done: exact, for each one alone, never for long, and in bounded memory."""

import random

import pytest

from trialogue.core.errors import ChatError
from trialogue.gate import limiter as limits
from trialogue.gate.limiter import ATTEMPTS, CALLS, PERIOD, SENDS, Limiter, network


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock=clock)


def refusal(limiter: Limiter, *who: str) -> ChatError:
    with pytest.raises(ChatError) as limited:
        limiter.take(ATTEMPTS, *who)
    return limited.value


def drain(limiter: Limiter, *who: str) -> None:
    for _ in range(ATTEMPTS.burst):
        limiter.take(ATTEMPTS, *who)


def test_the_eleventh_at_once_is_too_many(limiter: Limiter) -> None:
    drain(limiter, "ada")
    found = refusal(limiter, "ada")
    assert (found.code, found.retry_after) == ("limited", 6)
    limiter.take(ATTEMPTS, "bob")
    limiter.take(SENDS, "ada")
    with pytest.raises(ChatError):
        limiter.check(ATTEMPTS, "ada")
    limiter.clear(ATTEMPTS, "ada")
    limiter.check(ATTEMPTS, "ada")
    limiter.take(ATTEMPTS, "ada")


def test_one_comes_back_after_the_seconds_that_the_refusal_names(
    limiter: Limiter, clock: Clock
) -> None:
    drain(limiter, "ada")
    clock.now += refusal(limiter, "ada").retry_after or 0
    limiter.take(ATTEMPTS, "ada")
    refusal(limiter, "ada")
    clock.now += PERIOD
    drain(limiter, "ada")
    refusal(limiter, "ada")


def test_what_is_refused_does_not_make_it_longer(limiter: Limiter) -> None:
    drain(limiter, "ada")
    first = refusal(limiter, "ada").retry_after
    for _ in range(100):
        last = refusal(limiter, "ada").retry_after
    assert last == first


def test_what_is_noted_counts_and_is_never_refused(limiter: Limiter) -> None:
    limiter.note(ATTEMPTS, "ada", cost=ATTEMPTS.burst - 1)
    limiter.take(ATTEMPTS, "ada")
    limiter.note(ATTEMPTS, "ada", cost=100)
    assert refusal(limiter, "ada").retry_after == 6


def test_what_is_given_back_does_not_count(limiter: Limiter) -> None:
    for _ in range(ATTEMPTS.burst * 3):
        limiter.take(ATTEMPTS, "ada")
        limiter.give_back(ATTEMPTS, "ada")
    drain(limiter, "ada")
    refusal(limiter, "ada")


def test_dear_things_take_more(limiter: Limiter) -> None:
    for _ in range(SENDS.burst // 5):
        limiter.take(SENDS, "ada", cost=5)
    with pytest.raises(ChatError):
        limiter.take(SENDS, "ada", cost=5)


def test_headers_tell_what_is_left_and_when_all_is_back(limiter: Limiter, clock: Clock) -> None:
    assert limiter.told([]) is None
    limiter.take(ATTEMPTS, "ada")
    limiter.take(SENDS, "ada", cost=150)
    told = limiter.told([(ATTEMPTS, "ada"), (SENDS, "ada")])
    policy = f'"attempts";q=10;w=60, "sends";q={SENDS.burst};w=60'
    assert told == (policy, f'"attempts";r=9;t=6, "sends";r={SENDS.burst - 150};t=2')
    clock.now += 1.5
    assert limiter.told([(SENDS, "ada")]) == (SENDS.policy, f'"sends";r={SENDS.burst};t=0')


def test_switched_off_it_counts_nothing(clock: Clock) -> None:
    off = Limiter(on=False, clock=clock)
    for _ in range(100):
        off.take(ATTEMPTS, "ada")
        off.check(ATTEMPTS, "ada")
        off.note(ATTEMPTS, "ada")
        off.give_back(ATTEMPTS, "ada")
    off.clear(ATTEMPTS, "ada")
    assert off.told([(ATTEMPTS, "ada")]) is None
    assert off.size == 0


def test_who_does_nothing_for_two_minutes_is_forgotten(limiter: Limiter, clock: Clock) -> None:
    for number in range(1_000):
        limiter.take(CALLS, str(number))
    clock.now += PERIOD
    limiter.take(CALLS, "ada")
    assert limiter.size == 1_001
    clock.now += PERIOD
    limiter.take(CALLS, "ada")
    assert limiter.size == 1


def test_a_flood_of_names_fills_no_memory(
    limiter: Limiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST", 100)
    for number in range(10_000):
        limiter.take(CALLS, str(number))
        assert limiter.size <= 200


def test_forgetting_gives_nobody_more_than_counting_would(limiter: Limiter, clock: Clock) -> None:
    """Against a count that forgets nothing, with pauses of all lengths."""
    chance = random.Random(7)
    left, since = float(ATTEMPTS.burst), clock.now
    for _ in range(5_000):
        clock.now += chance.choice([0, 0, 0, 0.5, 3, 30, 59.9, 61, 119, 200])
        left = min(ATTEMPTS.burst, left + (clock.now - since) * ATTEMPTS.rate)
        since = clock.now
        try:
            limiter.take(ATTEMPTS, "ada")
            assert left >= 1 - 1e-6
            left -= 1
        except ChatError:
            assert left < 1 + 1e-6


def test_a_customer_with_many_addresses_counts_as_one() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert network("::ffff:10.0.0.1") == network("10.0.0.1") == "10.0.0.1"
    assert network(None) == network("") == "unknown"
    assert network("a proxy") == "a proxy"
