"""Pages made of messages that were encoded once are those that are made anew for each reader."""

from collections.abc import Iterator

import orjson
import pytest
from sqlalchemy import update

from tests.support.assistants import answer, assistant, claim
from tests.support.statements import reading_whole, taken
from tests.support.world import World
from trialogue.core import feedback, members, messages, pages, profiles, reactions, reads
from trialogue.core.models import Message
from trialogue.core.policy import Actor
from trialogue.http import deps, pieces
from trialogue.http.pieces import Pieces
from trialogue.store.database import Database

ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    database = Database(database_url)
    yield World(database)
    database.dispose()


def encoded(world: World, actor: Actor, room: str, shelf: Pieces, **bounds: int) -> object:
    """A page by way of the pieces; it must be what is encoded anew."""
    made = orjson.loads(pieces.encode(world.do(pages.page, actor, room, shelf, **bounds)))
    anew = deps.answer(world.do(messages.page, actor, room, **bounds))
    assert made == orjson.loads(bytes(anew.body))
    return made


def test_pages_are_those_that_are_made_anew_for_everyone(world: World) -> None:
    ada, bob, cem = (world.person(name) for name in ("ada", "bob", "cem"))
    room, shelf = world.room(ada, bob, cem), Pieces()
    helper = assistant(world, ada)
    world.do(members.add, ada, room, helper.user.id)
    first = world.post(ada, room, 'Hello "@bob" \\ 你好 👋 \u2028 @all')
    world.post(bob, room, "An answer", parent_id=first.id)
    world.post(bob, room, "A picture", attached=[world.upload(bob)])
    said = answer(world, room, helper, "Hello.")
    world.do(feedback.give, ada, said.id, 2, "too short")
    claim(world, room, helper)

    def agrees() -> None:
        for _ in range(2):
            for actor in (ada, bob, cem):
                encoded(world, actor, room, shelf)
                encoded(world, actor, room, shelf, around=first.seq, limit=3)
                encoded(world, actor, room, shelf, before=first.seq + 1, limit=2)
                encoded(world, actor, room, shelf, after=first.seq)

    agrees()
    world.do(reactions.add, bob, first.id, "👍")
    world.do(reactions.add, ada, said.id, "🎉")
    world.do(reads.mark, bob, room, first.seq)
    agrees()
    world.do(messages.edit, ada, first.id, "Good evening")
    world.do(reactions.remove, bob, first.id, "👍")
    world.do(reads.mark, cem, room, first.seq)
    agrees()
    world.do(messages.retract, ada, first.id)
    world.do(profiles.change, bob, {"display_name": "Bob of old"})
    agrees()


def test_a_text_that_grows_is_read_each_time(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room, shelf = world.room(ada), Pieces()
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, "hello @helper")
    work = claim(world, room, helper)
    for text in ("One", "One, two"):
        query = update(Message).where(Message.id == work.message_id).values(content=text)
        world.do(lambda db, query=query: db.execute(query))
        page = encoded(world, ada, room, shelf)
        assert isinstance(page, dict)
        assert page["items"][-1]["content"] == text


@ON_SQLITE
def test_what_is_kept_is_not_read_again_and_nothing_is_read_whole(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room, shelf = world.room(ada, bob), Pieces()
    for number in range(5):
        world.post(ada, room, f"{number}")
    encoded(world, ada, room, shelf)
    with world.transaction() as db, taken() as statements:
        pages.page(db, bob, room, shelf)
    assert not any("content" in statement for statement in statements)
    assert len(statements) <= 4  # to begin, whether one may, which, and how far others are
    with world.transaction() as db, reading_whole(db) as whole:
        pages.page(db, ada, room, Pieces())
    assert whole == []


def test_what_was_not_asked_for_longest_goes_first(world: World) -> None:
    ada = world.person("ada")
    room, shelf = world.room(ada), Pieces(most=5_000)
    for number in range(20):
        world.post(ada, room, f"{number}")
        encoded(world, ada, room, shelf, limit=1)
        assert shelf.size <= 5_000
    newest, oldest = ({"limit": 1}, {"limit": 1, "before": 4})
    for bounds, reads_texts in ((newest, False), (oldest, True)):
        with world.transaction() as db, taken() as statements:
            pages.page(db, ada, room, shelf, **bounds)
        assert any("content" in statement for statement in statements) is reads_texts
