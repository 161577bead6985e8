"""Sessions: opened by posting, closed by people, idle and expired by the time that passes."""

from dataclasses import replace

from tests.support.world import World
from trialogue.core import conversations, messages, posting, sessions
from trialogue.core.posting import Draft


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


def test_a_clock_that_is_set_back_ends_no_session(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    first = world.post(ada, room, "one")
    world.later(hours=-1)
    second = world.post(ada, room, "two")
    assert (second.session_id, second.seq) == (first.session_id, first.seq + 1)
    assert second.created_at >= first.created_at
    active = world.do(sessions.active, ada, room)
    assert (active.id, active.state, active.message_count) == (first.session_id, "active", 2)


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


def test_a_full_session_ends_and_the_next_message_opens_a_new_one(world: World) -> None:
    world.database.limits = replace(world.database.limits, session_messages=3)
    ada = world.person("ada")
    room = world.room(ada)
    before = world.post(ada, room, "first").seq - 1
    world.do(sessions.create, ada, room)
    drafts = [Draft(room, ada.user_id, ada.workspace_id, f"m{number}") for number in range(8)]
    posted = world.do(posting.post, drafts)
    ids = [outcome.message.session_id for outcome in posted]
    assert [ids.count(one) for one in dict.fromkeys(ids)] == [3, 3, 2]
    found = world.do(sessions.page, ada, room).items
    assert sum(session.message_count for session in found) == before + 9
    states = {session.id: session.state for session in found}
    assert [states[one] for one in dict.fromkeys(ids)] == ["closed", "closed", "active"]
    assert all(session.ended_at for session in found if session.state == "closed")


def test_the_sweeper_ends_what_has_run_out_and_nothing_else(world: World) -> None:
    ada = world.person("ada")
    rooms = [world.room(ada) for _ in range(3)]
    world.later(seconds=0)
    old = [world.post(ada, room, "x").session_id for room in rooms]
    world.later(minutes=10)
    world.post(ada, rooms[2], "still here")
    world.later(minutes=6)
    due = world.do(sessions.page_overdue)
    assert set(due) == set(rooms[:2])
    assert world.do(sessions.expire, rooms) == 2
    assert world.do(sessions.page_overdue) == []
    assert world.do(sessions.expire, rooms) == 0
    for session_id in old[:2]:
        ended = world.do(sessions.get, ada, session_id)
        assert ended.state == "expired"
        assert ended.ended_at is not None
        assert ended.message_count >= 1
    assert world.do(sessions.active, ada, rooms[2]).id == old[2]
    assert world.post(ada, rooms[0], "again").session_id != old[0]
    assert world.events()  # nobody hears of the end of a session
    world.later(minutes=20)
    world.do(sessions.expire, rooms)
    assert world.events() == []
