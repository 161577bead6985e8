"""Who hears each event of the table, and that everyone else does not: not the others of the
cast, and never olga, who is in another room and hears what is said there afterwards.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.live.conftest import Client, House, Person, Play
from trialogue.core import conversations, members, messages, preferences, profiles, reads
from trialogue.core.events import Event, ReplyDelta, ReplyRestarted
from trialogue.core.posting import Draft, post
from trialogue.live import schema

MISSED_MOST = 1_000  # changes that are told one by one; beyond that one starts afresh


@dataclass
class Cast:
    """ada owns the room, bob is in it with two sockets, olga is not; eve shares another room
    with ada, and has no socket at first. Everyone also has a room of their own."""

    house: House
    people: dict[str, Person]
    room: str
    own: dict[str, str]
    stack: AsyncExitStack
    clients: dict[str, Client] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    async def come(self, name: str, person: str) -> None:
        """Open a socket, and wait for `ready`."""
        joined = self.house.client(self.people[person].token)
        self.clients[name] = await self.stack.enter_async_context(joined)
        self.places[name] = 0
        await self.clients[name].event("ready")

    async def do(self, who: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Someone does something in the core, with their account as the first argument."""
        return await self.house.database.write(fn, self.people[who].actor, *args, **kwargs)

    async def say(self, content: str = "Hello") -> str:
        """A message of ada's; its id."""
        return str((await self.house.post(self.people["ada"], self.room, content)).id)

    def since(self, name: str) -> list[dict[str, Any]]:
        """What a socket has heard since the scene began."""
        heard = self.clients[name].heard[self.places[name] :]
        # Of who comes and goes only eve is meant: the others came before.
        mine = {"user_id": self.people["eve"].id}.items()
        return [one for one in heard if one["event"] != "presence" or mine <= one["data"].items()]


async def prepare(house: House, stack: AsyncExitStack) -> Cast:
    people = {name: await house.person(name) for name in ("ada", "bob", "eve", "olga")}
    room = await house.room(people["ada"], people["bob"])
    await house.room(people["ada"], people["eve"])
    await house.post(people["ada"], room, "the first one")
    own = {name: await house.room(person) for name, person in people.items()}
    cast = Cast(house, people, room, own, stack)
    for name, person in (("ada", "ada"), ("bob", "bob"), ("tab", "bob"), ("olga", "olga")):
        await cast.come(name, person)
    house.line.wheel.tick()  # who came has been told
    for name, client in cast.clients.items():
        cast.places[name] = len(await client.settled())
    return cast


# What happens ------------------------------------------------------------------------------------


async def edited(cast: Cast) -> None:
    await cast.do("ada", messages.edit, await cast.say(), "Hello again")


async def retracted(cast: Cast) -> None:
    await cast.do("ada", messages.retract, await cast.say())


async def reacted(cast: Cast) -> None:
    await cast.clients["bob"].ask("reactions.add", message_id=await cast.say(), emoji="👍")


async def added(cast: Cast) -> None:
    await cast.come("eve", "eve")
    await cast.do("ada", members.add, cast.room, cast.people["eve"].id)


async def promoted(cast: Cast) -> None:
    await cast.do("ada", members.change_role, cast.room, cast.people["bob"].id, "admin")


async def removed(cast: Cast) -> None:
    await cast.do("ada", members.remove, cast.room, cast.people["bob"].id)
    await cast.say("bob must not hear this")


async def renamed(cast: Cast) -> None:
    await cast.do("ada", conversations.change, cast.room, name="Secret")


async def pinned(cast: Cast) -> None:
    await cast.do("bob", preferences.change, cast.room, pinned=True)


async def read(cast: Cast) -> None:
    await cast.do("bob", reads.mark, cast.room, 1)
    cast.house.line.wheel.tick()


async def typed(cast: Cast) -> None:
    await cast.clients["bob"].ask("typing.set", conversation_id=cast.room, typing=True)


async def came(cast: Cast) -> None:
    await cast.come("eve", "eve")
    cast.house.line.wheel.tick()


async def came_twice(cast: Cast) -> None:
    await cast.come("late", "bob")


async def changed_profile(cast: Cast) -> None:
    await cast.do("bob", profiles.change, {"display_name": "Bobby"})


async def lost(cast: Cast, count: int) -> None:
    """The bus loses so many messages; the next one shows it."""
    bus = cast.house.line.hub.bus
    publish, bus.publish = bus.publish, lambda events: None  # type: ignore[method-assign]
    ada = cast.people["ada"]
    draft = Draft(cast.room, ada.id, cast.house.workspace_id, "lost")
    await cast.house.database.write(post, [draft] * count)
    bus.publish = publish  # type: ignore[method-assign]
    await cast.say("not lost")


async def written(cast: Cast, data: ReplyDelta | ReplyRestarted) -> None:
    """More of a reply; such events come from no transaction."""
    name = "reply.delta" if isinstance(data, ReplyDelta) else "reply.restarted"
    seen = await cast.do("ada", conversations.get, cast.room)
    cast.house.line.hub.bus.publish([Event(name, data, cast.room, at_rev=seen.last_rev)])


@dataclass(frozen=True)
class Case:
    """What happens, and which sockets hear of it."""

    act: Callable[[Cast], Awaitable[object]]
    hears: tuple[str, ...] = ("ada", "bob", "tab")


CASES = {
    "ready": Case(came_twice, ("late",)),
    "message.created": Case(Cast.say),
    "message.updated": Case(edited),
    "message.retracted": Case(retracted),
    "reaction.changed": Case(reacted),
    "member.joined": Case(added),
    "member.updated": Case(promoted),
    "member.left": Case(removed),
    "conversation.created": Case(added, ("eve",)),
    "conversation.updated": Case(renamed),
    "conversation.me": Case(pinned, ("bob", "tab")),
    "read.marked": Case(read),
    "typing": Case(typed),
    "reply.delta": Case(lambda cast: written(cast, ReplyDelta("reply", 1, 0, "Hello"))),
    "reply.restarted": Case(lambda cast: written(cast, ReplyRestarted("reply", 2, "cut"))),
    "presence": Case(came, ("ada",)),
    "user.updated": Case(changed_profile),
    "changes": Case(lambda cast: lost(cast, 1)),
    "resync": Case(lambda cast: lost(cast, MISSED_MOST + 1)),
}


def test_every_event_of_the_table_has_a_case() -> None:
    assert CASES.keys() == schema.EVENTS.keys()


async def check_deaf(cast: Cast, client: str, person: str, event: str) -> None:
    """A socket that is there, for it hears what is said in a room of its own, and that heard
    no such event of any other room."""
    own = cast.own[person]
    message = await cast.house.post(cast.people[person], own, "Is anybody there?")
    await cast.clients[client].event("message.created", id=message.id)
    of_others = [one for one in cast.since(client) if one.get("conversation_id") != own]
    assert event not in [one["event"] for one in of_others], (client, of_others)


@pytest.mark.parametrize("name", CASES)
def test_an_event_is_heard_by_whom_it_concerns_and_by_nobody_else(play: Play, name: str) -> None:
    async def scene(house: House) -> None:
        async with AsyncExitStack() as stack:
            cast = await prepare(house, stack)
            case = CASES[name]
            await case.act(cast)
            for client in case.hears:
                if name not in [one["event"] for one in cast.since(client)]:
                    await cast.clients[client].event(name)
            persons = {"tab": "bob", "late": "bob"}
            for client in cast.clients.keys() - set(case.hears) - {"eve"}:
                await check_deaf(cast, client, persons.get(client, client), name)
            await check_deaf(cast, "olga", "olga", name)
            assert cast.room not in str(cast.since("olga")), "nothing at all of that room"
            if name == "member.left":
                for client in ("bob", "tab"):
                    await check_deaf(cast, client, "bob", "message.created")

    play(scene)
