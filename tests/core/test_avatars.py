"""Avatars that were uploaded: everyone sees the new one, and the former one goes."""

from typing import Any

import pytest

from tests.core.test_attachments import stored
from tests.support.world import World
from trialogue.core import accounts, attachments, avatars, conversations, files, profiles, users
from trialogue.core.models import ChatUser


def gone(world: World) -> list[str]:
    return [each.id for each in world.do(files.page_gone)]


def test_ones_own_picture_is_told_and_replaced(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    one, two = stored("one"), stored("two")
    world.events()
    me = world.do(profiles.set_avatar, ada, one)
    assert me.avatar_url == avatars.address(one.id)
    (heard,) = world.events()
    assert (heard.name, heard.data.avatar_url) == ("user.updated", me.avatar_url)
    assert world.do(users.get, bob, ada.user_id).avatar_url == me.avatar_url
    assert world.do(attachments.open_avatar, bob, one.id).path == one.path
    world.refuses("not_found", attachments.open_file, ada, one.id)
    world.do(profiles.set_avatar, ada, two)
    assert gone(world) == [one.id]
    world.refuses("not_found", attachments.open_avatar, bob, one.id)
    assert world.do(profiles.set_avatar, ada, None).avatar_url is None
    assert sorted(gone(world)) == sorted([one.id, two.id])
    world.events()
    world.do(profiles.set_avatar, ada, None)
    assert world.events() == []


def test_an_address_of_elsewhere_lets_the_uploaded_one_go(world: World) -> None:
    ada = world.person("ada")
    one = stored()
    address = world.do(profiles.set_avatar, ada, one).avatar_url
    world.do(profiles.change, ada, {"avatar_url": address})  # a client that sends all back
    assert gone(world) == []
    elsewhere = "https://example.org/ada.png"
    assert world.do(profiles.change, ada, {"avatar_url": elsewhere}).avatar_url == elsewhere
    assert gone(world) == [one.id]
    other = {"avatar_url": avatars.address(stored().id)}
    world.refuses("invalid", profiles.change, ada, other)


def test_who_is_removed_leaves_no_picture(world: World) -> None:
    owner, ada = world.person("owner"), world.person("ada")
    one = stored()
    world.do(profiles.set_avatar, ada, one)
    world.do(accounts.remove, owner, ada.user_id)
    assert gone(world) == [one.id]


def test_a_room_has_a_picture_by_its_admins(world: World) -> None:
    ada, bob, eve = (world.person(name) for name in ("ada", "bob", "eve"))
    room = world.room(ada, bob)
    one = stored()
    world.refuses("forbidden", conversations.set_avatar, bob, room, stored())
    world.refuses("not_found", conversations.set_avatar, eve, room, stored())
    world.events()
    shown = world.do(conversations.set_avatar, ada, room, one)
    assert shown.avatar_url == avatars.address(one.id)
    (heard,) = world.events()
    assert (heard.name, heard.data.avatar_url) == ("conversation.updated", shown.avatar_url)
    assert world.do(attachments.open_avatar, bob, one.id).path == one.path
    assert world.do(conversations.set_avatar, ada, room, None).avatar_url is None
    assert gone(world) == [one.id]
    world.do(conversations.archive, ada, room)
    world.refuses("conflict", conversations.set_avatar, ada, room, stored())


@pytest.mark.parametrize("address", [None, "https://example.org/a", "/api/v1/attachments/x/avatar"])
def test_other_addresses_have_no_file(world: World, address: Any) -> None:
    ada = world.person("ada")
    one = stored()
    world.do(profiles.set_avatar, ada, one)
    world.do(avatars.let_go, address)
    assert gone(world) == []


def test_files_are_not_deleted_as_avatars(world: World) -> None:
    ada = world.person("ada")
    file = world.upload(ada)
    with world.transaction() as db:
        db.get_one(ChatUser, ada.user_id).avatar = avatars.address(file.id)
    world.do(profiles.set_avatar, ada, None)
    assert gone(world) == []
