"""Catching up: an old state plus what changed since is the new state."""

from typing import Any

import pytest

from tests.support import statements
from tests.support.world import World
from trialogue.core import changes, conversations, members, posting, reads
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft


def test_what_changed_since_a_rev_is_told_once_in_its_latest_form(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob)  # revs 1 and 2
    world.post(ada, room, "one")  # 3
    world.do(members.add, ada, room, eve.user_id)  # 4, and 5 for the message that says so
    world.do(members.remove, ada, room, eve.user_id)  # 6 and 7
    world.do(conversations.change, ada, room, name="New name")  # 8 and 9
    world.do(reads.mark, bob, room, 4)
    found = world.do(changes.seen, bob, room, 2)
    assert [message.content for message in found.messages] == [
        "one",
        "ada added eve.",
        "ada removed eve.",
        "ada renamed the room to New name.",
    ]
    assert [(m.user.username, m.left_at is None) for m in found.members] == [("eve", False)]
    assert found.reads == {ada.user_id: 4, bob.user_id: 4}
    assert (found.conversation.name, found.conversation.me.unread) == ("New name", 0)
    assert (found.rev, found.more, found.reload) == (9, False, False)
    nothing = world.do(changes.seen, bob, room, 9)
    assert (nothing.messages, nothing.members, nothing.rev) == ([], [], 9)


def test_many_changes_come_in_slices(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    drafts = [Draft(room, ada.user_id, ada.workspace_id, str(n)) for n in range(10)]
    world.do(posting.post, drafts)
    rev, found = 0, []
    while True:
        slice_ = world.do(changes.seen, ada, room, rev, limit=4)
        assert len(slice_.messages) + len(slice_.members) <= 4
        found += [message.seq for message in slice_.messages]
        rev = slice_.rev
        if not slice_.more:
            break
    assert found == list(range(1, 11))
    assert rev == 11


def test_who_missed_too_much_or_knows_the_future_reloads(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    drafts = [Draft(room, ada.user_id, ada.workspace_id, "x") for _ in range(1_001)]
    world.do(posting.post, drafts)
    assert world.do(changes.seen, ada, room, 2).reload is False
    for missed in (0, 1, 1_003):
        found = world.do(changes.seen, ada, room, missed)
        assert (found.reload, found.messages, found.rev) == (True, [], 1_002)


def test_resume_answers_for_each_conversation_and_refuses_those_one_is_not_in(
    world: World,
) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    mine, left = world.room(ada, bob), world.room(ada, bob)
    private, public = world.room(ada), world.room(ada, public=True)
    world.post(ada, mine, "news")
    world.do(members.leave, bob, left)
    found = world.do(changes.resume, bob, {mine: 2, left: 2, private: 0, public: 0})
    assert [message.content for message in found[mine].messages] == ["news"]
    codes = {room: answer.code for room, answer in found.items() if isinstance(answer, ChatError)}
    assert codes == {left: "not_found", private: "not_found", public: "not_member"}
    world.refuses("not_found", changes.seen, bob, left, 0)


def test_little_that_was_missed_in_many_conversations_is_read_together(world: World) -> None:
    """What `resume` says of many is what it says of each alone, in as many statements as of two."""
    ada, bob = world.person("ada"), world.person("bob")
    rooms = [world.room(ada, bob) for _ in range(8)]
    known = {}
    for number, room in enumerate(rooms):
        for turn in range(number % 3):
            world.post((ada, bob)[turn % 2], room, f"{number} {turn}")
        known[room] = 2 if number % 2 else 1
    world.do(members.leave, ada, rooms[-1])
    together, many = counted(world, bob, known)
    alone = {room: counted(world, bob, {room: known[room]})[0][room] for room in rooms}
    assert together == alone
    assert [[each.content for each in together[room].messages] for room in rooms[:3]] == [
        [],
        ["1 0"],
        ["2 0", "2 1"],
    ]
    assert many == counted(world, bob, dict(list(known.items())[:3]))[1]


def test_what_goes_beyond_the_measure_is_left_to_the_next_time(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    rooms = [world.room(ada, bob) for _ in range(4)]
    for room, count in zip(rooms, (3, 0, 2, 9), strict=True):
        for number in range(count):
            world.post(ada, room, str(number))
    rest = dict.fromkeys(rooms, 2)
    answered = []
    while rest:
        found = world.do(changes.resume, bob, rest, limit=4)
        answered.append({room: len(each.messages) for room, each in found.items()})
        rest = {room: rev for room, rev in rest.items() if room not in found}
    assert answered == [{rooms[0]: 3, rooms[1]: 0}, {rooms[2]: 2}, {rooms[3]: 4}]


def counted(world: World, actor: Actor, cursors: dict[str, int]) -> tuple[Any, int]:
    """What `resume` answers, and how many statements that takes."""
    with world.transaction() as db, statements.taken() as taken:
        return changes.resume(db, actor, cursors), len(taken)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_catching_up_reads_no_table_from_end_to_end(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    rooms = [world.room(ada, bob) for _ in range(3)]
    world.post(ada, rooms[0], "@bob news")
    world.do(members.leave, ada, rooms[1])
    with world.transaction() as db, statements.reading_whole(db) as read:
        found = changes.resume(db, bob, dict.fromkeys(rooms, 1))
        changes.since(db, rooms[0], 1)
    assert len(found) == 3
    assert read == []


def test_the_node_reads_for_all_its_listeners(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "news")
    found = world.do(changes.since, room, 1)
    assert [member.user.id for member in found.members] == [bob.user_id]
    assert [message.content for message in found.messages] == ["news"]
    assert not hasattr(found.messages[0], "status")
    assert not hasattr(found.conversation, "me")
    world.refuses("not_found", changes.since, "01234567-89ab-7def-8123-456789abcdef", 0)


def test_a_slice_never_claims_more_than_was_read_before_it(world: World) -> None:
    """Rows written between the reads lie beyond the counter that was read first."""
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "3")
    world.do(members.leave, bob, room)  # 4, as if committed after the counter was read
    missed = world.do(changes._missed, world.workspace_id, room, changes._Span(2, 3), 1)
    assert ([live.content for live in missed.messages], missed.rev, missed.more) == (["3"], 3, True)
