"""The history: pages in every direction, and the status of one's own messages."""

import pytest

from tests.support.world import World
from trialogue.core import conversations, members, messages, posting, reads, wire
from trialogue.core.models import Mention, Message
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft


@pytest.fixture
def room(world: World) -> tuple[Actor, str]:
    ada = world.person("ada")
    room = world.room(ada)
    drafts = [Draft(room, ada.user_id, ada.workspace_id, f"m{n}") for n in range(1, 21)]
    world.do(posting.post, drafts)
    return ada, room


def seqs(page: wire.MessagePage) -> list[int]:
    return [message.seq for message in page.items]


def test_pages_are_ascending_in_every_direction(world: World, room: tuple[Actor, str]) -> None:
    def page(**bounds: int) -> wire.MessagePage:
        found: wire.MessagePage = world.do(messages.page, *room, **bounds)
        return found

    newest = page(limit=5)
    assert (seqs(newest), newest.has_more, newest.has_newer) == ([16, 17, 18, 19, 20], True, None)
    older = page(before=4, limit=5)
    assert (seqs(older), older.has_more) == ([1, 2, 3], False)
    newer = page(after=17, limit=2)
    assert (seqs(newer), newer.has_more) == ([18, 19], True)
    last = page(after=18, limit=2)
    assert (seqs(last), last.has_more) == ([19, 20], False)
    middle = page(around=10, limit=4)
    assert (seqs(middle), middle.has_more, middle.has_newer) == ([8, 9, 10, 11], True, True)
    start = page(around=1, limit=4)
    assert (seqs(start), start.has_more, start.has_newer) == ([1, 2], False, True)
    end = page(around=20, limit=4)
    assert (seqs(end), end.has_more, end.has_newer) == ([18, 19, 20], True, False)
    assert seqs(page(around=7, limit=1)) == [7]
    assert seqs(page(before=0)) == seqs(page(after=20)) == []


def test_only_one_direction_may_be_asked_for(world: World, room: tuple[Actor, str]) -> None:
    world.refuses("invalid", messages.page, *room, before=3, after=1)


def test_one_message_is_for_members_only(world: World, room: tuple[Actor, str]) -> None:
    ada, conversation_id = room
    eve = world.person("eve")
    message = world.post(ada, conversation_id, "secret")
    assert world.do(messages.get, ada, message.id) == message
    world.refuses("not_found", messages.get, eve, message.id)
    world.refuses("not_found", messages.get, ada, conversation_id)


def test_a_message_is_read_when_every_other_member_has_read_it(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, eve)
    for _ in range(2):
        world.post(ada, room, "hello")

    def statuses(actor: Actor) -> list[str | None]:
        return [message.status for message in world.do(messages.page, actor, room).items]

    assert statuses(ada) == ["sent", "sent"]
    assert statuses(bob) == [None, None]
    world.do(reads.mark, bob, room, 2)
    assert statuses(ada) == ["sent", "sent"]
    world.do(reads.mark, eve, room, 1)
    assert statuses(ada) == ["read", "sent"]


def test_a_message_of_a_private_room_is_not_told_from_one_that_is_none(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    message = world.post(ada, world.room(ada), "secret")
    nowhere = "01234567-89ab-7def-8123-456789abcdef"
    hidden = world.refuses("not_found", messages.get, eve, message.id)
    assert hidden.detail == world.refuses("not_found", messages.get, eve, nowhere).detail


def test_an_edit_changes_the_text_once(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    sent = world.post(ada, room, "frist")
    world.events()
    edited = world.do(messages.edit, ada, sent.id, "first")
    assert (edited.content, edited.seq, edited.rev) == ("first", 1, 4)
    assert edited.edited_at is not None
    assert world.do(messages.edit, ada, sent.id, "first") == edited
    (event,) = world.events()
    assert (event.name, event.rev, event.data.content) == ("message.updated", 4, "first")  # type: ignore[union-attr]
    world.refuses("forbidden", messages.edit, bob, sent.id, "mine")
    world.refuses("invalid", messages.edit, ada, sent.id, "  ")
    world.refuses("not_found", messages.edit, world.person("eve"), sent.id, "x")


def test_the_window_binds_edit_and_recall_but_not_moderators_over_others(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.later(seconds=0)
    mine, other = world.post(bob, room, "one"), world.post(bob, room, "two")
    world.later(minutes=5, seconds=1)
    world.refuses("edit_window_over", messages.edit, bob, mine.id, "late")
    world.refuses("edit_window_over", messages.retract, bob, mine.id)
    assert world.do(messages.edit, bob, mine.id, "one").content == "one"  # nothing to change
    world.do(messages.retract, ada, other.id)
    assert world.do(messages.get, bob, other.id).content == ""
    world.do(conversations.change, ada, room, edit_window=3600)
    assert world.do(messages.edit, bob, mine.id, "in time").content == "in time"
    world.do(messages.retract, bob, mine.id)


def test_a_recalled_text_is_gone_from_the_database(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    sent = world.post(ada, room, "@bob secret")
    world.events()
    world.do(messages.retract, ada, sent.id)
    world.do(messages.retract, ada, sent.id)
    with world.transaction() as db:
        row = db.get_one(Message, sent.id)
        assert (row.content, row.meta) == ("", None)
        assert row.retracted_at is not None
        assert db.query(Mention).count() == 0
    numbered = [event for event in world.events() if event.rev is not None]
    assert [(event.name, event.rev) for event in numbered] == [("message.retracted", 4)]
    assert world.do(conversations.get, bob, room).me.unread == 1  # its place stays
    world.refuses("gone", messages.edit, ada, sent.id, "back")


def test_members_of_a_direct_conversation_recall_only_their_own(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    direct, _ = world.do(conversations.open_direct, ada, bob.user_id)
    sent = world.post(ada, direct.id, "hello")
    world.refuses("forbidden", messages.retract, bob, sent.id)


def test_who_was_removed_and_who_is_in_an_archive_changes_nothing(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    sent, kept = world.post(bob, room, "hello"), world.post(ada, room, "hello")
    world.do(members.remove, ada, room, bob.user_id)
    world.refuses("not_found", messages.edit, bob, sent.id, "x")
    world.refuses("not_found", messages.retract, bob, sent.id)
    world.do(conversations.archive, ada, room)
    world.refuses("conflict", messages.edit, ada, kept.id, "x")
    world.refuses("conflict", messages.retract, ada, kept.id)
