"""Mentions: who is meant by an `@` in a text, and how many unread messages name someone."""

import pytest

from tests.support.world import World
from trialogue.core import conversations, mentions, messages, posting, reads
from trialogue.core.events import OwnState
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft


def named(world: World, actor: Actor, room: str) -> int:
    count: int = world.do(conversations.get, actor, room).me.mentions
    return count


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("@ada", ["ada"]),
        ("hello @Ada!", ["ada"]),
        ("＠ada，你好", ["ada"]),
        ("你好@ada", ["ada"]),
        ("(@ada)", ["ada"]),
        ("@ada.", ["ada.", "ada"]),
        ("@ada.lovelace", ["ada.lovelace", "ada"]),
        ("@小明你好", ["小明你好", "小明你", "小明", "小"]),
        ("@ada你好", ["ada你好", "ada你", "ada"]),
        ("@adalbert", ["adalbert"]),
    ],
)
def test_an_at_may_mean_every_name_it_begins_with(text: str, first: list[str]) -> None:
    assert mentions.candidates(text)[0] == first


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@example.org", "x_@ada", "`@ada`", "```\n@ada\n```", "@", "@ ada", "@!"]
)
def test_addresses_and_code_name_nobody(text: str) -> None:
    assert [names for names in mentions.candidates(text) if names] == []


def test_long_runs_of_backticks_are_read_once() -> None:
    run = 500_000
    assert mentions.candidates("@ada " + "`" * run + "x" + "`" * (run - 1) + "@bob") == [["ada"]]
    assert mentions.candidates("~" * run + "x" + "~" * run + "@bob") == [["bob"]]


@pytest.mark.parametrize(
    "text", ["```x````@ada", "``` ~~~ @x ```@ada", "~~~ ``` @x ~~~@ada", "`` ` @x `` @ada"]
)
def test_code_ends_with_a_run_as_long_as_that_which_began_it(text: str) -> None:
    assert [names for names in mentions.candidates(text) if names] == [["ada"]]


def test_hundreds_of_texts_that_name_as_many_as_they_can_are_posted_at_once(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)

    def text(number: int) -> str:
        letters = (chr(0x4E00 + (number * 1_600 + place) % 20_000) for place in range(49 * 32))
        runs = zip(*[letters] * 32, strict=True)
        return " ".join(["@bob", *("@" + "".join(run) for run in runs)])

    drafts = [Draft(room, ada.user_id, ada.workspace_id, text(number)) for number in range(25)]
    posted = world.do(posting.post, drafts)
    assert [list(one.message.mentions) for one in posted] == [[bob.user_id]] * len(drafts)


def test_only_members_are_meant_and_the_longest_name_wins(world: World) -> None:
    ada, bob, bobby = world.person("ada"), world.person("小明"), world.person("小明你")
    world.person("stranger")
    room = world.room(ada, bob, bobby)
    told = world.post(ada, room, "@小明你好 @小明 @stranger @小明")
    assert told.mentions == (bobby.user_id, bob.user_id)
    kept = world.do(messages.get, ada, told.id)
    assert list(kept.mentions) == [bobby.user_id, bob.user_id]


def test_everyone_is_named_by_those_who_may_and_by_nobody_else(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    assert not world.post(bob, room, "@all come").mentions_all
    assert named(world, ada, room) == 0
    assert world.post(ada, room, "@all come").mentions_all
    assert (named(world, ada, room), named(world, bob, room)) == (0, 1)


def test_mentions_are_counted_until_they_are_read(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    for text in ("@bob", "no name", "@bob @all"):
        world.post(ada, room, text)
    assert named(world, bob, room) == 2
    world.do(reads.mark, bob, room, 1)
    assert named(world, bob, room) == 1
    world.post(bob, room, "seen")
    assert named(world, bob, room) == 0


def test_an_edit_tells_those_whose_count_it_changes(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, eve)
    message = world.post(ada, room, "@bob look")
    world.events()
    world.do(messages.edit, ada, message.id, "@eve look")
    own = {event.user_ids: event.data for event in world.events() if event.user_ids}
    assert own.keys() == {(bob.user_id,), (eve.user_id,)}
    states = [data for data in own.values() if isinstance(data, OwnState)]
    assert sorted((state.mentions, state.unread) for state in states) == [(0, 1), (1, 1)]
    assert (named(world, bob, room), named(world, eve, room)) == (0, 1)
    world.do(messages.retract, ada, message.id)
    assert named(world, eve, room) == 0


def test_naming_everyone_in_a_large_room_adds_one_row(world: World) -> None:
    ada = world.person("ada")
    others = [world.person(f"person{number}") for number in range(20)]
    room = world.room(ada, *others)
    world.post(ada, room, "@all")
    with world.transaction() as db:
        assert mentions.count(db, others[0].user_id, [room]) == {room: 1}
        assert db.query(mentions.Mention).count() == 1
        assert len(mentions.count_members(db, room, None)) == 20
