"""Two servers on one database are one chat: with Redis at once, without it within seconds, and
whatever happens to Redis or to one of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tests.support.client import PATIENCE, Person, Socket, Stage, in_touch
from tests.support.follower import Follower
from tests.support.own_redis import OwnRedis
from tests.support.server import Server
from trialogue import ChatService, Event, wire

# Two servers start for each of these, so most of them are content with one kind of database.
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
ROOM = "/api/v1/conversations"
Make = Callable[..., list[Server]]


@asynccontextmanager
async def opened(servers: Sequence[Server], *, redis: bool) -> AsyncIterator[list[Stage]]:
    """Stages of all nodes, which hear each other."""
    async with AsyncExitStack() as stack:
        stages = [await stack.enter_async_context(Stage(server)) for server in servers]
        if redis:
            await in_touch(*stages)
        yield stages


def at(stage: Stage, person: Person) -> Person:
    """The same person, with the same login, on another node."""
    return Person(stage, person.grant)


def numbers(socket: Socket, room: str) -> list[int]:
    """The numbers of the messages that a socket has heard of in a room, in the order of hearing:
    each by itself, or several at once, where one node's came long before the other's."""
    heard: list[int] = []
    for frame in socket.about(room):
        if frame["event"] == "message.created":
            heard.append(frame["data"]["seq"])
        elif frame["event"] == "changes":
            heard += [message["seq"] for message in frame["data"]["messages"]]
    return heard


@pytest.mark.on_mariadb
async def test_what_is_said_on_one_node_is_heard_on_the_other_in_order(
    make_nodes: Make, redis_url: str
) -> None:
    # The database is not asked what others have written, so that only Redis can have told.
    nodes = make_nodes(REDIS_URL=redis_url, TRIALOGUE_OTHER_WRITERS="off")
    async with opened(nodes, redis=True) as (one, two):
        ada, bob, eve = await one.people("ada", "bob", "eve")
        room = await ada.room(bob)
        bob_there, eve_there = at(two, bob), at(two, eve)
        async with ada.socket() as here, bob_there.socket() as there, eve_there.socket() as out:
            says = [ada.say(room, f"from one {n}") for n in range(20)]
            says += [bob_there.say(room, f"from two {n}") for n in range(20)]
            await asyncio.gather(*says)
            for socket in (here, there):
                await socket.until(lambda s=socket: len(numbers(s, room)) >= 40)
                assert numbers(socket, room) == list(range(1, 41))
            await ada.ok("PUT", f"{ROOM}/{room}/typing", typing=True)
            await there.expect("typing", user_id=ada.id)
            # One's own message counts as read: the last one must be the other's.
            await ada.say(room, "the last one")
            await bob_there.ok("PUT", f"{ROOM}/{room}/read", seq=41)
            await here.expect("read.marked", user_id=bob.id, match=_has_read(41))
            await out.settled()
            assert out.about(room) == []
            other = await ada.room(eve)
            created = await out.expect("conversation.created", id=other)
            assert created["data"]["me"]["role"] == "member"
            await ada.ok("PATCH", "/api/v1/users/me", display_name="Ada Lovelace")
            for socket in (there, out):
                await socket.expect("user.updated", display_name="Ada Lovelace")


def _has_read(seq: int) -> Callable[[Any], bool]:
    return lambda frame: bool(frame["data"]["read_seq"] >= seq)


@ON_POSTGRESQL
@pytest.mark.parametrize("redis", [True, False])
async def test_who_is_removed_or_logged_out_on_one_node_hears_no_more_on_the_other(
    make_nodes: Make, redis: bool, request: pytest.FixtureRequest
) -> None:
    settings = {"TRIALOGUE_OTHER_WRITERS": "on"}
    if redis:
        settings = {"REDIS_URL": request.getfixturevalue("redis_url")}
    async with opened(make_nodes(**settings), redis=redis) as (one, two):
        ada, bob, eve = await one.people("ada", "bob", "eve")
        room = await ada.room(bob, eve)
        async with at(two, bob).socket() as there, at(two, eve).socket() as witness:
            await ada.ok("DELETE", f"{ROOM}/{room}/members/{bob.id}")
            secret = await ada.say(room, "a secret")
            left = await there.expect("member.left")
            assert left["data"]["user"]["id"] == bob.id
            await witness.until(lambda: _rev_of(witness, room) >= secret["rev"])
            heard = [frame for frame in await there.settled() if frame in there.about(room)]
            assert heard[-1]["event"] == "member.left"
            await bob.log_out()
            assert await there.closed() == 4009
            await witness.settled()


def _rev_of(socket: Socket, room: str) -> int:
    told = [f.get("rev") or f["data"].get("rev") or 0 for f in socket.about(room)]
    return max(told, default=0)


@ON_SQLITE
async def test_without_redis_the_other_node_hears_within_five_seconds(make_nodes: Make) -> None:
    nodes = make_nodes(TRIALOGUE_OTHER_WRITERS="on")
    async with opened(nodes, redis=False) as (one, two):
        ada, bob = await one.people("ada", "bob")
        room = await ada.room(bob)
        follower = Follower(at(two, bob))
        follower.start()
        await _until(lambda: room in follower.copies and follower.socket is not None)
        said = await ada.say(room, "Hello")
        await _until(lambda: follower.rev(room) >= said["rev"])
        fresh = await ada.room(bob)
        await _until(lambda: fresh in follower.copies)
        for each in (room, fresh):
            await follower.caught_up(each)
        await follower.end()


async def _until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 — others set what is looked at
            await asyncio.sleep(0.02)  # sleep: between two looks


class Load:
    """People on all nodes who talk without a pause, and others who follow."""

    def __init__(self, stages: Sequence[Stage], people: Sequence[Person], room: str) -> None:
        self.room = room
        self.talkers = [at(stages[n % len(stages)], one) for n, one in enumerate(people)]
        self.followers = [Follower(at(stage, people[0])) for stage in stages]
        self.said: list[Any] = []
        self._stop = False

    async def talk(self, person: Person) -> None:
        count = 0
        while not self._stop:
            count += 1
            client_id = f"{person.name}-{count}"
            self.said.append(await person.say(self.room, client_id, client_id=client_id))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        """While the block runs they talk; after it everyone must know all of it, once."""
        for follower in self.followers:
            follower.start()
        talking = [asyncio.create_task(self.talk(person)) for person in self.talkers]
        yield self
        self._stop = True
        await asyncio.gather(*talking)
        for follower in self.followers:
            await follower.caught_up(self.room)
            await follower.end()
        assert sorted(each["seq"] for each in self.said) == list(range(1, len(self.said) + 1))

    async def more(self, count: int) -> None:
        """Wait until so much more was said."""
        goal = len(self.said) + count
        await _until(lambda: len(self.said) >= goal)


async def test_redis_is_killed_under_load_and_nothing_is_lost_or_doubled(
    make_nodes: Make, own_redis: OwnRedis
) -> None:
    nodes = make_nodes(REDIS_URL=own_redis.url)
    async with opened(nodes, redis=True) as (one, two):
        people = await one.people("ada", "bob", "eve", "ivo")
        room = await people[0].room(*people[1:])
        load = Load([one, two], people, room)
        async with load.running():
            for _ in range(2):
                await load.more(30)
                own_redis.kill()
                await load.more(30)  # nobody waits for it
                assert await one.redis() == "unhealthy"
                assert (await one.http.get("/health")).json()["status"] == "degraded"
                assert (await one.http.get("/health/ready")).status_code == 200
                own_redis.start()
                await in_touch(one, two)
        assert [follower.resumes for follower in load.followers] == [1, 1], "no socket has broken"


@ON_SQLITE
async def test_what_was_said_while_redis_was_away_is_heard_when_it_is_back(
    make_nodes: Make, own_redis: OwnRedis
) -> None:
    """Nothing is said afterwards, so that no number is missing: the node itself finds out."""
    nodes = make_nodes(REDIS_URL=own_redis.url, TRIALOGUE_OTHER_WRITERS="off")
    async with opened(nodes, redis=True) as (one, two):
        ada, bob = await one.people("ada", "bob")
        room = await ada.room(bob)
        async with at(two, bob).socket() as there:
            own_redis.kill()
            said = await ada.say(room, "Can you hear me?")
            own_redis.start()
            await there.until(lambda: _rev_of(there, room) >= said["rev"])


async def hello(person: Person, room: str, service: ChatService, other: wire.User) -> None:
    """Someone on the server and someone in the program talk to each other."""
    async with person.socket() as socket:
        for number in range(10):
            text = f"from the program {number}"
            await asyncio.to_thread(service.send_message, room, other.id, text)
        await socket.until(lambda: _rev_of(socket, room) >= 12)
        await person.say(room, "from the server")
        await socket.until(lambda: _rev_of(socket, room) >= 13)
    told = await asyncio.to_thread(service.get_conversation_messages, room)
    assert [each.content for each in reversed(told)] == [
        *(f"from the program {number}" for number in range(10)),
        "from the server",
    ]


def _said(heard: Sequence[Event]) -> list[str]:
    return [each.data.content for each in heard if isinstance(each.data, wire.LiveMessage)]


@ON_POSTGRESQL
async def test_a_program_and_a_server_hear_each_other_with_redis(
    make_nodes: Make, redis_url: str
) -> None:
    (node,) = make_nodes(1, REDIS_URL=redis_url, TRIALOGUE_OTHER_WRITERS="off")
    heard: list[Event] = []
    async with opened([node], redis=True) as (stage,):
        ada = await stage.person("ada")
        service = ChatService(node.database_url, redis_url=redis_url)
        eve = service.create_user("eve")
        room = service.create_conversation("Room", member_ids=[ada.id, eve.id]).id
        with service.listen(heard.append):
            await hello(ada, room, service, eve)
            await _until(lambda: "from the server" in _said(heard))
        assert _said(heard)[-11:-1] == [f"from the program {number}" for number in range(10)]
        service.close()


@ON_SQLITE
async def test_a_program_and_a_server_hear_each_other_without_redis(make_nodes: Make) -> None:
    (node,) = make_nodes(1, TRIALOGUE_OTHER_WRITERS="on")
    async with opened([node], redis=False) as (stage,):
        ada = await stage.person("ada")
        service = ChatService(node.database_url, redis_url="")
        eve = service.create_user("eve")
        room = service.create_conversation("Room", member_ids=[ada.id, eve.id])
        await hello(ada, room.id, service, eve)
        service.close()


@ON_POSTGRESQL
async def test_a_node_is_killed_and_takes_nothing_with_it_but_its_sockets(
    make_nodes: Make, redis_url: str
) -> None:
    nodes = make_nodes(REDIS_URL=redis_url)
    async with opened(nodes, redis=True) as (one, two):
        people = await one.people("ada", "bob")
        room = await people[0].room(people[1])
        load = Load([one, two], people, room)
        load.talkers = [at(one, person) for person in people]
        async with load.running():
            await load.more(30)
            await asyncio.to_thread(nodes[1].kill)
            await load.more(30)
            await asyncio.to_thread(nodes[1].start)
            await in_touch(two)
            await load.more(30)
        assert load.followers[0].resumes == 1
        assert load.followers[1].resumes > 1
