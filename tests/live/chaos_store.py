"""The database of the law's tests: slow, sometimes failing, and read by several nodes."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from tests.live.judge import MOMENT, Room, member
from trialogue.core import changes, elsewhere, members, reads, users, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.limits import Limits
from trialogue.core.members import Standing
from trialogue.core.policy import Actor
from trialogue.live import heal, ready

PAGE, MOST = 3, 15  # rows in one answer, and changes after which one must reload


class Store:
    """A database that answers the line's questions, slowly, and sometimes not at all.

    A page of changes is read as under READ COMMITTED: its parts see different moments.
    """

    def __init__(self, chance: random.Random, user_ids: Sequence[str]) -> None:
        self.chance = chance
        self.rooms: dict[str, Room] = {}
        self.user_ids = user_ids
        self.failing = 0.0
        self.limits = Limits()
        self._answers: dict[Any, Callable[..., Any]] = {
            changes.since: self._since,
            members.conversation_ids: self._conversation_ids,
            members.standings: self._standings,
            heal._still_in: self._still_in,
            ready.arrive: self._arrive,
            elsewhere.moved: self._moved,
            elsewhere.positions: self._moved,
            elsewhere.joined: self._joined,
            elsewhere.introductions: self._introductions,
            elsewhere.ended: self._nobody,
            elsewhere.deactivated: self._nobody,
        }

    def now(self) -> datetime:
        return MOMENT

    async def pause(self) -> None:
        """Time goes by, or not."""
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            await asyncio.sleep(self.chance.random() * 0.02)  # sleep: virtual time

    async def read(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        await self.pause()
        if self.chance.random() < self.failing:
            raise ChatError("unavailable", "Not just now.")
        answer = await self._answers[fn](*args)
        await self.pause()
        return answer

    async def stamp(self) -> object:
        """Nobody can tell whether others have written."""

    async def write(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        assert fn in (users.saw, reads.deliver)

    async def _since(self, conversation_id: str, after: int) -> wire.LiveChanges:
        room = self.rooms[conversation_id]
        last = room.rev
        reload = after > last or after < last - MOST
        messages: list[Any] = []
        found: list[wire.Member] = []
        end = last
        if not reload:
            await self.pause()
            messages = [message for message in room.messages if message.rev > after]
            await self.pause()
            found = [each for each in room.members.values() if each.rev > after]
            revs = sorted([each.rev for each in messages] + [each.rev for each in found])
            if len(revs) > PAGE:
                end = revs[PAGE - 1]
                messages = [each for each in messages if each.rev <= end]
                found = [each for each in found if each.rev <= end]
        more = not reload and end < last
        shown = room.shown()
        return wire.LiveChanges(messages, found, {}, {}, shown, end, more, reload)

    async def _conversation_ids(self, user_id: str) -> list[str]:
        return [room.id for room in self.rooms.values() if room.has(user_id)]

    async def _standings(self, user_id: str) -> list[Standing]:
        return [
            Standing(
                room.id, "group", "Room", len(room.messages), room.rev, None, MOMENT, None,
                room.count, "member", 0,
            )
            for room in self.rooms.values()
            if room.has(user_id)
        ]  # fmt: skip

    async def _still_in(self, conversation_id: str, user_ids: Sequence[str]) -> set[str]:
        return {user_id for user_id in user_ids if self.rooms[conversation_id].has(user_id)}

    async def _moved(self, _: object) -> dict[str, int]:
        return {room.id: room.rev for room in self.rooms.values()}

    async def _joined(self, known: dict[str, int], _: int) -> list[tuple[str, str]]:
        return [
            (room_id, user_id)
            for room_id, rev in known.items()
            for user_id, each in self.rooms[room_id].members.items()
            if each.left_at is None and each.rev > rev
        ]

    async def _introductions(self, pairs: Sequence[tuple[str, str]]) -> list[Event]:
        there = [(self.rooms[room_id], user_id) for room_id, user_id in pairs]
        return [created(room, user_id) for room, user_id in there if room.has(user_id)]

    async def _nobody(self, _: object) -> set[str]:
        return set()

    async def _arrive(self, actor: Actor, target: str | None) -> ready.Arrival:
        user_id = actor.user_id
        user = member(user_id, 0, False).user
        likely = await self._conversation_ids(user_id)
        return ready.Arrival(actor, cast(wire.Me, user), 1, None, likely)


def created(room: Room, user_id: str) -> Event:
    """What tells a user of a room that they are in now."""
    me = wire.Membership("member", 0, 0, 0, "all", None)
    data = room.shown(wire.Conversation, me=me)
    return Event("conversation.created", data, room.id, user_ids=(user_id,))
