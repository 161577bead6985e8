"""Files and the database together: both know a file, or neither does in the end."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.support.world import World
from trialogue.core import files, messages, posting, profiles
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.files import Stored
from trialogue.core.policy import Actor
from trialogue.core.posting import Posted
from trialogue.store import keeping
from trialogue.store.blobs import LocalBlobs
from trialogue.store.database import Database
from trialogue.store.files import Files

pytestmark = pytest.mark.anyio
AGE = timedelta(hours=1)
NOW = timedelta(hours=-1)  # whatever its age


class Place:
    """Ada's room, and a storage of files in a folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database = Database(url)
        self.world = World(self.database)
        self.folder = folder
        self.storage = Files(LocalBlobs(folder), folder / "incoming")
        self.ada: Actor = self.world.person("ada")
        self.room = self.world.room(self.ada)

    def store(self, data: bytes = b"text") -> Stored:
        incoming = self.storage.receive()
        incoming.write(data)
        return self.storage.store(incoming, "a.txt")

    async def upload(self) -> Stored:
        stored = self.store()
        await keeping.commit(self.database, self.storage, stored, files.keep, self.ada, stored)
        return stored

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())

    async def clean(self, age: timedelta) -> int:
        return await keeping.clean_up(self.database, self.storage, age)


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Place:
    return Place(database_url, tmp_path)


def refuse(db: Session, actor: Actor, stored: Stored) -> None:
    """Keep a file, and fail after all."""
    files.keep(db, actor, stored)
    raise ChatError("conflict", "Not now.")


async def test_what_is_committed_stays_and_what_fails_goes(place: Place) -> None:
    kept = await place.upload()
    assert place.left() == [kept.id]
    stored = place.store()
    with pytest.raises(ChatError, match="Not now"):
        await keeping.commit(place.database, place.storage, stored, refuse, place.ada, stored)
    assert place.left() == [kept.id]
    await place.database.close()


async def test_the_clean_up_finds_whatever_was_left(place: Place) -> None:
    sent, unsent, recalled = [await place.upload() for _ in range(3)]
    shown = [await place.database.read(files.load, [each.id]) for each in (sent, recalled)]
    for found in shown:
        (upload,) = found.values()
        message = place.world.post(place.ada, place.room, "Look", attached=[upload.shown])
    place.world.do(messages.retract, place.ada, message.id)
    stray = place.store()  # a crash came before its commit
    confirmed = place.store()  # and here after it
    place.world.do(profiles.set_avatar, place.ada, confirmed)
    half = place.storage.receive()
    assert await place.clean(AGE) == 1  # what was recalled, whatever its age
    assert {stray.id, unsent.id, half.path.name} <= set(place.left())
    assert recalled.id not in place.left()
    assert await place.clean(NOW) == 2
    assert place.left() == sorted([sent.id, confirmed.id])
    assert await place.clean(NOW) == 0
    assert place.left() == sorted([sent.id, confirmed.id])
    half.discard()
    await place.database.close()


async def test_many_are_cleaned_up_in_portions(place: Place) -> None:
    uploads = [place.world.upload(place.ada) for _ in range(7)]
    with place.world.transaction() as db:
        before = place.database.now() + AGE
        assert files.drop_unsent(db, before, most=3) == 3
    assert await place.clean(NOW) == 7
    assert place.world.do(files.known, [each.id for each in uploads]) == set()
    await place.database.close()


async def test_of_two_who_send_one_file_at_once_one_does(place: Place) -> None:
    rooms = [place.room, place.world.room(place.ada)]
    for _ in range(10):
        file = place.world.upload(place.ada)
        args = SendMessage(content="Mine", attachment_ids=[file.id])
        drafts = [posting.draft(place.ada, room, args) for room in rooms]
        writes = (place.database.write(posting.post, [draft], wait=True) for draft in drafts)
        outcomes = [each for (each,) in await asyncio.gather(*writes)]
        posted = [each for each in outcomes if isinstance(each, Posted)]
        refused = [each for each in outcomes if isinstance(each, ChatError)]
        assert [list(each.message.attachments) for each in posted] == [[file]]
        assert [each.field for each in refused] == ["attachment_ids"]
    await place.database.close()
