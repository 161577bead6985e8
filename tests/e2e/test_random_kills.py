"""`kill -9` at random points, again and again, under people who post, ask and upload.

A seed always chooses the same points, counted in what was acknowledged since the last start.
`TRIALOGUE_KILLS=200` kills so often, by other seeds.
"""

import asyncio
import os
import random

import pytest

from tests.support.client import Stage
from tests.support.copies import fresh, settled
from tests.support.follower import Follower
from tests.support.history import check, whole_history
from tests.support.senders import Board, Sender, Way
from tests.support.server import Server
from tests.support.serving import Make
from tests.support.stored import age, known, left
from tests.support.streams import assistant_room
from tests.support.workers import Uploader, all_answered, ask, enough, once_each

pytestmark = pytest.mark.usefixtures("unmeasured")

KILLS = int(os.environ.get("TRIALOGUE_KILLS", "10"))  # on each database
SEED = os.environ.get("TRIALOGUE_SEED", "of the day" if "TRIALOGUE_KILLS" in os.environ else "1")
MOST = 60  # messages between a start and a kill
LATER = 0.05  # seconds by which a kill is late, so that it may fall on anything
WAYS: list[Way] = ["http", "socket", "socket"]


@pytest.fixture
def shaken(make_server: Make) -> Server:
    """The server that is killed."""
    settings = {"TRIALOGUE_CLEANUP_INTERVAL": "600", "TRIALOGUE_AI_DEMO_PACE": "0.01"}
    return make_server(**settings).start()


async def ask_on(stage: Stage, asked: dict[str, int], stop: asyncio.Event) -> None:
    """Someone who asks one question after the other, in two rooms; counts them."""
    person = await stage.person("cem")
    rooms = [await assistant_room(person) for _ in range(2)]
    number = 0
    while not stop.is_set():
        room = rooms[number % 2]
        number += 1
        await ask(person, room, "/help", f"question {number}")
        asked[room] = asked.get(room, 0) + 1
        await all_answered(person, room, asked[room])
    for room, questions in asked.items():
        once_each(await all_answered(person, room, questions), questions)


async def test_whoever_is_killed_when_nothing_is_lost_or_doubled(shaken: Server) -> None:
    chance = random.Random(SEED)
    async with Stage(shaken) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        followers = [Follower(person) for person in (ada, bob)]
        for follower in followers:
            follower.start()
            await follower.caught_up(room)
        board, stop, asked = Board(), asyncio.Event(), dict[str, int]()
        senders = [Sender(ada, room, f"{n}-{way}", way, board) for n, way in enumerate(WAYS)]
        uploaders = [Uploader(bob) for _ in range(2)]
        for sender in senders:
            sender.start()
        working = [asyncio.create_task(each.run()) for each in uploaders]
        working.append(asyncio.create_task(ask_on(stage, asked, stop)))
        for _ in range(KILLS):
            wanted = len(board.acknowledged) + chance.randint(1, MOST)
            await board.until(lambda wanted=wanted: len(board.acknowledged) >= wanted)
            await asyncio.sleep(chance.uniform(0, LATER))  # sleep: the point itself is by chance
            await asyncio.to_thread(shaken.kill)
            await asyncio.to_thread(shaken.start)
        stop.set()
        for uploader in uploaders:
            uploader.stop = True
        await asyncio.gather(*(sender.end() for sender in senders), *working)
        found = await whole_history(ada, room)
        check(found, board.acknowledged)
        assert len(found) == len(board.acknowledged)
        for follower in followers:
            await follower.caught_up(room)
            assert follower.reloads == 0
            await follower.end()
        assert settled(await fresh(ada, room))["last_seq"] == len(found)
        assert sum(asked.values()) > 0
        await check_files(shaken, uploaders)
    assert "Traceback" not in shaken.log()


async def check_files(server: Server, uploaders: list[Uploader]) -> None:
    """What was acknowledged is there, and the clean-up leaves nothing else."""
    for uploader in uploaders:
        await uploader.check(each=10)
    await asyncio.to_thread(server.stop)
    age(server)
    server.start()  # its first clean-up comes at once
    acknowledged = {file_id for each in uploaders for file_id in each.acknowledged}
    assert acknowledged <= known(server)
    stored = sorted(known(server))
    await enough(lambda: left(server) == stored)
