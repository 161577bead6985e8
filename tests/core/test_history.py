"""Slices of a history, whatever is asked of its rows."""

import pytest
from sqlalchemy import select

from tests.support.world import World
from trialogue.core.errors import ChatError
from trialogue.core.history import LAST, Bounds, History
from trialogue.core.models import Message

SEQS = History(select(Message.seq))


@pytest.fixture
def room(world: World) -> str:
    ada = world.person("ada")
    room = world.room(ada)
    for number in range(6):
        world.post(ada, room, f"{number}")
    return room


def cut(world: World, room: str, limit: int, bounds: Bounds) -> tuple[list[int], bool, bool | None]:
    with world.transaction() as db:
        found = SEQS.cut(db, room, bounds, limit)
    return [row.seq for row in found.rows], found.has_more, found.has_newer


def test_nothing_before_the_first_is_in_any_slice(world: World, room: str) -> None:
    assert cut(world, room, 10, Bounds(3)) == ([3, 4, 5, 6], False, None)
    assert cut(world, room, 10, Bounds(3, before=5)) == ([3, 4], False, None)
    assert cut(world, room, 10, Bounds(3, after=0)) == ([3, 4, 5, 6], False, None)
    assert cut(world, room, 10, Bounds(3, around=1)) == ([3, 4, 5, 6], False, False)
    assert cut(world, room, 10, Bounds(7)) == ([], False, None)


def test_a_slice_ends_with_its_limit_and_tells_of_more(world: World, room: str) -> None:
    assert cut(world, room, 2, Bounds(1)) == ([5, 6], True, None)
    assert cut(world, room, 2, Bounds(1, after=1)) == ([2, 3], True, None)
    assert cut(world, room, 2, Bounds(1, around=3)) == ([2, 3], True, True)


def test_the_ends_of_all_numbers_are_no_error(world: World, room: str) -> None:
    assert cut(world, room, 2, Bounds(1, before=LAST)) == ([5, 6], True, None)
    assert cut(world, room, 2, Bounds(1, after=LAST)) == ([], False, None)
    assert cut(world, room, 2, Bounds(1, around=LAST)) == ([6], True, False)


@pytest.mark.parametrize("given", [{"before": 1, "after": 1}, {"before": 0, "around": 0}])
def test_only_one_direction_may_be_asked_for(given: dict[str, int]) -> None:
    with pytest.raises(ChatError) as refused:
        Bounds(1, **given)
    assert (refused.value.code, refused.value.field) == ("invalid", list(given)[1])


def test_what_the_session_has_changed_is_in_the_slice(world: World, room: str) -> None:
    texts = History(select(Message.content))
    with world.transaction() as db:
        last = db.scalars(select(Message).where(Message.seq == 6)).one()
        last.content = "changed"
        found = texts.cut(db, room, Bounds(1), 1)
        assert [row.content for row in found.rows] == ["changed"]
