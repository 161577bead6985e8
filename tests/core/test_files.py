"""Uploads: one message takes each, and what nobody can get any more is let go."""

from datetime import timedelta

import pytest

from tests.support import statements
from tests.support.world import World
from trialogue.core import files, messages, posting, retention
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.files import Gone, clean_name
from trialogue.core.posting import Draft, Posted


def places(file_id: str) -> tuple[str, ...]:
    return (files.place(file_id),)


def test_a_message_takes_files_and_everyone_sees_them(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    two = [world.upload(ada), world.upload(ada, "plan.pdf", "application/pdf")]
    world.events()
    message = world.post(ada, room, "", attached=two)
    assert (message.type, list(message.attachments)) == ("file", two)
    (heard,) = world.events()
    assert heard.data.attachments == two
    page = world.do(messages.page, bob, room)
    assert page.items[-1].attachments == two
    assert world.do(messages.get, bob, message.id).attachments == two


def test_only_ones_own_and_only_once(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    file = world.upload(ada)
    with pytest.raises(ChatError, match="no such upload"):
        world.post(bob, room, "Look", attached=[file])
    first = world.post(ada, room, "Look", "one", attached=[file])
    assert world.post(ada, room, "Look", "one", attached=[file]) == first
    with pytest.raises(ChatError, match="no such upload"):
        world.post(ada, room, "Again", "two", attached=[file])
    assert world.do(messages.page, bob, room).items[-1].id == first.id


def test_of_two_messages_of_one_batch_one_gets_the_file(world: World) -> None:
    ada = world.person("ada")
    room, other = sorted([world.room(ada), world.room(ada)])
    file = world.upload(ada)
    args = SendMessage(content="Mine", attachment_ids=[file.id, file.id])
    drafts = [posting.draft(ada, each, args) for each in (other, room)]
    one, two = world.do(posting.post, drafts)
    assert isinstance(one, Posted)
    assert list(one.message.attachments) == [file]
    assert isinstance(two, ChatError)
    assert two.field == "attachment_ids"


def test_a_draft_that_is_refused_leaves_its_files_free(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    room, elsewhere = world.room(ada), world.room(eve)
    file = world.upload(ada)
    with pytest.raises(ChatError, match="no such conversation"):
        world.post(ada, elsewhere, "Look", attached=[file])
    assert world.post(ada, room, "Look", attached=[file]).attachments == [file]


def test_files_cost_two_statements_however_many_there_are(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.post(ada, room, "first")

    def drafts(number: int, of_each: int) -> list[Draft]:
        uploads = [[world.upload(ada).id for _ in range(of_each)] for _ in range(number)]
        args = [SendMessage(content="Look", attachment_ids=ids) for ids in uploads]
        return [posting.draft(ada, room, each) for each in args]

    def count(made: list[Draft]) -> int:
        with statements.taken() as taken:
            world.do(posting.post, made)
        return len(taken)

    without, with_one, with_many = count(drafts(1, 0)), count(drafts(1, 1)), count(drafts(20, 3))
    assert (with_one - without, with_many - without) == (2, 2)


def test_what_was_recalled_or_purged_is_gone_and_then_forgotten(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    kept, recalled, purged = (world.upload(ada) for _ in range(3))
    world.post(ada, room, "old", attached=[purged])
    world.later(days=20)
    message = world.post(ada, room, "", attached=[recalled])
    world.post(ada, room, "", attached=[kept])
    assert world.do(files.page_gone) == []
    world.do(messages.retract, ada, message.id)
    world.do(retention.purge, room, 7)
    gone = world.do(files.page_gone)
    expected = [Gone(each.id, places(each.id)) for each in (recalled, purged)]
    assert sorted(gone, key=lambda each: each.id) == sorted(expected, key=lambda each: each.id)
    world.do(files.forget, [each.id for each in gone])
    assert world.do(files.page_gone) == []
    ids = [each.id for each in (kept, recalled, purged)]
    assert world.do(files.known, ids) == {kept.id}


def test_what_was_never_sent_goes_after_a_while(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    sent, unsent = world.upload(ada), world.upload(ada)
    world.post(ada, room, "", attached=[sent])
    soon = world.database.now() - timedelta(hours=1)
    assert world.do(files.drop_unsent, soon) == 0
    later = world.database.now() + timedelta(hours=1)
    assert world.do(files.drop_unsent, later) == 1
    assert world.do(files.drop_unsent, later) == 0
    assert [each.id for each in world.do(files.page_gone)] == [unsent.id]
    with pytest.raises(ChatError, match="expired"):
        world.post(ada, room, "", attached=[unsent])


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("报告.pdf", "报告.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("a\0b\nc\td.txt", "abcd.txt"),
        (" . ", "file"),
        ("", "file"),
        ("…/.hidden", "hidden"),
        ("a" * 300, "a" * 200),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_can_be_shown_and_saved_anywhere(given: str, clean: str) -> None:
    assert clean_name(given) == clean
