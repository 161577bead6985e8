"""Reactions: one emoji of one person on one message, counted with the message."""

import pytest

from tests.support.world import World
from trialogue.core import conversations, members, messages, reactions, wire
from trialogue.core.events import ReactionChange


@pytest.mark.parametrize(
    ("given", "kept"),
    [("👍", "👍"), ("❤", "❤️"), ("❤️", "❤️"), ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"), ("1️⃣", "1️⃣"), ("👍🏽", "👍🏽")],
)
def test_an_emoji_has_one_form(given: str, kept: str) -> None:
    assert reactions.canonical(given) == kept


@pytest.mark.parametrize("given", ["", "x", "👍👍", "👍 ", ":)", "好", "<b>", "👍" * 20, "🏽"])
def test_what_is_no_single_emoji_is_refused(world: World, given: str) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    message = world.post(ada, room, "hello")
    world.refuses("invalid", reactions.add, ada, message.id, given)


def test_reactions_are_counted_in_the_order_in_which_they_came(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    message = world.post(ada, room, "hello")
    world.events()
    world.do(reactions.add, bob, message.id, "👍")
    world.do(reactions.add, ada, message.id, "🎉")
    world.do(reactions.add, ada, message.id, "👍")
    mine = world.do(messages.get, ada, message.id)
    assert mine.reactions == [
        wire.OwnReaction("👍", 2, me=True),
        wire.OwnReaction("🎉", 1, me=True),
    ]
    others = world.do(messages.get, bob, message.id)
    assert [(each.emoji, each.me) for each in others.reactions] == [("👍", True), ("🎉", False)]
    heard = [event for event in world.events() if event.name == "reaction.changed"]
    assert [event.rev for event in heard] == [4, 5, 6]
    assert heard[-1].data == ReactionChange(message.id, "👍", ada.user_id, True, 2)
    assert mine.rev == world.do(conversations.get, ada, room).last_rev == 6


def test_reacting_twice_is_reacting_once_and_taking_back_nothing_is_nothing(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    message = world.post(ada, room, "hello")
    first = world.do(reactions.add, ada, message.id, "👍")
    world.events()
    assert world.do(reactions.add, ada, message.id, "👍") == first
    assert world.do(reactions.remove, ada, message.id, "🎉") == first
    assert world.events() == []
    assert world.do(reactions.remove, ada, message.id, "👍").reactions == []
    assert [event.data.added for event in world.events()] == [False]  # type: ignore[union-attr]


def test_strangers_and_recalled_messages_take_no_reactions(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    room = world.room(ada)
    message = world.post(ada, room, "hello")
    world.refuses("not_found", reactions.add, eve, message.id, "👍")
    world.refuses("not_found", reactions.page, eve, message.id)
    world.do(reactions.add, ada, message.id, "👍")
    world.do(messages.retract, ada, message.id)
    world.refuses("gone", reactions.add, ada, message.id, "👍")
    assert world.do(messages.get, ada, message.id).reactions == []
    assert world.do(reactions.page, ada, message.id).items == []
    other = world.post(ada, room, "still here")
    world.do(conversations.archive, ada, room)
    world.refuses("conflict", reactions.add, ada, other.id, "👍")


def test_a_message_takes_fifty_kinds_of_emoji(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    message = world.post(ada, room, "hello")
    kinds = [chr(0x1F600 + number) for number in range(51)]
    for emoji in kinds[:50]:
        world.do(reactions.add, ada, message.id, emoji)
    world.refuses("conflict", reactions.add, ada, message.id, kinds[50])
    world.do(reactions.add, bob, message.id, kinds[0])


def test_who_reacted_is_told_in_pages_that_leave_nobody_out(world: World) -> None:
    ada = world.person("ada")
    others = [world.person(f"person{number}") for number in range(4)]
    room = world.room(ada, *others)
    message = world.post(ada, room, "hello")
    for person in others:
        world.do(reactions.add, person, message.id, "👍")
        world.do(reactions.add, person, message.id, "🎉")
    found: list[wire.Reacted] = []
    cursor = None
    while True:
        page = world.do(reactions.page, ada, message.id, cursor=cursor, limit=3)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(found) == 8
    assert {(each.user.id, each.emoji) for each in found} == {
        (person.user_id, emoji) for person in others for emoji in ("👍", "🎉")
    }
    assert [each.created_at for each in found] == sorted(each.created_at for each in found)


def test_a_removed_member_reacts_no_more(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    message = world.post(ada, room, "hello")
    world.do(members.remove, ada, room, bob.user_id)
    world.refuses("not_found", reactions.add, bob, message.id, "👍")
