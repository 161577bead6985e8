"""Sessions: opened by posting, closed by people, idle and expired by the time that passes."""

from tests.support.world import World
from trialogue.core import conversations, messages, sessions


def test_the_first_message_opens_a_session_and_silence_ends_it(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.later(seconds=0)
    world.refuses("not_found", sessions.active, ada, room)
    first = world.post(ada, room, "one")
    world.post(ada, room, "two")
    active = world.do(sessions.active, ada, room)
    assert (active.id, active.state, active.message_count) == (first.session_id, "active", 2)
    world.later(minutes=5, seconds=1)
    assert world.do(sessions.active, ada, room).state == "idle"
    world.later(minutes=10)
    world.refuses("not_found", sessions.active, ada, room)
    assert world.do(sessions.get, ada, active.id).state == "expired"
    later = world.post(ada, room, "three")
    assert later.session_id != active.id
    ended = world.do(sessions.get, ada, active.id)
    assert (ended.state, ended.message_count) == ("expired", 2)
    assert ended.ended_at is not None
    assert [each.id for each in world.do(sessions.page, ada, room).items] == [
        later.session_id,
        active.id,
    ]


def test_a_person_begins_and_ends_sessions(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    old = world.post(ada, room, "one").session_id
    made = world.do(sessions.create, ada, room)
    assert (made.state, made.message_count) == ("active", 0)
    assert world.do(sessions.get, ada, old).state == "closed"
    assert world.post(ada, room, "two").session_id == made.id
    ended = world.do(sessions.end, ada, made.id)
    assert (ended.state, ended.message_count) == ("closed", 1)
    assert world.do(sessions.end, ada, made.id) == ended
    world.refuses("not_found", sessions.active, ada, room)
    assert world.post(ada, room, "three").session_id not in (old, made.id)


def test_a_session_that_was_begun_waits_for_its_first_message(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.later(seconds=0)
    world.post(ada, room, "long ago")
    world.later(hours=3)
    made = world.do(sessions.create, ada, room)
    world.later(minutes=10)
    assert world.post(ada, room, "now").session_id == made.id
    world.later(minutes=16)
    assert world.do(sessions.end, ada, made.id).state == "expired"


def test_the_list_comes_in_pages(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    made = [world.do(sessions.create, ada, room).id for _ in range(5)]
    first = world.do(sessions.page, ada, room, limit=3)
    second = world.do(sessions.page, ada, room, limit=3, cursor=first.next_cursor)
    assert [each.id for each in first.items + second.items] == made[::-1]
    assert second.next_cursor is None


def test_strangers_see_no_sessions(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    room, open_room = world.room(ada), world.room(ada, public=True)
    session = world.do(sessions.create, ada, room)
    for act in (sessions.get, sessions.end):
        refused = world.refuses("not_found", act, eve, session.id)
        unknown = world.refuses("not_found", act, eve, ada.user_id)
        assert str(refused) == str(unknown)
    for act in (sessions.create, sessions.page, sessions.active):
        world.refuses("not_found", act, eve, room)
        world.refuses("not_member", act, eve, open_room)
    world.do(conversations.archive, ada, room)
    world.refuses("conflict", sessions.create, ada, room)
    assert world.do(messages.page, ada, room).items
