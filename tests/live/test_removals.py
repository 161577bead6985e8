"""Removals hold at once, for a minute, and the latest counts."""

from trialogue.live.removals import MEMORY, Removals
from trialogue.live.timers import Wheel


def test_the_latest_removal_is_known_for_a_minute() -> None:
    wheel = Wheel()
    removals = Removals(wheel)
    removals.note("room", "ada", 7)
    removals.note("room", "ada", 5)  # published later, but older
    assert removals.rev("room", "ada") == 7
    assert removals.rev("room", "bob") == removals.rev("hall", "ada") == 0
    for _ in range(MEMORY - 1):
        wheel.tick()
    assert removals.rev("room", "ada") == 7
    wheel.tick()
    assert removals.rev("room", "ada") == 0
