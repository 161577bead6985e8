"""Who is writing just now: kept in memory, told to the conversation, ended by itself."""

from trialogue.core.events import Event, Typing
from trialogue.live.hub import Hub
from trialogue.live.timers import Wheel

LASTS = 6  # seconds without a further sign
RENEWED_AFTER = 2  # seconds before a further sign is told again


class Typists:
    """The people of this node who are writing, by conversation and user."""

    def __init__(self, hub: Hub, wheel: Wheel) -> None:
        self._hub = hub
        self._wheel = wheel
        self._until: dict[tuple[str, str], int] = {}  # the tick at which it ends, in that order
        wheel.each_tick(self._tick)

    def set(self, conversation_id: str, user_id: str, typing: bool) -> None:
        """Someone writes, or has stopped. The caller has checked that they are a member."""
        key = (conversation_id, user_id)
        until = self._until.get(key)
        now = self._wheel.now
        if not typing:
            if self._until.pop(key, None) is not None:
                self._tell(key, False)
        elif until is None or until - LASTS + RENEWED_AFTER <= now:
            self._until.pop(key, None)
            self._until[key] = now + LASTS
            self._tell(key, True)

    def _tick(self) -> None:
        while self._until:
            key, until = next(iter(self._until.items()))
            if until > self._wheel.now:
                break
            del self._until[key]
            self._tell(key, False)

    def _tell(self, key: tuple[str, str], typing: bool) -> None:
        conversation_id, user_id = key
        channel = self._hub.channels.get(conversation_id)
        at_rev = (channel.rev or 0) if channel is not None else 0
        data = Typing(user_id, typing)
        self._hub.bus.publish([Event("typing", data, conversation_id, at_rev=at_rev)])
