"""What is seen of a reply while it is written; who follows it hears nothing more once they may not.

Sockets hear of replies by the hub; this is for HTTP's event streams.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from time import monotonic

from trialogue.ai.run import Progress, Run
from trialogue.core import replies, reply_rows, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, Event, LoginEnded
from trialogue.core.policy import Actor
from trialogue.store.database import Database

POLL = 0.3  # seconds between looks at a reply that another node writes
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
        self.check()
        return None if run.progress_key == seen.key else run.progress

    def check(self) -> None:
        """Raises ChatError once the follower is out."""
        if self._out is not None:
            raise self._out

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


class Seen:
    """The replies of one node, as those see them who may."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_message: dict[str, Run] = {}
        self._watches = Watches()
        self._claimed = asyncio.Condition()

    def ended(self, event: Event) -> None:
        """A login or an account has ended, on whatever node: who followed by it is out."""
        self._watches.committed([event])

    async def follow(self, actor: Actor, message_id: str) -> wire.ReplyText:
        """The text of a reply so far; ChatError `not_found`, `not_member`."""
        kept = await self._database.read(replies.text, actor, message_id)
        run = self._by_message.get(message_id)
        if run is None:
            return kept
        return wire.ReplyText(run.attempt, run.progress.text)

    async def begun(self, actor: Actor, reply_id: str, patience: float) -> replies.Known:
        """Where a reply stands once its message is there, or after `patience` seconds."""
        deadline = monotonic() + patience
        while True:
            known = await self._database.read(replies.find, actor, reply_id)
            rest = deadline - monotonic()
            if known.message_id is not None or known.state in reply_rows.ENDED or rest <= 0:
                return known
            with suppress(TimeoutError):
                async with asyncio.timeout(min(rest, POLL)), self._claimed:
                    await self._claimed.wait()

    async def watch(self, actor: Actor, message_id: str) -> AsyncIterator[Progress | None]:
        """A reply as it grows, on whatever node; None is a sign of life. Ends when nothing more
        comes; raises ChatError once the actor may not see it (any more)."""
        conversation_id, seen = await self._look(actor, message_id)
        watch = Watch(actor, conversation_id)
        self._watches.add(watch)
        looked = told = monotonic()
        try:
            yield seen
            while not seen.ended:
                run = self._by_message.get(message_id)
                following: Progress | None
                if run is None:
                    await asyncio.sleep(POLL)
                    following = (await self._look(actor, message_id))[1]
                else:
                    following = await watch.change(run, seen)
                    # What other nodes did to the actor, while the text flows too.
                    if following is None or monotonic() - looked >= SIGN_OF_LIFE:
                        await self._look(actor, message_id)
                        looked = monotonic()
                watch.check()
                if following is not None and following.key == seen.key:
                    if monotonic() - told < SIGN_OF_LIFE:
                        continue
                    following = None
                told = monotonic()
                yield following
                seen = following or seen
        finally:
            self._watches.remove(watch)

    async def _look(self, actor: Actor, message_id: str) -> tuple[str, Progress]:
        known = await self._database.read(replies.look, actor, message_id)
        ended = known.state not in ("queued", "streaming")
        run = self._by_message.get(message_id)
        if run is not None and not ended:
            return known.conversation_id, run.progress
        return known.conversation_id, Progress(known.text.attempt, known.text.text, ended)
