"""Who follows a reply without a socket, and is to hear nothing more once they may not.

Sockets hear of replies by the hub; this is for HTTP's event streams.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from trialogue.ai.run import Progress, Run
from trialogue.core import wire
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, Event, LoginEnded
from trialogue.core.policy import Actor

SIGN_OF_LIFE = 5.0  # seconds without news after which a follower is told so, and looked at anew


class Watch:
    """One follower of one conversation's replies."""

    def __init__(self, actor: Actor, conversation_id: str) -> None:
        self._actor = actor
        self._conversation_id = conversation_id
        self._out: ChatError | None = None
        self._run: Run | None = None

    async def change(self, run: Run, seen: Progress) -> Progress | None:
        """What is to be seen next; None when nothing came for some seconds. Raises ChatError once
        the follower is out."""
        self._run = run
        with suppress(TimeoutError):
            async with asyncio.timeout(SIGN_OF_LIFE):
                while self._out is None and run.progress_key == seen.key:
                    await run.changed()
        if self._out is not None:
            raise self._out
        return None if run.progress_key == seen.key else run.progress

    def heard(self, event: Event) -> None:
        """Something was committed: it may put the follower out."""
        if self._concerns(event):
            self._out = ChatError("not_found", "There is no such message.")
            if self._run is not None:
                self._run.wake()

    def _concerns(self, event: Event) -> bool:
        data = event.data
        if isinstance(data, LoginEnded):
            return data.login_id == self._actor.login_id
        if isinstance(data, AccountState):
            return not data.active and self._actor.user_id in (event.user_ids or ())
        return (
            isinstance(data, wire.Member)
            and event.name == "member.left"
            and event.conversation_id == self._conversation_id
            and data.user.id == self._actor.user_id
        )


class Watches:
    """All followers on this node."""

    def __init__(self) -> None:
        self._all: set[Watch] = set()

    def add(self, watch: Watch) -> None:
        """Someone begins to follow."""
        self._all.add(watch)

    def remove(self, watch: Watch) -> None:
        """Someone has stopped."""
        self._all.discard(watch)

    def committed(self, happened: Sequence[Event]) -> None:
        """What this node has just committed: who is out hears nothing from here on."""
        for watch in tuple(self._all):
            for event in happened:
                watch.heard(event)
