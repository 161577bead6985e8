"""System messages: what happens to a room stands in its history."""

from tests.support.world import World
from trialogue.core import conversations, members, messages, wire
from trialogue.core.limits import Limits


def test_joins_leaves_roles_and_renames_are_recorded(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, public=True)
    world.do(members.join, bob, room)
    world.do(members.add, ada, room, eve.user_id)
    world.do(members.change_role, ada, room, bob.user_id, "moderator")
    world.do(members.remove, bob, room, eve.user_id)
    world.do(conversations.change, ada, room, name="新", description="why", public=False)
    world.do(members.leave, bob, room)
    world.do(conversations.archive, ada, room)
    found = world.do(messages.page, ada, room).items
    assert [(m.sender.username, m.notice.event, m.notice.name, m.notice.value) for m in found] == [
        ("bob", "member.joined", None, None),
        ("ada", "member.added", "eve", None),
        ("ada", "member.role_changed", "bob", "moderator"),
        ("bob", "member.removed", "eve", None),
        ("ada", "conversation.renamed", None, "新"),
        ("ada", "conversation.described", None, None),
        ("ada", "conversation.closed", None, None),
        ("bob", "member.left", None, None),
        ("ada", "conversation.archived", None, None),
    ]
    assert {(message.type, message.role) for message in found} == {("system", "system")}
    assert found[1].notice == wire.Notice("member.added", eve.user_id, "eve")
    assert found[1].content == "ada added eve."
    assert [message.seq for message in found] == list(range(1, 10))


def test_a_notice_counts_as_unread_for_others_but_not_for_who_did_it(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, public=True)
    world.do(members.join, bob, room)
    assert world.do(conversations.get, bob, room).me.unread == 0
    assert world.do(conversations.get, ada, room).me.unread == 1


def test_what_the_server_records_is_not_edited_or_recalled(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, public=True)
    world.do(members.join, bob, room)
    (notice,) = world.do(messages.page, ada, room).items
    world.refuses("forbidden", messages.edit, bob, notice.id, "not me")
    world.refuses("forbidden", messages.retract, ada, notice.id)


def test_what_happens_is_recorded_however_short_messages_must_be(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, public=True)
    world.database.limits = Limits(message_length=2)
    world.do(members.join, bob, room)
    found = world.do(messages.page, ada, room).items
    assert [(message.notice.event, message.content) for message in found] == [
        ("member.joined", "bob joined.")
    ]
