"""Members: every way in and out takes a rev and is told to the right people."""

from typing import Any

from tests.support.world import World
from trialogue.core import conversations, members
from trialogue.core.policy import Actor


def roles(world: World, actor: Actor, room: str) -> dict[str, str]:
    found = world.do(members.page, actor, room).items
    return {member.user.username: member.role for member in found}


def names(world: World) -> list[tuple[str, int | None]]:
    return [(event.name, event.rev) for event in world.events()]


def test_joining_a_public_room_is_told_to_the_newcomer_first(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, public=True)
    world.post(ada, room, "old")
    world.events()
    joined = world.do(members.join, bob, room)
    assert (joined.rev, joined.read_seq, joined.left_at) == (3, 1, None)
    assert names(world) == [
        ("conversation.created", None),
        ("member.joined", 3),
        ("message.created", 4),
    ]
    assert world.do(conversations.get, bob, room).me.unread == 0


def test_joining_twice_or_where_one_may_not_is_refused(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    public, private = world.room(ada, public=True), world.room(ada)
    world.do(members.join, bob, public)
    world.refuses("already_member", members.join, bob, public)
    world.refuses("already_member", members.add, ada, public, bob.user_id)
    world.refuses("not_found", members.join, bob, private)
    assert world.do(conversations.get, ada, public).member_count == 2


def test_leaving_and_coming_back_keeps_one_row(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob, public=True)
    world.events()
    world.do(members.leave, bob, room)
    world.refuses("not_member", conversations.get, bob, room)
    world.do(members.join, bob, room)
    assert names(world) == [
        ("message.created", 3),
        ("member.left", 4),
        ("conversation.created", None),
        ("member.joined", 5),
        ("message.created", 6),
    ]
    assert roles(world, bob, room) == {"ada": "owner", "bob": "member"}


def test_an_owner_who_leaves_hands_on_to_the_next_in_rank(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, eve)
    world.do(members.change_role, ada, room, eve.user_id, "admin")
    world.events()
    world.do(members.leave, ada, room)
    assert names(world) == [
        ("message.created", 6),
        ("member.updated", 7),
        ("member.left", 8),
    ]
    assert roles(world, bob, room) == {"bob": "member", "eve": "owner"}


def test_the_last_one_out_archives_the_room(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, public=True)
    world.do(members.leave, ada, room)
    world.refuses("conflict", members.join, bob, room)
    assert world.do(conversations.page_public, bob).items == []


def test_handing_over_makes_the_old_owner_an_admin(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.do(members.change_role, ada, room, bob.user_id, "owner")
    assert roles(world, ada, room) == {"ada": "admin", "bob": "owner"}
    world.refuses("forbidden", members.change_role, ada, room, bob.user_id, "member")
    world.refuses("conflict", members.change_role, bob, room, bob.user_id, "member")


def test_who_stands_higher_may_remove_who_stands_lower(world: World) -> None:
    people: dict[str, Any] = {name: world.person(name) for name in ("ada", "bob", "eve", "dan")}
    room = world.room(*people.values())
    for name, role in (("bob", "admin"), ("eve", "moderator")):
        world.do(members.change_role, people["ada"], room, people[name].user_id, role)
    for lower, higher in (("dan", "eve"), ("eve", "bob"), ("bob", "ada"), ("dan", "dan2")):
        if higher in people:
            refused = (people[lower], room, people[higher].user_id)
            world.refuses("forbidden", members.remove, *refused)
    world.do(members.remove, people["eve"], room, people["dan"].user_id)
    world.refuses("not_found", members.remove, people["bob"], room, people["dan"].user_id)
    world.do(members.remove, people["bob"], room, people["eve"].user_id)
    assert roles(world, people["ada"], room) == {"ada": "owner", "bob": "admin"}


def test_every_member_may_add_people_but_not_above_themselves(world: World) -> None:
    ada, bob, eve, dan = (world.person(name) for name in ("ada", "bob", "eve", "dan"))
    room = world.room(ada, bob)
    world.refuses("forbidden", members.add, bob, room, eve.user_id, role="moderator")
    world.do(members.add, bob, room, eve.user_id)
    world.do(members.add, ada, room, dan.user_id, role="admin")
    assert roles(world, ada, room)["dan"] == "admin"
    world.refuses("forbidden", members.change_role, bob, room, eve.user_id, "moderator")
    world.refuses("forbidden", members.change_role, dan, room, eve.user_id, "admin")
    world.do(members.change_role, dan, room, eve.user_id, "moderator")


def test_nobody_unknown_is_added(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    nobody = "01234567-89ab-7def-8123-456789abcdef"
    world.refuses("not_found", members.add, ada, room, nobody)
    world.refuses("not_found", members.remove, ada, room, nobody)
    world.refuses("not_found", members.add, ada, nobody, ada.user_id)


def test_removing_oneself_is_leaving(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.do(members.remove, bob, room, bob.user_id)
    assert roles(world, ada, room) == {"ada": "owner"}


def test_members_are_listed_page_by_page(world: World) -> None:
    people = [world.person(f"person{number}") for number in range(5)]
    room = world.room(*people)
    first = world.do(members.page, people[0], room, limit=3)
    rest = world.do(members.page, people[0], room, limit=3, cursor=first.next_cursor)
    found = {member.user.id for member in [*first.items, *rest.items]}
    assert (len(first.items), rest.next_cursor) == (3, None)
    assert found == {person.user_id for person in people}


def test_the_line_learns_where_everybody_stands(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "hello")
    world.room(ada)
    assert world.do(members.conversation_ids, bob.user_id) == [room]
    (standing,) = world.do(members.standings, bob.user_id)
    assert (standing.last_seq, standing.last_rev, standing.read_seq) == (1, 3, 0)
    assert (standing.member_count, standing.role) == (2, "member")
