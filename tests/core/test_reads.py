"""Read marks: they only grow, and unread counts are what is left."""

from sqlalchemy import select

from tests.support.world import World
from trialogue.core import conversations, members, messages, reads
from trialogue.core.events import OwnState, ReadMark
from trialogue.core.models import Member, Read
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


def readers(world: World, actor: Actor, message_id: str) -> dict[str, object]:
    found = world.do(reads.page_readers, actor, message_id).items
    return {receipt.user.username: receipt.read_at for receipt in found}


def test_who_read_a_message_and_when_their_mark_first_reached_it(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, eve)
    world.later(seconds=0)
    first, second = world.post(ada, room, "one"), world.post(ada, room, "two")
    assert readers(world, ada, first.id) == {}
    world.later(minutes=1)
    at_one = world.at
    world.do(reads.mark, bob, room, 1)
    world.later(minutes=1)
    world.do(reads.mark, eve, room, 2)
    world.do(reads.mark, bob, room, 2)
    assert readers(world, ada, first.id) == {"bob": at_one, "eve": world.at}
    assert readers(world, ada, second.id) == {"bob": world.at, "eve": world.at}


def test_who_joins_later_has_not_read_what_was_there_and_who_answers_has(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, public=True)
    world.later(seconds=0)
    sent = world.post(ada, room, "one")
    world.later(minutes=1)
    world.do(members.join, eve, room)
    world.post(eve, room, "hello all")
    assert readers(world, ada, sent.id) == {}
    world.post(bob, room, "hello")
    assert readers(world, ada, sent.id) == {"bob": world.at}
    world.do(members.leave, bob, room)
    assert readers(world, ada, sent.id) == {}


def test_readers_come_in_pages(world: World) -> None:
    ada = world.person("ada")
    others = [world.person(f"person{number}") for number in range(5)]
    room = world.room(ada, *others)
    sent = world.post(ada, room, "one")
    for person in others:
        world.do(reads.mark, person, room, 1)
    first = world.do(reads.page_readers, ada, sent.id, limit=3)
    rest = world.do(reads.page_readers, ada, sent.id, limit=3, cursor=first.next_cursor)
    found = [receipt.user.id for receipt in first.items + rest.items]
    assert found == sorted(person.user_id for person in others)
    assert rest.next_cursor is None


def test_delivered_marks_only_grow(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    sent = world.post(ada, room, "one")
    assert world.do(messages.get, ada, sent.id).status == "sent"
    for seq in (1, 0):
        world.do(reads.deliver, {(room, bob.user_id): seq})
    with world.transaction() as db:
        assert db.get_one(Member, (room, bob.user_id)).delivered_seq == 1
    assert world.do(messages.get, ada, sent.id).status == "delivered"
    world.do(reads.mark, bob, room, 1)
    assert world.do(messages.get, ada, sent.id).status == "read"
    world.do(reads.deliver, {})


def test_a_status_set_by_hand_only_moves_forward(world: World) -> None:
    ada, bob, olga = world.person("ada"), world.person("bob"), world.person("olga")
    room = world.room(ada, bob)
    first, second = world.post(ada, room, "one"), world.post(ada, room, "two")

    def status(message_id: str) -> str:
        return str(world.do(messages.get, ada, message_id).status)

    world.do(reads.set_status, bob, first.id, "sent")
    world.do(reads.set_status, bob, first.id, "delivered")
    assert (status(first.id), status(second.id)) == ("delivered", "sent")
    world.do(reads.set_status, bob, first.id, "delivered")
    world.do(reads.set_status, bob, second.id, "read")
    assert (status(first.id), status(second.id)) == ("read", "read")
    for message_id, back in ((first.id, "delivered"), (second.id, "sent")):
        world.refuses("conflict", reads.set_status, bob, message_id, back)
    world.refuses("conflict", reads.set_status, ada, first.id, "read")
    world.refuses("not_found", reads.set_status, olga, first.id, "read")
