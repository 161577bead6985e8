"""Ids sort by their making and never repeat; LIKE finds what is meant literally; rows are
inserted and updated in bulk, with the same answers on every database."""

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.support.world import World
from trialogue.core import posting
from trialogue.core.models import ChatUser, Conversation, Identity, Member, Reaction
from trialogue.core.posting import Draft
from trialogue.core.sql import escape_like, insert_missing, insert_new, new_id, update_many


def test_ids_are_uuids_of_version_7_and_do_not_repeat() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert {UUID(one).version for one in ids} == {7}
    assert {UUID(one).variant for one in ids} == {"specified in RFC 4122"}


def test_ids_sort_by_their_making() -> None:
    ids = [new_id() for _ in range(1_000)]
    stamps = [one[:18] for one in ids]
    assert all(earlier <= later for earlier, later in pairwise(stamps))


def test_like_is_escaped() -> None:
    assert escape_like(r"50%_\ ") == r"50\%\_\\ "


def identity(world: World, user_id: str, subject: str) -> dict[str, object]:
    return {
        "issuer": "https://issuer.example",
        "subject": subject,
        "user_id": user_id,
        "created_at": world.database.now(),
    }


def test_an_insert_tells_whether_the_row_is_new_and_leaves_old_ones_alone(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    one, two, three = (identity(world, ada.user_id, subject) for subject in ("1", "2", "3"))
    assert world.do(insert_new, Identity, one) is True
    assert world.do(insert_new, Identity, {**one, "user_id": bob.user_id}) is False
    assert world.do(insert_new, Identity, two) is True
    world.do(insert_missing, Identity, [{**one, "user_id": bob.user_id}, three])
    with world.transaction() as db:
        assert set(db.execute(select(Identity.subject, Identity.user_id))) == {
            (subject, ada.user_id) for subject in "123"
        }


def test_each_insert_answers_for_itself(world: World) -> None:
    ada = world.person("ada")
    row = identity(world, ada.user_id, "1")
    with world.transaction() as db:
        assert insert_new(db, Identity, row) is True
        assert insert_new(db, Identity, row) is False
        assert insert_new(db, Identity, identity(world, ada.user_id, "2")) is True


def test_an_insert_of_what_is_no_conflict_but_wrong_fails(world: World) -> None:
    nobody = identity(world, new_id(), "1")
    with pytest.raises(IntegrityError):
        world.do(insert_new, Identity, nobody)
    without = {"id": new_id(), "kind": "human", "created_at": world.database.now()}
    with pytest.raises(IntegrityError):
        world.do(insert_new, ChatUser, {**without, "display_name": None})


@pytest.mark.parametrize("emoji", [["👍", "🎉"], ["a", "a ", "A", "á"], ["👍", "👍🏽"], ["❤", "❤️"]])
def test_keys_are_told_apart_byte_by_byte(world: World, emoji: list[str]) -> None:
    ada = world.person("ada")
    message = world.post(ada, world.room(ada), "hello")
    row = {"message_id": message.id, "user_id": ada.user_id, "created_at": world.database.now()}
    world.do(insert_missing, Reaction, [{**row, "emoji": one} for one in emoji])
    with world.transaction() as db:
        for one in emoji:
            found = db.scalars(select(Reaction.emoji).where(Reaction.emoji == one)).all()
            assert found == [one]


def test_many_rows_get_each_their_own_values(world: World) -> None:
    ada = world.person("ada")
    rooms = [world.room(ada) for _ in range(5)]
    rows = [{"id": room, "name": f"Room {n}", "edit_window": n} for n, room in enumerate(rooms[1:])]
    world.do(update_many, Conversation, ["id"], rows)
    with world.transaction() as db:
        found = {row.id: (row.name, row.edit_window) for row in db.scalars(select(Conversation))}
    assert found == {rooms[0]: ("Room", None)} | {
        room: (f"Room {n}", n) for n, room in enumerate(rooms[1:])
    }


def marks(world: World, room: str) -> dict[str, int]:
    with world.transaction() as db:
        members = db.scalars(select(Member).where(Member.conversation_id == room))
        return {member.user_id: member.read_seq for member in members}


def test_what_moves_upwards_never_falls(world: World) -> None:
    people = [world.person(name) for name in ("ada", "bob", "cem")]
    room, other = world.room(*people), world.room(*people)

    def move(*seqs: int) -> None:
        rows = [
            {"conversation_id": room, "user_id": person.user_id, "read_seq": seq}
            for person, seq in zip(people, seqs, strict=True)
        ]
        world.do(update_many, Member, ["conversation_id", "user_id"], rows, upwards="read_seq")

    move(5, 0, 3)
    move(4, 2, 6)
    assert marks(world, room) == dict(zip((p.user_id for p in people), (5, 2, 6), strict=True))
    assert set(marks(world, other).values()) == {0}


def test_what_is_set_already_stays_where_only_the_unset_is_asked_for(world: World) -> None:
    ada = world.person("ada")
    rooms = [world.room(ada) for _ in range(2)]
    world.do(update_many, Conversation, ["id"], [{"id": rooms[0], "edit_window": 1}])
    rows = [{"id": room, "edit_window": 2} for room in rooms]
    world.do(update_many, Conversation, ["id"], rows, unset="edit_window")
    with world.transaction() as db:
        found = {row.id: row.edit_window for row in db.scalars(select(Conversation))}
    assert found == {rooms[0]: 1, rooms[1]: 2}


def questions(db: Session, unit: Callable[[Session], object]) -> int:
    """What a unit asks of MySQL in its own words: statements as the server counts them."""
    query = text("SHOW SESSION STATUS LIKE 'Questions'")
    before = int(db.execute(query).one()[1])
    unit(db)
    return int(db.execute(query).one()[1]) - before - 1


@pytest.mark.parametrize("databases", ["mariadb"], indirect=True)
def test_a_batch_is_as_many_statements_as_one_message_on_mysql_too(world: World) -> None:
    people = [world.person(f"person{number}") for number in range(5)]
    rooms = [world.room(*people) for _ in range(4)]
    drafts = [
        Draft(room, person.user_id, person.workspace_id, f"{number}")
        for number in range(5)
        for person in people
        for room in rooms
    ]
    with world.transaction() as db:
        one = questions(db, lambda db: posting.post(db, drafts[:1]))
    with world.transaction() as db:
        many = questions(db, lambda db: posting.post(db, drafts))
    assert many <= one + 2  # a batch also opens sessions, and notes who passed unread messages
