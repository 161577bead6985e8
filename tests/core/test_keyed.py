"""Rows are found by any number of keys, whatever stands in them, and always by an index."""

from uuid import uuid4

import pytest
from sqlalchemy import bindparam, select

from tests.support.statements import reading_whole, taken
from tests.support.world import World
from trialogue.core import posting
from trialogue.core.keyed import Keyed, Since
from trialogue.core.models import Member, Message
from trialogue.core.posting import Draft
from trialogue.core.sql import new_id

ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
PLACE = (Message.conversation_id, Message.client_id)
BY_PLACE = Keyed(PLACE, lambda known: select(Message.content).where(known))
NEWER = Since(
    Message.conversation_id,
    Message.seq,
    lambda within: select(Message.content).where(within).limit(bindparam("most")),
)
BY_ID = Keyed((Message.id,), lambda known: select(Message.content).where(known))
NAMES = ["plain", 'it\'s "quoted"', "back\\slash", "[1, 2]", "null", "你好 👋", "%s :x ?"]


def test_rows_are_found_by_keys_of_several_columns(world: World) -> None:
    ada = world.person("ada")
    room, other = world.room(ada), world.room(ada)
    for name in NAMES:
        world.post(ada, room, f"Here: {name}", client_id=name)
        world.post(ada, other, f"There: {name}", client_id=name)
    with world.transaction() as db:
        for name in NAMES:
            assert [tuple(row) for row in BY_PLACE.rows(db, [(room, name)])] == [(f"Here: {name}",)]
        mixed = BY_PLACE.rows(db, {(room, "plain"), (other, "null"), (other, "nothing")})
        assert {row.content for row in mixed} == {"Here: plain", "There: null"}


def test_rows_are_found_by_one_column_and_none_by_no_keys(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    sent = [world.post(ada, room, f"{number}") for number in range(3)]
    with world.transaction() as db:
        found = BY_ID.rows(db, [(sent[0].id,), (sent[2].id,), (new_id(),)])
        assert {row.content for row in found} == {"0", "2"}
        with taken() as statements:
            assert BY_ID.rows(db, []) == []
        assert statements == []


def test_a_query_has_parameters_of_its_own_too(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    sent = [world.post(ada, room, f"{number}") for number in range(3)]
    later = Keyed(
        (Message.id,),
        lambda known: select(Message.content).where(known, Message.seq > bindparam("after")),
    )
    with world.transaction() as db:
        found = later.rows(db, [(one.id,) for one in sent], after=sent[1].seq)
        assert [row.content for row in found] == ["2"]


def test_it_is_one_statement_whose_text_is_the_same_for_any_number(world: World) -> None:
    keys = [(str(uuid4()), "x") for _ in range(500)]
    with world.transaction() as db, taken() as statements:
        BY_PLACE.rows(db, keys[:1])
        BY_PLACE.rows(db, keys)
    one, many = (statement for statement in statements if statement.startswith("SELECT"))
    assert one == many or world.database.kind == "mysql"


@ON_SQLITE
def test_a_post_reads_no_table_from_end_to_end(world: World) -> None:
    people = [world.person(f"person{number}") for number in range(3)]
    rooms = [world.room(*people) for _ in range(3)]
    told = {"parent_id": world.post(people[0], rooms[0], "First").id}
    drafts = [
        Draft(room, person.user_id, person.workspace_id, "Hello @person1", str(uuid4()))
        for person in people
        for room in rooms
    ]
    answer = Draft(rooms[0], people[0].user_id, people[0].workspace_id, "Yes", "answer", **told)
    with world.transaction() as db, reading_whole(db) as whole:
        posting.post(db, [*drafts, answer])
    assert whole == []


@ON_SQLITE
def test_a_query_that_reads_a_whole_table_is_found_out(world: World) -> None:
    with world.transaction() as db, reading_whole(db) as whole:
        db.execute(select(Member.user_id).where(Member.read_seq == 1))
    assert len(whole) == 1


def test_rows_are_found_that_are_newer_than_what_is_known_of_each_key(world: World) -> None:
    ada = world.person("ada")
    rooms = [world.room(ada) for _ in range(4)]
    for room in rooms:
        for number in range(12):
            world.post(ada, room, f"{rooms.index(room)} {number + 1}")

    def newer(known: dict[str, int], most: int = 1_000) -> list[str]:
        with world.transaction() as db:
            return sorted(row.content for row in NEWER.rows(db, known, most=most))

    known = {rooms[0]: 9, rooms[1]: 12, rooms[2]: 11, new_id(): 0}
    assert newer(known) == ["0 10", "0 11", "0 12", "2 12"]
    assert newer({rooms[3]: 2**40}) == newer({}) == []
    assert len(newer({rooms[3]: 0}, most=5)) == 5
    with world.transaction() as db, taken() as statements:
        NEWER.rows(db, known, most=10)
        NEWER.rows(db, {rooms[3]: 0}, most=10)
        NEWER.rows(db, {}, most=10)
    one, many = (statement for statement in statements if statement.startswith("SELECT"))
    assert one == many or world.database.kind == "mysql"


@ON_SQLITE
def test_what_is_newer_is_found_by_the_index(world: World) -> None:
    ada = world.person("ada")
    rooms = [world.room(ada) for _ in range(3)]
    with world.transaction() as db, reading_whole(db) as read:
        NEWER.rows(db, dict.fromkeys(rooms, 3), most=10)
    assert read == []
