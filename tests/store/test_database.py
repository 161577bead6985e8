"""The door: commits, rolls back, retries, publishes after the commit and only then."""

import asyncio

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.store.conftest import SERVERS, Stage, linger
from trialogue.core import conversations, events, members, reads
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, LoginEnded
from trialogue.core.models import ChatUser, Conversation, Member
from trialogue.core.sql import limit_wait, locked
from trialogue.store import database as door
from trialogue.store.database import Database

NOTE = Event("login.ended", LoginEnded("x"), user_ids=("x",))


def test_events_are_published_after_the_commit(stage: Stage) -> None:
    ada = stage.world.person("ada")

    async def scene() -> None:
        room, _ = await stage.database.write(conversations.create_group, ada, name="Room")
        assert [event.name for event in stage.published] == ["conversation.created"]
        found = await stage.database.read(conversations.get, ada, room.id)
        assert found == room

    stage.run(scene)


def test_what_fails_changes_nothing_and_publishes_nothing(stage: Stage) -> None:
    ada = stage.world.person("ada")

    def failing(db: Session) -> None:
        conversations.create_group(db, ada, name="Room")
        raise ChatError("invalid", "no")

    async def scene() -> None:
        with pytest.raises(ChatError, match="no"):
            await stage.database.write(failing)
        assert stage.published == []
        assert (await stage.database.read(conversations.page, ada)).items == []

    stage.run(scene)


def test_connections_are_counted_while_they_are_used_and_after(stage: Stage) -> None:
    ada = stage.world.person("ada")
    database = stage.database
    seen: list[tuple[int, int]] = []

    def reading(db: Session) -> None:
        db.execute(text("SELECT 1"))
        seen.append(database.connections())

    async def scene() -> None:
        assert database.connections() == (0, 0)
        await database.write(conversations.create_group, ada, name="Room")
        await database.read(reading)
        assert [used for used, _ in seen] == [1]
        used, idle = database.connections()
        assert used == 0
        assert idle >= 1

    stage.run(scene)


def test_a_database_that_has_lost_its_tables_gives_no_sign_of_life(stage: Stage) -> None:
    def lose(db: Session) -> None:
        db.execute(text("ALTER TABLE chat_workspaces RENAME TO chat_lost"))

    async def scene() -> None:
        await stage.database.ping()
        await stage.database.write(lose)
        with pytest.raises(ChatError) as refused:
            await stage.database.ping()
        assert refused.value.code == "unavailable"

    stage.run(scene)


def test_events_of_a_rolled_back_savepoint_vanish_with_it(stage: Stage) -> None:
    def unit(db: Session) -> None:
        events.record(db, Event("first", NOTE.data))
        savepoint = db.begin_nested()
        events.record(db, Event("second", NOTE.data))
        savepoint.rollback()
        with db.begin_nested():
            events.record(db, Event("third", NOTE.data))

    async def scene() -> None:
        await stage.database.write(unit)
        assert [event.name for event in stage.published] == ["first", "third"]

    stage.run(scene)


def test_a_cancelled_caller_loses_neither_commit_nor_events(stage: Stage) -> None:
    ada = stage.world.person("ada")

    async def scene() -> None:
        create = stage.database.write(conversations.create_group, ada, name="Room")
        caller = asyncio.ensure_future(create)
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        await stage.database.close()
        assert [event.name for event in stage.published] == ["conversation.created"]

    stage.run(scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_reading_units_cannot_write(stage: Stage) -> None:

    async def scene() -> None:
        with pytest.raises(ChatError):
            await stage.database.read(lambda db: db.execute(text("DELETE FROM chat_users")))

    stage.run(scene)


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_a_deadlock_is_done_again_with_a_fresh_list_of_events(stage: Stage) -> None:
    ids = [stage.world.person(name).user_id for name in ("ada", "bob")]

    def touch(db: Session, user_id: str) -> None:
        db.execute(update(ChatUser).where(ChatUser.id == user_id).values(display_name="x"))

    def crossing(db: Session, first: str, second: str) -> None:
        events.record(db, NOTE)
        touch(db, first)
        linger(db, 0.2)
        touch(db, second)

    async def scene() -> None:
        await asyncio.gather(
            stage.database.write(crossing, ids[0], ids[1]),
            stage.database.write(crossing, ids[1], ids[0]),
        )
        assert len(stage.published) == 2

    stage.run(scene)


def test_many_writers_keep_counters_dense(stage: Stage) -> None:
    owner = stage.world.person("owner")
    people = [stage.world.person(f"person{number}") for number in range(12)]
    room = stage.world.room(owner, public=True)

    async def scene() -> None:
        await asyncio.gather(*(stage.database.write(members.join, p, room) for p in people))
        await asyncio.gather(*(stage.database.write(members.leave, p, room) for p in people[:5]))

    stage.run(scene)
    with stage.world.transaction() as db:
        conversation = db.get_one(Conversation, room)
        revs = sorted(db.scalars(select(Member.rev)))
        assert (conversation.member_count, conversation.last_rev) == (
            8,
            35,
        )  # a change of members takes two numbers
        assert len(revs) == len(set(revs)) == 13


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_who_waits_too_long_for_a_lock_hears_unavailable(stage: Stage) -> None:
    ada = stage.world.person("ada")
    room = stage.world.room(ada)

    def touch(db: Session) -> None:
        limit_wait(db, 1)
        db.execute(locked(select(Conversation).where(Conversation.id == room)))

    async def scene() -> None:
        with stage.world.transaction() as holding:
            holding.execute(locked(select(Conversation).where(Conversation.id == room)))
            with pytest.raises(ChatError) as refused:
                await stage.database.write(touch)
        assert refused.value.code == "unavailable"
        await stage.database.write(touch)

    stage.run(scene)


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_a_database_that_says_nothing_is_told_as_unavailable_and_may_commit_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.2)

    def unit(db: Session) -> None:
        events.record(db, NOTE)
        linger(db, 1)

    async def scene() -> None:
        with pytest.raises(ChatError, match="nobody can say") as refused:
            await stage.database.write(unit)
        assert (refused.value.code, stage.published) == ("unavailable", [])
        with pytest.raises(ChatError, match="does not answer"):
            await stage.database.read(linger, 1)
        await stage.database.close()
        assert stage.published == [NOTE]

    stage.run(scene)


def test_a_read_sees_one_moment(stage: Stage) -> None:
    ada = stage.world.person("ada")
    room = stage.world.room(ada)

    def twice(db: Session) -> list[int]:
        seen = [db.scalars(select(Conversation.last_seq)).one()]
        stage.world.post(ada, room, "between the two")
        return [*seen, db.scalars(select(Conversation.last_seq)).one()]

    async def scene() -> None:
        assert await stage.database.read(twice) == [0, 0]
        assert await stage.database.read(twice) == [1, 1]

    stage.run(scene)


END = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({}, 5000)"),
    "mysql": ("SELECT connection_id()", "KILL {}"),
}


def end_connection(stage: Stage, db: Session) -> None:
    """End the connection of a transaction, as when the line to the database breaks."""
    who, end = END[db.get_bind().dialect.name]
    number = db.scalar(text(who))
    stage.world.do(lambda other: other.execute(text(end.format(number))))


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_a_connection_lost_during_commit_is_told_as_doubt(stage: Stage) -> None:
    doubted: list[Event] = []
    stage.database.doubt = doubted.extend

    def unit(db: Session) -> None:
        events.record(db, NOTE)
        end_connection(stage, db)

    async def scene() -> None:
        with pytest.raises(ChatError, match="did not confirm"):
            await stage.database.write(unit)
        assert (doubted, stage.published) == ([NOTE], [])
        await stage.database.ping()

    stage.run(scene)


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
@pytest.mark.parametrize("losses", [1, 2])
def test_what_loses_its_connection_before_the_commit_is_done_once_more(
    stage: Stage, losses: int
) -> None:
    doubted: list[Event] = []
    stage.database.doubt = doubted.extend
    left = [None] * losses

    def unit(db: Session) -> str:
        events.record(db, NOTE)
        if left:
            left.pop()
            end_connection(stage, db)
        db.execute(select(ChatUser.id))
        return "done"

    async def scene() -> None:
        if losses == 1:
            assert await stage.database.write(unit) == "done"
            assert stage.published == [NOTE]
            left.append(None)
            assert await stage.database.read(unit) == "done"
        else:
            with pytest.raises(ChatError) as refused:
                await stage.database.write(unit)
            assert refused.value.code == "unavailable"
            assert stage.published == []
        assert doubted == []
        await stage.database.write(lambda db: db.execute(select(ChatUser.id)).all())

    stage.run(scene)


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_database_that_is_away_is_told_as_unavailable(kind: str) -> None:
    database = Database(f"{kind}://nobody@127.0.0.1:1/none")

    async def scene() -> None:
        with pytest.raises(ChatError) as failed:
            await database.read(lambda db: db.execute(text("SELECT 1")))
        assert failed.value.code == "unavailable"
        await database.close()

    asyncio.run(scene())


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_sqlite_syncs_every_commit_and_writes_ahead(stage: Stage) -> None:
    def pragmas(db: Session) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return tuple(db.execute(text(f"PRAGMA {name}")).scalar() for name in names)

    async def scene() -> None:
        assert await stage.database.write(pragmas) == ("wal", 2, 1)

    stage.run(scene)


@pytest.mark.parametrize("url", ["", "nonsense", "oracle://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_is_not_supported_is_refused_with_its_reason(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Database(url)


def test_two_doors_of_one_process_share_a_sqlite_file(stage: Stage) -> None:
    """A command or a library in the process of the server waits for it, and it for them."""
    ada = stage.world.person("ada")
    room = stage.world.room(ada)
    for number in range(10):
        stage.world.post(ada, room, str(number))

    async def scene() -> None:
        marks = [stage.database.write(reads.mark, ada, room, number) for number in range(10)]
        posts = asyncio.to_thread(lambda: [stage.world.post(ada, room, "x") for _ in range(10)])
        await asyncio.gather(*marks, posts)
        found = await stage.database.read(conversations.get, ada, room)
        assert found.last_seq == 20

    stage.run(scene)


def test_a_publication_that_fails_does_not_look_like_a_failed_commit(stage: Stage) -> None:
    ada = stage.world.person("ada")
    doubted: list[Event] = []

    def broken(_: object) -> None:
        raise RuntimeError("nobody hears this")

    async def scene() -> None:
        stage.database.publish = broken
        stage.database.doubt = doubted.extend
        room, _ = await stage.database.write(conversations.create_group, ada, name="Room")
        assert (await stage.database.read(conversations.get, ada, room.id)).id == room.id
        assert [event.name for event in doubted] == ["conversation.created"]

    stage.run(scene)


def test_errors_of_the_database_do_not_tell_what_was_written(stage: Stage) -> None:
    def doubled(db: Session) -> None:
        row = {"id": "01234567-89ab-7def-8123-456789abcdef", "display_name": "secret"}
        row |= {"kind": "human", "created_at": stage.database.now()}
        db.execute(insert(ChatUser).values(row))
        db.execute(insert(ChatUser).values(row))

    async def scene() -> None:
        with pytest.raises(IntegrityError) as failed:
            await stage.database.write(doubled)
        assert "secret" not in str(failed.value)

    stage.run(scene)
