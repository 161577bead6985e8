"""Many people do what comes to mind while their lines break: all end up with the same picture."""

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.e2e.test_crash import whole_history
from tests.support.client import Person, Stage
from tests.support.follower import Follower
from tests.support.proxy import Proxy
from tests.support.server import Server

ROOM = "/api/v1/conversations"
STEPS = 50
AT_ONCE = 3
KINDS = (
    ["send"] * 6 + ["read"] * 4 + ["join"] * 2 + ["add"] * 2 + ["leave", "rename"] + ["remove"] * 2
)
REFUSED = {403, 404, 409}  # what is not possible just now
SEEDS = [1, 20_260_101]


class Play:
    """Five people in two public rooms. The first one never leaves, and sees everything."""

    def __init__(self, people: list[Person], rooms: list[str], chance: random.Random) -> None:
        self.people = people
        self.rooms = rooms
        self.chance = chance
        self.done: list[str] = []
        self.accepted: dict[str, int] = {}

    def next(self) -> tuple[str, Person, str, str, dict[str, Any]]:
        """What someone will try next: its kind, who, by which request."""
        kind = self.chance.choice(KINDS)
        room = f"{ROOM}/{self.chance.choice(self.rooms)}"
        steady = kind in ("leave", "remove")
        other = self.chance.choice(self.people[1:] if steady else self.people)
        able = self.people[:1] * 3 if kind == "remove" else []
        who = other if kind == "leave" else self.chance.choice(self.people + able)
        number = self.chance.randrange(1_000)
        requests: dict[str, tuple[str, str, dict[str, Any]]] = {
            "send": ("POST", f"{room}/messages", {"content": f"message {number} 消息"}),
            "read": ("PUT", f"{room}/read", {"seq": number % 80}),
            "join": ("POST", f"{room}/join", {}),
            "leave": ("POST", f"{room}/leave", {}),
            "add": ("POST", f"{room}/members", {"user_id": other.id}),
            "remove": ("DELETE", f"{room}/members/{other.id}", {}),
            "rename": ("PATCH", room, {"name": f"Room {number}"}),
        }
        return kind, who, *requests[kind]

    async def act(self, kind: str, who: Person, method: str, path: str, body: Any) -> None:
        """Try it."""
        answer = await who.call(method, path, json=body or None)
        assert answer.is_success or answer.status_code in REFUSED, answer.text
        self.done.append(f"{who.name} {kind} {path} {answer.status_code}")
        if answer.is_success:
            self.accepted[kind] = self.accepted.get(kind, 0) + 1

    def disturb(self, proxies: list[Proxy]) -> None:
        """Something happens to someone's line, or to nobody's."""
        proxy = self.chance.choice(proxies)
        match self.chance.randrange(8):
            case 0 | 1:
                proxy.cut()
            case 2:
                proxy.refuse()
            case 3 | 4:
                for one in proxies:
                    one.refuse(False)


async def check_counts(play: Play) -> None:
    """Unread messages are those after one's mark, for everyone."""
    for room in play.rooms:
        numbers = [message["seq"] for message in await whole_history(play.people[0], room)]
        assert numbers == list(range(1, len(numbers) + 1))
        for person in play.people:
            answer = await person.call("GET", f"{ROOM}/{room}")
            if answer.is_success and (me := answer.json()["me"]) is not None:
                after = [seq for seq in numbers if seq > me["read_seq"]]
                assert me["unread"] == len(after), (person.name, me, play.done)
                assert answer.json()["last_seq"] == len(numbers)


def check_never_negative(followers: list[Follower]) -> None:
    """No copy and no frame ever says less than nothing."""
    for follower in followers:
        for copy in follower.copies.values():
            assert copy["me"]["unread"] >= 0
        if follower.socket is not None:
            for frame in follower.socket.events("conversation.me"):
                assert frame["data"]["unread"] >= 0


@pytest.mark.parametrize("seed", SEEDS)
async def test_everyone_ends_with_the_same_picture(server: Server, seed: int) -> None:
    async with Stage(server) as stage, AsyncExitStack() as stack:
        people = await stage.people("ada", "bob", "eve", "ivo", "小明")
        rooms = [await people[0].room(*people[2:], public=True)]
        rooms.append(await people[1].room(*people[::2], public=True))  # an owner who may leave
        play = Play(people, rooms, random.Random(seed))
        proxies = [await stack.enter_async_context(Proxy(server.address).open()) for _ in people]
        followers = [
            Follower(person, proxy.address) for person, proxy in zip(people, proxies, strict=True)
        ]
        for follower in followers:
            follower.start()
            stack.push_async_callback(follower.end)
        for _ in range(STEPS):
            play.disturb(proxies)
            await asyncio.gather(*(play.act(*play.next()) for _ in range(AT_ONCE)))
            check_never_negative(followers)
        for proxy in proxies:
            proxy.refuse(False)
        for follower in followers:
            for room in rooms:
                await follower.caught_up(room)
            assert follower.reloads == 0
        check_never_negative(followers)
        await check_counts(play)
        assert len(play.accepted) >= len(set(KINDS)) - 1, "nearly everything was possible"
        assert sum(proxy.lines for proxy in proxies) > len(proxies), "lines were cut"
