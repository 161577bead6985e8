"""A changed profile on its way to those who share a conversation with that user.

The user need not be connected here, so where they are is read from the database.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from trialogue.core import members, wire
from trialogue.core.events import Event
from trialogue.live.frames import encode_event

if TYPE_CHECKING:
    from trialogue.live.hub import Hub


class Profiles:
    """Events `user.updated` whose audience is being read."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._latest: dict[str, Event] = {}

    def changed(self, event: Event) -> None:
        """Tell of a changed profile; of several changes at once only the last is told."""
        user_id = cast(wire.User, event.data).id
        under_way = user_id in self._latest
        self._latest[user_id] = event
        if not under_way:
            self._hub.spawn(self._tell(user_id))

    async def _tell(self, user_id: str) -> None:
        hub = self._hub
        try:
            shared = await hub.door.read(members.conversation_ids, user_id)
        finally:
            event = self._latest.pop(user_id)
        user = cast(wire.User, event.data)
        frame = encode_event("user.updated", replace(user, online=hub.listeners.has(user_id)))
        audience = set(hub.listeners.all_of(user_id))
        for conversation_id in shared:
            channel = hub.channels.get(conversation_id)
            audience.update(channel.listeners if channel is not None else ())
        for listener in audience:
            hub.writer.to(listener, None, None, frame)
