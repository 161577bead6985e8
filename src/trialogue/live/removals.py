"""Removals that this node has committed: they hold at once, ahead of the order of changes.

Kept for a minute, whether or not anyone listens: an older join may still be on its way.
"""

from trialogue.live.timers import Wheel

MEMORY = 60  # seconds; longer than any event or read may be under way


class Removals:
    """The rev of the last removal of a user from a conversation."""

    def __init__(self, wheel: Wheel) -> None:
        self._wheel = wheel
        self._latest: dict[tuple[str, str], tuple[int, int]] = {}
        wheel.each_tick(self._forget)

    def note(self, conversation_id: str, user_id: str, rev: int) -> None:
        """A user was removed by this change."""
        key = (conversation_id, user_id)
        known = self._latest.pop(key, (0, 0))[0]  # put anew, so that the oldest stay in front
        self._latest[key] = (max(known, rev), self._wheel.now)

    def rev(self, conversation_id: str, user_id: str) -> int:
        """The change by which a user was removed lately; what is older does not let them in."""
        return self._latest.get((conversation_id, user_id), (0, 0))[0]

    def _forget(self) -> None:
        while self._latest:
            key, (_, since) = next(iter(self._latest.items()))
            if self._wheel.now - since < MEMORY:
                break
            del self._latest[key]
