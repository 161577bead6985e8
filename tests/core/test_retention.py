"""Retention: what is too old goes for good, and all that stood on it follows."""

import random

import pytest
from sqlalchemy import func, select

from tests.support.world import World
from trialogue.core import changes, conversations, messages, reactions, reads, retention, search
from trialogue.core.models import Mention, Message, Reaction, Read, Searchable


def rows(world: World, model: type) -> int:
    return int(world.do(lambda db: db.scalar(select(func.count()).select_from(model))))


def test_old_messages_go_and_all_that_stood_on_them_follows(world: World) -> None:
    ada, bob, olga = world.person("ada"), world.person("bob"), world.person("olga")
    room, other = world.room(ada, bob), world.room(olga)
    world.post(olga, other, "of olga")
    old = [world.post(ada, room, f"old @bob {number}") for number in range(3)]
    world.do(reactions.add, bob, old[0].id, "👍")
    world.later(days=10)
    new = world.post(ada, room, "new @bob", parent_id=old[1].id)
    world.events()
    done = world.do(retention.purge, room, 5)
    assert (done.count, done.more) == (new.seq - 1, False)
    heard = world.events()
    updated = [event for event in heard if event.name == "conversation.updated"]
    assert [event.data.first_seq for event in updated] == [new.seq]
    own = [event for event in heard if event.name == "conversation.me"]
    assert [(event.user_ids, event.data.unread, event.data.mentions) for event in own] == [
        ((bob.user_id,), 1, 1)
    ]
    seen = world.do(conversations.open_page, bob, room)
    assert [message.content for message in seen.messages] == ["new @bob"]
    assert (seen.first_seq, seen.has_more, seen.me.unread, seen.me.mentions) == (
        new.seq,
        False,
        1,
        1,
    )
    assert seen.messages[0].parent_id == old[1].id
    assert [one.id for one in world.do(reads.page_unread, bob, room).items] == [new.id]
    assert world.do(search.page, ada, "old").items == []
    world.refuses("not_found", messages.get, ada, old[0].id)
    assert (rows(world, Reaction), rows(world, Mention), rows(world, Read)) == (0, 1, 0)
    assert rows(world, Searchable) == 2
    assert len(world.do(search.page, olga, "olga").items) == 1


def test_who_catches_up_hears_where_the_history_begins_now(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    for number in range(4):
        last = world.post(ada, room, f"old {number}")
    world.later(days=2)
    world.do(retention.purge, room, 1)
    caught = world.do(changes.seen, ada, room, last.rev)
    assert (caught.messages, caught.reload) == ([], False)
    assert caught.rev == caught.conversation.last_rev == last.rev + 1
    assert caught.conversation.first_seq == last.seq + 1
    assert caught.conversation.last_message is None
    again = world.post(ada, room, "the next")
    assert again.seq == last.seq + 1


def test_a_room_may_have_a_shorter_time_but_no_longer_one(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.refuses("forbidden", conversations.change, bob, room, retention_days=1)
    assert world.do(conversations.change, ada, room, retention_days=1).retention_days == 1
    world.post(ada, room, "old")
    world.later(days=2)
    assert world.do(retention.page_due, None) == ([room], None)
    assert world.do(retention.count, room, None) == world.do(retention.count, room, 9) > 0
    world.do(conversations.change, ada, room, retention_days=30)
    assert world.do(retention.page_due, None) == ([], None)
    assert world.do(retention.page_due, 1) == ([room], None)
    world.do(conversations.change, ada, room, retention_days=None)
    assert world.do(retention.purge, room, None).count == 0
    assert world.do(retention.page_due, 3) == ([], None)


def test_those_due_are_found_portion_by_portion(world: World) -> None:
    ada = world.person("ada")
    rooms = [world.room(ada) for _ in range(5)]
    for room in rooms:
        world.post(ada, room, "x")
    world.later(days=2)
    found, after = [], None
    while True:
        due, after = world.do(retention.page_due, 1, after=after, limit=2)
        found += due
        if after is None:
            break
    assert found == sorted(rooms)


@pytest.mark.parametrize("seed", range(3))
def test_unread_is_always_what_is_there_after_ones_mark(world: World, seed: int) -> None:
    chance = random.Random(seed)
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.later(seconds=0)
    for _ in range(25):
        deed = chance.random()
        if deed < 0.5:
            world.post(chance.choice([ada, bob]), room, "hello @bob")
        elif deed < 0.7:
            world.do(reads.mark, bob, room, chance.randint(0, 30))
        elif deed < 0.85:
            world.later(hours=chance.randint(1, 24))
        else:
            world.do(retention.purge, room, 1, most=chance.randint(1, 4))
        for who in (ada, bob):
            shown = world.do(conversations.open_page, who, room, limit=200)
            after = [one for one in shown.messages if one.seq > shown.me.read_seq]
            assert shown.me.unread == len(after)
            assert [one.seq for one in shown.messages] == list(
                range(shown.first_seq, shown.last_seq + 1)
            )
            listed = world.do(reads.page_unread, who, room, limit=200).items
            assert [one.id for one in listed] == [one.id for one in after]
    assert rows(world, Message) == shown.last_seq - shown.first_seq + 1
