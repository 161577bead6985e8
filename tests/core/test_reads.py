"""Read marks: they only grow, and unread counts are what is left."""

from sqlalchemy import select

from tests.support.world import World
from trialogue.core import conversations, reads
from trialogue.core.events import OwnState, ReadMark
from trialogue.core.models import Read
from trialogue.core.policy import Actor


def unread(world: World, actor: Actor, room: str) -> int:
    count: int = world.do(conversations.get, actor, room).me.unread
    return count


def test_marks_only_grow_and_stop_at_the_last_message(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    for number in range(5):
        world.post(ada, room, str(number))
    world.events()
    world.do(reads.mark, bob, room, 3)
    assert unread(world, bob, room) == 2
    world.do(reads.mark, bob, room, 1)
    assert unread(world, bob, room) == 2
    world.do(reads.mark, bob, room, 2**62)
    assert unread(world, bob, room) == 0
    with world.transaction() as db:
        assert sorted(db.scalars(select(Read.up_to_seq))) == [3, 5]
    heard = world.events()
    assert [event.name for event in heard] == ["read.marked", "conversation.me"] * 2
    assert all(event.rev is None and event.at_rev == 7 for event in heard)


def test_a_mark_is_told_to_members_and_ones_own_state_to_oneself(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "hello")
    world.events()
    world.do(reads.mark, bob, room, 1)
    marked, own = world.events()
    assert isinstance(marked.data, ReadMark)
    assert (marked.user_ids, marked.data.user_id, marked.data.read_seq) == (None, bob.user_id, 1)
    assert isinstance(own.data, OwnState)
    assert (own.user_ids, own.data.read_seq, own.data.unread) == ((bob.user_id,), 1, 0)


def test_marks_take_no_rev(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "hello")
    before = world.do(conversations.get, ada, room).last_rev
    world.do(reads.mark, bob, room, 1)
    assert world.do(conversations.get, ada, room).last_rev == before


def test_strangers_have_no_marks(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    world.refuses("not_found", reads.mark, eve, world.room(ada), 1)
    world.refuses("not_member", reads.mark, eve, world.room(ada, public=True), 1)
