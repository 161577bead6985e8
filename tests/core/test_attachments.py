"""Who may fetch a file, and what the trusted library does with files of messages."""

from typing import Any

import pytest

from tests.support.world import World
from trialogue.core import attachments, conversations, files, members, messages
from trialogue.core.errors import ChatError
from trialogue.core.files import Stored
from trialogue.core.sql import new_id


def stored(name: str = "two.png") -> Stored:
    file_id = new_id()
    place = files.place(file_id)
    small = files.place_of_thumbnail(file_id)
    return Stored(file_id, name, 48, "image/png", "0" * 64, place, small, 8, 6)


def test_a_file_is_opened_by_members_and_before_it_is_sent_by_its_owner(world: World) -> None:
    ada, bob, eve = (world.person(name) for name in ("ada", "bob", "eve"))
    room = world.room(ada, bob)
    file = world.upload(ada)
    assert world.do(attachments.open_file, ada, file.id).path == files.place(file.id)
    world.refuses("not_found", attachments.open_file, bob, file.id)
    message = world.post(ada, room, "", attached=[file])
    assert world.do(attachments.open_file, bob, file.id).file_name == "two.png"
    world.refuses("not_found", attachments.open_file, eve, file.id)
    world.do(members.remove, ada, room, bob.user_id)
    world.refuses("not_found", attachments.open_file, bob, file.id)
    world.do(messages.retract, ada, message.id)
    world.refuses("gone", attachments.open_file, ada, file.id)
    world.refuses("not_found", attachments.open_file, eve, file.id)
    world.refuses("not_found", attachments.open_file, eve, new_id())


def test_an_upload_that_has_expired_is_not_there(world: World) -> None:
    ada = world.person("ada")
    file = world.upload(ada)
    world.later(hours=1)
    world.do(files.drop_unsent, world.at)
    world.refuses("not_found", attachments.open_file, ada, file.id)


def test_a_file_added_to_a_message_is_heard_of(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    message = world.post(ada, room, "Look, @bob")
    world.events()
    made = world.do(attachments.attach, message.id, stored())
    assert (made.message_id, made.width, made.height) == (message.id, 8, 6)
    assert made.thumbnail_url == f"/api/v1/attachments/{made.id}/thumbnail"
    (heard,) = world.events()
    assert (heard.name, heard.rev) == ("message.updated", message.rev + 1)
    assert [each.id for each in heard.data.attachments] == [made.id]
    seen = world.do(messages.get, bob, message.id)
    assert list(seen.mentions) == [bob.user_id]
    assert seen.edited_at is None
    assert world.do(attachments.listed, message.id) == [made]
    assert world.do(attachments.get, made.id) == made
    assert world.do(attachments.open_file, bob, made.id).thumbnail == made.thumbnail_path


def test_a_file_that_the_program_keeps_is_never_ours_to_delete(world: World) -> None:
    ada = world.person("ada")
    message = world.post(ada, world.room(ada), "Look")
    details = ("plan.pdf", 48, "Application/PDF", "/srv/plans/7.pdf")
    made = world.do(attachments.add, message.id, *details)
    assert (made.mime_type, made.file_path, made.checksum) == (
        "application/pdf",
        "/srv/plans/7.pdf",
        None,
    )
    world.do(messages.retract, ada, message.id)
    assert [each.places for each in world.do(files.page_gone)] == [()]
    assert world.do(attachments.listed, message.id) == []


def test_a_file_is_taken_from_its_message(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    message = world.post(ada, room, "Look")
    one, two = (world.do(attachments.attach, message.id, stored()) for _ in range(2))
    world.events()
    assert world.do(attachments.detach, one.id)
    assert not world.do(attachments.detach, one.id)
    assert not world.do(attachments.detach, new_id())
    (heard,) = world.events()
    assert [each.id for each in heard.data.attachments] == [two.id]
    world.refuses("gone", attachments.open_file, ada, one.id)
    world.refuses("not_found", attachments.get, one.id)
    bare = world.post(ada, room, "", attached=[world.upload(ada)])
    world.refuses("conflict", attachments.detach, bare.attachments[0].id)


def test_what_cannot_have_a_file_is_told(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    message, recalled = world.post(ada, room, "Look"), world.post(ada, room, "Never mind")
    world.do(messages.retract, ada, recalled.id)
    world.do(conversations.change, ada, room, name="Other")
    notice = world.do(messages.page, ada, room).items[-1]
    world.refuses("not_found", attachments.attach, new_id(), stored())
    world.refuses("gone", attachments.attach, recalled.id, stored())
    world.refuses("conflict", attachments.attach, notice.id, stored())
    for _ in range(files.MOST):
        world.do(attachments.attach, message.id, stored())
    world.refuses("conflict", attachments.attach, message.id, stored())
    world.do(conversations.archive, ada, room)
    world.refuses("conflict", attachments.attach, message.id, stored())


@pytest.mark.parametrize(
    ("field", "details"),
    [
        ("file_name", (" ", 1, "text/plain", "a")),
        ("file_name", ("a\0", 1, "text/plain", "a")),
        ("file_size", ("a", -1, "text/plain", "a")),
        ("file_size", ("a", "1", "text/plain", "a")),
        ("mime_type", ("a", 1, "text", "a")),
        ("mime_type", ("a", 1, "text/plain\r\nA: b", "a")),
        ("file_path", ("a", 1, "text/plain", "")),
        ("file_path", ("a", 1, "text/plain", None)),
        ("message_id", None),
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_is_wrong_is_named(world: World, field: str, details: Any) -> None:
    ada = world.person("ada")
    message = world.post(ada, world.room(ada), "Look")
    message_id = message.id if details else "no id"
    details = details or ("a", 1, "text/plain", "a")
    with pytest.raises(ChatError) as refused:
        world.do(attachments.add, message_id, *details)
    assert (refused.value.code, refused.value.field) == ("invalid", field)
