"""Ratings of replies: one a person, changeable, seen by oneself alone."""

from tests.support.assistants import answer, assistant, claim, conversation
from tests.support.world import World
from trialogue.core import feedback, members, messages, retention


def test_a_second_rating_changes_the_first(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "hello")
    said = answer(world, room, helper, "Hello, Ada.")
    first = world.do(feedback.give, ada, said.id, 2, "too short")
    second = world.do(feedback.give, ada, said.id, 5)
    assert (second.id, second.rating, second.comment) == (first.id, 5, None)
    assert world.do(messages.get, ada, said.id).feedback == second


def test_others_do_not_see_it_and_strangers_give_none(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    helper = assistant(world, ada)
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, "hello")
    work = claim(world, room, helper)
    world.do(feedback.give, ada, work.message_id, 4)
    assert world.do(messages.get, bob, work.message_id).feedback is None
    world.refuses("not_found", feedback.give, eve, work.message_id, 1)


def test_only_replies_are_rated(world: World) -> None:
    ada = world.person("ada")
    message = world.post(ada, world.room(ada), "hello")
    world.refuses("conflict", feedback.give, ada, message.id, 5)


def test_what_is_purged_takes_its_ratings_along(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "hello")
    said = answer(world, room, helper, "Hello, Ada.")
    world.do(feedback.give, ada, said.id, 4)
    world.later(days=10)
    assert world.do(retention.purge, room, 5).count == 2
    world.refuses("not_found", messages.get, ada, said.id)
