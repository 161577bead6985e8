"""The trusted face: acts for whoever is named, and for the program where nobody is."""

import pytest

from tests.support.world import World
from trialogue.core import conversations, members, messages, trusted
from trialogue.core.errors import ChatError

MISSING = "00000000-0000-7000-8000-000000000000"


def test_what_nobody_did_leaves_no_notice_and_is_heard(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.do(trusted.create_conversation, "Room", member_ids=[ada.user_id]).id
    world.events()
    world.do(trusted.add_member, room, bob.user_id, "moderator")
    assert [event.name for event in world.events()] == ["conversation.created", "member.joined"]
    assert world.do(trusted.change_role, room, bob.user_id, "owner").role == "owner"
    assert world.do(trusted.change_role, room, ada.user_id, "owner").role == "owner"
    roles = {each.user.id: each.role for each in world.do(members.page, ada, room).items}
    assert roles == {ada.user_id: "owner", bob.user_id: "admin"}
    assert world.do(trusted.remove_member, room, bob.user_id) is True
    assert world.do(trusted.remove_member, room, bob.user_id) is False
    assert world.do(trusted.get_conversation, room).last_seq == 0


def test_a_room_has_one_owner(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada)
    world.refuses("conflict", trusted.add_member, room, bob.user_id, "owner")
    world.refuses("already_member", trusted.add_member, room, ada.user_id, "member")
    world.refuses("invalid", trusted.add_member, room, bob.user_id, "king")


def test_one_for_two_takes_two_and_two_have_only_one(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    direct = world.do(trusted.create_conversation, None, is_group=False).id
    world.refuses("invalid", trusted.add_member, direct, ada.user_id, "admin")
    world.do(trusted.add_member, direct, ada.user_id, "member")
    world.do(trusted.add_member, direct, bob.user_id, "member")
    world.refuses("conflict", trusted.add_member, direct, eve.user_id, "member")
    found, created = world.do(conversations.open_direct, bob, ada.user_id)
    assert (found.id, created, found.peer.id) == (direct, False, ada.user_id)
    second = world.do(trusted.create_conversation, None, is_group=False).id
    world.do(trusted.add_member, second, bob.user_id, "member")
    told = world.refuses("conflict", trusted.add_member, second, ada.user_id, "member")
    assert direct in told.detail
    world.refuses("conflict", trusted.remove_member, direct, bob.user_id)


def test_who_is_not_there_is_told_plainly(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    room = world.room(ada)
    world.refuses("not_found", trusted.actor, MISSING)
    world.refuses("not_found", trusted.place, MISSING)
    world.refuses("not_found", trusted.row_of, MISSING)
    world.refuses("not_found", trusted.get_user_by_username, "nobody")
    told = world.refuses("not_member", trusted.send, room, eve.user_id, "Hello")
    assert eve.user_id in told.detail
    world.refuses("not_found", trusted.send, MISSING, eve.user_id, "Hello")
    world.refuses("not_member", trusted.get_conversation, room, eve.user_id)


def test_nobody_may_act_as_a_deactivated_account(world: World) -> None:
    from trialogue.core import accounts

    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.do(accounts.change, ada, bob.user_id, {}, is_active=False)
    world.refuses("forbidden", trusted.send, room, bob.user_id, "Hello")


def test_the_author_of_a_message_may_have_left(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    said = world.post(bob, room, "Hello")
    assert world.do(trusted.author, said.id)[1].user_id == bob.user_id
    world.do(trusted.remove_member, room, bob.user_id)
    world.refuses("not_member", trusted.author, said.id)


def test_the_program_recalls_at_any_time_but_no_notice(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada)
    said = world.post(ada, room, "Hello")
    world.later(days=3)
    assert world.do(trusted.recall, said.id) is True
    assert world.do(trusted.recall, said.id) is False
    world.do(members.add, ada, room, bob.user_id)
    notice = world.do(messages.newest, room)[0]
    world.refuses("forbidden", trusted.recall, notice.id)


def test_words_of_the_program_name_nobody_and_cannot_be_edited(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    said = world.do(trusted.send, room, ada.user_id, "Hello @bob", "SYSTEM")
    assert (said.type, said.role, list(said.mentions), said.notice) == (
        "system",
        "system",
        [],
        None,
    )
    world.refuses("forbidden", messages.edit, ada, said.id, "Changed")
    picture = world.do(trusted.send, room, ada.user_id, "A picture for @bob", "image")
    assert (picture.type, list(picture.mentions)) == ("image", [bob.user_id])
    world.refuses("invalid", trusted.send, room, ada.user_id, "x", "video")
    world.refuses("conflict", trusted.send, archived(world, ada), ada.user_id, "x")


def archived(world: World, owner: object) -> str:
    """A room that has been archived."""
    room = world.room(owner)  # type: ignore[arg-type]
    world.do(conversations.archive, owner, room)
    return room


def test_a_room_needs_a_name_and_one_for_two_starts_empty(world: World) -> None:
    ada = world.person("ada")
    world.refuses("invalid", trusted.create_conversation, None)
    world.refuses("invalid", trusted.create_conversation, None, is_group=False, public=True)
    with pytest.raises(ChatError, match="add the two"):
        world.do(trusted.create_conversation, "x", is_group=False, member_ids=[ada.user_id])
    world.refuses("not_found", trusted.create_conversation, "x", member_ids=[MISSING])


def test_a_user_is_made_with_all_that_is_told_of_them(world: World) -> None:
    made = world.do(
        trusted.create_user, "Ada", "Ada L.", "https://example.org/a.png", "ada@example.org"
    )
    assert (made.role, made.avatar_url) == ("member", "https://example.org/a.png")
    world.refuses("invalid", trusted.create_user, "eve", None, "http://example.org/a.png")
    world.refuses("invalid", trusted.create_user, "eve", None, None, "no address")
    world.refuses("email_taken", trusted.create_user, "eve", None, None, "ADA@example.org")
    world.refuses("username_taken", trusted.create_user, "ADA")
    assert world.do(trusted.get_user_by_username, "aDa").id == made.id
