"""People who do everything at once, each until told to stop: talk, read, upload, ask, come and go.

They pause between two steps: a soak looks for what is left behind, not for speed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx

from tests.support.client import PASSWORD, Person, Socket, Stage
from tests.support.pictures import picture

PAUSE = (0.005, 0.05)  # seconds between two steps
STAY = (5, 40)  # steps on one socket
API = "/api/v1"
TEXT = "Words that people say to each other all day long, some of them to be found again later. "
UNAVAILABLE = "answers of unavailable"
CHATTERS, READERS, UPLOADERS, ASKERS, VISITORS = 6, 2, 2, 2, 2


class Scene:
    """A server, a room with people in it, and the sign to stop."""

    def __init__(self, stage: Stage, people: list[Person], room: str, seed: str) -> None:
        self.stage = stage
        self.people = people
        self.room = room
        self.messages = f"{API}/conversations/{room}/messages"
        self.seed = seed
        self.stop = asyncio.Event()
        self.done = Counter[str]()

    async def pause(self, chance: random.Random) -> None:
        """Between two steps."""
        await asyncio.sleep(chance.uniform(*PAUSE))


@asynccontextmanager
async def scene(stage: Stage, seed: str) -> AsyncIterator[Scene]:
    """The first account owns the server; the others are its guests."""
    people = [await stage.person(name) for name in ("ada", "bob", "cem", "dan")]
    room = await people[0].room(*people[1:], public=True)
    yield Scene(stage, people, room, seed)


async def for_a_while(scene: Scene, seconds: float) -> None:
    """All of them together. Raises what any of them comes upon, as a group."""
    scene.stop.clear()
    actors = (chat,) * CHATTERS + (read,) * READERS + (upload,) * UPLOADERS
    actors += (ask,) * ASKERS + (visit,) * VISITORS
    async with asyncio.TaskGroup() as group:
        for number, actor in enumerate(actors):
            person = scene.people[number % len(scene.people)]
            chance = random.Random(f"{scene.seed} {number}")
            group.create_task(_again_and_again(actor, scene, person, chance))
        for person in scene.people:
            group.create_task(_stay_in(scene, person))
        await asyncio.sleep(seconds)
        scene.stop.set()


async def _stay_in(scene: Scene, person: Person) -> None:
    """Have a new token long before the old one ends."""
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(scene.stop.wait(), person.grant["expires_in"] / 4)
            return
        body = {"refresh_token": person.grant["refresh_token"]}
        answer = sound(scene, await scene.stage.http.post(f"{API}/auth/refresh", json=body))
        if answer.status_code == 200:
            person.grant = answer.json()
            person.token = person.grant["access_token"]
            scene.done["tokens renewed"] += 1


Actor = Callable[[Scene, Person, random.Random], Awaitable[None]]


async def _again_and_again(
    actor: Actor, scene: Scene, person: Person, chance: random.Random
) -> None:
    while not scene.stop.is_set():
        await actor(scene, person, chance)
        await scene.pause(chance)


async def get(scene: Scene, person: Person, path: str, **query: str | int) -> httpx.Response:
    """What a page is answered with."""
    scene.done["pages read"] += 1
    return sound(scene, await person.call("GET", path, params=query))


def sound(scene: Scene, answer: httpx.Response) -> httpx.Response:
    """An answer that is no fault of the server's; a slow machine makes it `unavailable`."""
    if answer.status_code == 503:
        scene.done[UNAVAILABLE] += 1
    elif answer.status_code >= 500:
        raise AssertionError(f"{answer.request.url} was answered {answer.status_code}")
    return answer


async def do(scene: Scene, socket: Socket, command: str, **args: object) -> dict[str, object]:
    """What a command yields; nothing when the server is `unavailable`."""
    answer = await socket.ask(command, **args)
    if answer["ok"]:
        return answer.get("data") or {}
    if answer["error"]["code"] != "unavailable":
        raise AssertionError(f"{command} was answered {answer['error']}")
    scene.done[UNAVAILABLE] += 1
    return {}


# Who is there -----------------------------------------------------------------------------------


async def chat(scene: Scene, person: Person, chance: random.Random) -> None:
    """Someone who talks over a socket for some steps, and leaves it or lets it break."""
    async with person.socket() as socket:
        scene.done["sockets"] += 1
        for step in range(chance.randint(*STAY)):
            text = f"{TEXT} {chance.random()}"
            args = {"conversation_id": scene.room, "content": text}
            said = await do(scene, socket, "messages.send", **args)
            scene.done["messages"] += 1
            if said:
                await _mind(socket, scene, said, step)
            if scene.stop.is_set():
                break
            await scene.pause(chance)
        if chance.random() < 0.5:
            socket.connection.transport.abort()


async def _mind(socket: Socket, scene: Scene, said: dict[str, object], step: int) -> None:
    """What people do with messages."""
    if step % 3 == 0:
        await do(scene, socket, "reads.mark", conversation_id=scene.room, seq=said["seq"])
        await do(scene, socket, "typing.set", conversation_id=scene.room, typing=True)
    if step % 5 == 0:
        await do(scene, socket, "reactions.add", message_id=said["id"], emoji="👍")
        await do(
            scene, socket, "messages.edit", message_id=said["id"], content="On second thoughts"
        )
    if step % 11 == 0:
        await do(scene, socket, "messages.retract", message_id=said["id"])
        cursors = {scene.room: max(int(str(said["rev"])) - 50, 0)}
        await do(scene, socket, "sync.resume", cursors=cursors)
        await socket.ask("no.such.command")


async def read(scene: Scene, person: Person, chance: random.Random) -> None:
    """Someone who looks at everything."""
    page = (await get(scene, person, scene.messages, limit=50)).json()
    newest = page.get("items")
    around = chance.randint(1, newest[-1]["seq"]) if newest else 1
    await get(scene, person, scene.messages, around=around, limit=50)
    await get(scene, person, f"{API}/conversations")
    await get(scene, person, f"{API}/conversations/{scene.room}/changes", after=around)
    await get(scene, person, f"{API}/conversations/{scene.room}/unread", limit=20)
    await get(scene, person, f"{API}/search", q="found again", limit=5)
    await get(scene, person, f"{API}/users/me")
    await get(scene, person, "/health/live")


async def upload(scene: Scene, person: Person, chance: random.Random) -> None:
    """Someone who sends files, pictures among them, and fetches them."""
    shown = chance.random() < 0.3
    data = picture(size=(200, 100)) if shown else chance.randbytes(chance.randint(1, 100_000))
    files = {"file": ("two.png" if shown else "noise.bin", data)}
    answer = sound(scene, await person.call("POST", f"{API}/attachments", files=files))
    scene.done["uploads"] += 1
    if answer.status_code != 201:
        return
    file = answer.json()
    body = {"content": "", "attachment_ids": [file["id"]]}
    sound(scene, await person.call("POST", scene.messages, json=body))
    await get(scene, person, file["url"])
    if shown:
        await get(scene, person, file["thumbnail_url"])


async def ask(scene: Scene, person: Person, chance: random.Random) -> None:
    """Someone who asks an assistant; every third time they hang up in mid-answer."""
    opened = sound(scene, await person.call("POST", f"{API}/conversations", json={}))
    if opened.status_code != 201:
        return
    room = opened.json()["id"]
    headers = {"Authorization": f"Bearer {person.token}"}
    body = {"conversation_id": room, "content": "/help"}
    hasty = chance.random() < 0.34
    scene.done["questions"] += 1
    asked = scene.stage.http.stream("POST", f"{API}/chat", json=body, headers=headers)
    async with asked as answer:
        sound(scene, answer)
        async for line in answer.aiter_lines():
            if hasty and line.startswith("event: delta"):
                return
    await get(scene, person, f"/api/chat/{room}/history")


async def visit(scene: Scene, person: Person, chance: random.Random) -> None:
    """Someone who logs in, looks around, is refused, breaks a line and leaves."""
    guest = await (scene.people[-1]).log_in()
    scene.done["logins"] += 1
    await guest.call("GET", f"{API}/conversations/none")
    await guest.call("POST", scene.messages, json={"content": 5})
    wrong = {"username": guest.name, "password": f"not {PASSWORD}"}
    sound(scene, await scene.stage.http.post(f"{API}/auth/login", json=wrong))
    _, writer = await asyncio.open_connection(*scene.stage.address)
    writer.write(b"POST /api/v1/chat HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{")
    with suppress(ConnectionError):
        await writer.drain()
    writer.transport.abort()
    async with guest.socket() as socket:
        await guest.log_out()
        if await socket.closed() != 4009:
            raise AssertionError("a login ended and its socket did not")


def steps(scene: Scene) -> dict[str, int]:
    """What they have done, and how often."""
    return dict(sorted(scene.done.items()))
