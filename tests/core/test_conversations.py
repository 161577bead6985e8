"""Conversations: made once, found by their members, hidden from others."""

from typing import Any

from tests.support import statements
from tests.support.world import World
from trialogue.core import conversations, members
from trialogue.core.policy import Actor


def create(world: World, actor: Actor, **facts: Any) -> tuple[Any, bool]:
    found: tuple[Any, bool] = world.do(conversations.create_group, actor, **facts)
    return found


def test_a_room_begins_with_its_owner_and_the_people_named(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room, created = create(world, ada, name="Plans", member_ids=[bob.user_id, bob.user_id])
    assert created
    assert (room.member_count, room.last_rev, room.last_seq) == (2, 2, 0)
    roles = {member.user.username: member.role for member in page(world, ada, room.id)}
    assert roles == {"ada": "owner", "bob": "member"}
    heard = world.events()
    assert [(event.name, event.user_ids) for event in heard] == [
        ("conversation.created", (ada.user_id,)),
        ("conversation.created", (bob.user_id,)),
    ]
    assert [event.data.me.role for event in heard] == ["owner", "member"]  # type: ignore[union-attr]


def test_creating_is_idempotent_by_client_id(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    first, created = create(world, ada, name="Plans", client_id="once")
    again, repeated = create(world, ada, name="Other", client_id="once")
    foreign, of_bob = create(world, bob, name="Plans", client_id="once")
    assert (created, repeated, of_bob) == (True, False, True)
    assert first.id == again.id != foreign.id


def test_a_room_needs_a_name_and_known_members(world: World) -> None:
    ada = world.person("ada")
    error = world.refuses("invalid", conversations.create_group, ada, name=None)
    assert error.field == "name"
    nobody = "01234567-89ab-7def-8123-456789abcdef"
    world.refuses("not_found", conversations.create_group, ada, name="x", member_ids=[nobody])
    assert world.do(conversations.page, ada).items == []


def test_two_people_have_one_direct_conversation(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    first, created = world.do(conversations.open_direct, ada, bob.user_id)
    again, repeated = world.do(conversations.open_direct, bob, ada.user_id)
    assert (created, repeated) == (True, False)
    assert first.id == again.id
    assert (first.peer.username, again.peer.username) == ("bob", "ada")


def test_a_conversation_with_oneself_holds_own_notes(world: World) -> None:
    ada = world.person("ada")
    notes, _ = world.do(conversations.open_direct, ada, ada.user_id)
    assert (notes.member_count, notes.peer.username) == (1, "ada")
    world.post(ada, notes.id, "remember the milk")
    assert world.do(conversations.get, ada, notes.id).me.unread == 0


def test_the_members_of_a_direct_conversation_are_fixed(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    direct, _ = world.do(conversations.open_direct, ada, bob.user_id)
    world.refuses("conflict", members.add, ada, direct.id, eve.user_id)
    world.refuses("conflict", members.leave, ada, direct.id)
    world.refuses("conflict", members.remove, ada, direct.id, bob.user_id)
    world.refuses("conflict", conversations.change, ada, direct.id, name="x")
    world.refuses("not_found", members.join, eve, direct.id)


def test_strangers_do_not_learn_of_private_rooms_and_may_know_of_public_ones(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    private, public = world.room(ada), world.room(ada, public=True)
    world.post(ada, public, "only for members")
    for fn in (conversations.get, conversations.open_page, conversations.locate, members.page):
        world.refuses("not_found", fn, eve, private)
        world.refuses("not_member", fn, eve, public)
    discovered = world.do(conversations.page_public, eve).items
    assert [(room.id, room.me, room.last_message) for room in discovered] == [(public, None, None)]


def test_the_list_is_ordered_by_activity_and_paged(world: World) -> None:
    ada = world.person("ada")
    rooms = []
    for _ in range(5):
        world.later(seconds=1)
        rooms.append(world.room(ada))
    world.later(seconds=1)
    world.post(ada, rooms[1], "up")
    expected = [rooms[1], rooms[4], rooms[3], rooms[2], rooms[0]]
    found, cursor = [], None
    while True:
        slice_ = world.do(conversations.page, ada, cursor=cursor, limit=2)
        found += [room.id for room in slice_.items]
        cursor = slice_.next_cursor
        if cursor is None:
            break
    assert found == expected


def test_the_list_is_searched_by_name_and_kind(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    create(world, ada, name="50% off")
    create(world, ada, name="周会")
    world.do(conversations.open_direct, ada, bob.user_id)
    assert [room.name for room in world.do(conversations.page, ada, query="%").items] == ["50% off"]
    assert [room.name for room in world.do(conversations.page, ada, query="周").items] == ["周会"]
    direct = world.do(conversations.page, ada, kind="direct").items
    assert [room.peer.username for room in direct] == ["bob"]


def test_a_list_entry_carries_last_message_and_unread(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    for number in range(3):
        world.post(ada, room, f"message {number}")
    entry = world.do(conversations.page, bob).items[0]
    assert (entry.last_message.content, entry.me.unread, entry.last_seq) == ("message 2", 3, 3)


def test_renaming_takes_a_rev_and_is_for_owners_and_admins(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.events()
    changed = world.do(conversations.change, ada, room, name="New", public=True)
    assert (changed.name, changed.public, changed.description, changed.last_rev) == (
        "New",
        True,
        None,
        5,
    )
    assert [(event.name, event.rev) for event in world.events()] == [
        ("message.created", 3),
        ("message.created", 4),
        ("conversation.updated", 5),
    ]
    world.refuses("forbidden", conversations.change, bob, room, name="Mine")


def test_an_archived_room_is_read_only_and_leaves_the_lists(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada, public=True)
    world.post(ada, room, "before", "first")
    world.do(conversations.archive, ada, room)
    assert world.do(conversations.page, ada).items == []
    assert world.do(conversations.page_public, ada).items == []
    kept = world.do(conversations.open_page, ada, room).messages
    assert [message.content for message in kept] == ["before", "ada archived the room."]
    world.refuses("conflict", conversations.archive, ada, room)
    world.refuses("conflict", conversations.change, ada, room, name="x")


def test_a_session_leads_to_its_conversation(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    room = world.room(ada)
    session_id = world.post(ada, room, "hello").session_id
    assert world.do(conversations.locate, ada, session_id) == room
    world.refuses("not_found", conversations.locate, eve, session_id)


def page(world: World, actor: Actor, conversation_id: str) -> list[Any]:
    return list(world.do(members.page, actor, conversation_id).items)


def test_a_change_of_nothing_takes_no_rev_and_is_not_told(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.events()
    assert world.do(conversations.change, ada, room).last_rev == 1
    assert world.do(conversations.change, ada, room, name="Room").last_rev == 1
    assert world.events() == []


def test_rooms_are_found_whatever_the_case_of_their_letters(world: World) -> None:
    ada = world.person("ada")
    create(world, ada, name="Äpfel und Birnen")
    assert len(world.do(conversations.page, ada, query="äpfel").items) == 1


def test_a_large_room_is_made_in_as_many_statements_as_a_small_one(world: World) -> None:
    ada = world.person("ada")
    others = [world.person(f"person{number}").user_id for number in range(40)]

    def made(ids: list[str]) -> int:
        with world.transaction() as db, statements.taken() as taken:
            conversations.create_group(db, ada, name="Room", member_ids=ids)
        return len(taken)

    made([])  # a new connection may say something first
    world.events()
    assert made(others) == made(others[:2])
    created = [each for each in world.events() if each.name == "conversation.created"]
    told = {each.user_ids[0]: each.data for each in created[:41] if each.user_ids}
    assert told.keys() == {ada.user_id, *others}
    rooms = world.do(conversations.page, ada).items
    assert sorted((room.member_count, room.last_rev) for room in rooms) == [
        (1, 1),
        (3, 3),
        (41, 41),
    ]
    assert told[others[0]].me.role == "member"  # type: ignore[union-attr]
