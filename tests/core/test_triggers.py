"""Which messages are promised a reply, and by whom."""

import pytest

from tests.support.assistants import answer, assistant, claim, conversation, queued
from tests.support.world import World
from trialogue.core import members, posting, replies, wire
from trialogue.core.arguments import SendMessage
from trialogue.core.policy import Actor


def group(world: World, *people: Actor, helpers: list[wire.Assistant]) -> str:
    """A room with people and assistants, where nobody has spoken yet."""
    room = world.room(*people)
    for helper in helpers:
        world.do(members.add, people[0], room, helper.user.id)
    world.events()
    return room


def test_every_message_to_an_assistant_alone_is_promised_a_reply(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.events()
    world.post(ada, room, "one")
    world.post(ada, room, "two")
    assert [each.assistant_id for each in queued(world)] == [helper.id, helper.id]


def test_a_repeat_is_promised_nothing_more(world: World) -> None:
    ada = world.person("ada")
    room = conversation(world, ada, assistant(world, ada))
    world.events()
    world.post(ada, room, "one", "client-id")
    world.post(ada, room, "one", "client-id")
    assert len(queued(world)) == 1


def test_people_without_an_assistant_are_promised_nothing(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    assistant(world, ada)
    room = world.room(ada, bob)
    world.events()
    world.post(ada, room, "@helper are you there?")
    assert queued(world) == []


def test_an_assistant_that_is_mentioned_only_answers_only_then(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada, trigger="mention")
    room = group(world, ada, helpers=[helper])
    world.post(ada, room, "good morning")
    assert queued(world) == []
    world.post(ada, room, "@helper good morning")
    assert len(queued(world)) == 1


def test_an_assistant_alone_with_a_person_need_not_be_mentioned(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada, trigger="mention")
    room = conversation(world, ada, helper)
    world.events()
    world.post(ada, room, "good morning")
    assert [each.assistant_id for each in queued(world)] == [helper.id]


def test_an_assistant_falls_silent_when_another_person_speaks(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada, trigger="until_human")
    room = group(world, ada, bob, helpers=[helper])
    world.post(ada, room, "is anybody there?")
    assert len(queued(world)) == 1
    world.post(bob, room, "yes, me")
    world.post(ada, room, "oh, hello")
    assert queued(world) == []
    world.post(ada, room, "@helper and you?")
    assert len(queued(world)) == 1


def test_who_names_one_of_several_means_that_one(world: World) -> None:
    ada = world.person("ada")
    one, other = assistant(world, ada, "One"), assistant(world, ada, "Other")
    room = group(world, ada, helpers=[one, other])
    world.post(ada, room, "hello both")
    assert {each.assistant_id for each in queued(world)} == {one.id, other.id}
    world.post(ada, room, "@other hello")
    assert [each.assistant_id for each in queued(world)] == [other.id]


def test_whom_the_call_names_is_meant_as_if_it_was_mentioned(world: World) -> None:
    ada = world.person("ada")
    one, other = assistant(world, ada, "One"), assistant(world, ada, "Other", trigger="mention")
    room = group(world, ada, helpers=[one, other])
    world.do(posting.post, [posting.draft(ada, room, SendMessage(content="hello"), other.id)])
    (promised,) = queued(world)
    assert promised.assistant_id == other.id
    answering = world.do(replies.answering, promised.reply_id)
    assert answering == (other.id, other.user.username)
    world.do(posting.post, [posting.draft(ada, room, SendMessage(content="@one hi"), other.id)])
    assert {each.assistant_id for each in queued(world)} == {one.id, other.id}


def test_assistants_never_answer_assistants(world: World) -> None:
    ada = world.person("ada")
    one, other = assistant(world, ada, "One"), assistant(world, ada, "Other")
    room = group(world, ada, helpers=[one, other])
    world.post(ada, room, "@one say hello to @other")
    queued(world)
    answer(world, room, one, "@other hello")
    assert queued(world) == []


def test_what_the_server_records_is_not_answered(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = group(world, ada, helpers=[assistant(world, ada)])
    world.do(members.add, ada, room, bob.user_id)
    assert queued(world) == []


def test_a_member_that_has_left_is_promised_for_no_more(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = group(world, ada, helpers=[helper])
    world.post(ada, room, "hello")
    world.do(members.remove, ada, room, helper.user.id)
    world.events()
    world.post(ada, room, "still there?")
    assert queued(world) == []
    assert claim(world, room, helper) is None  # what was promised before is not said either


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_batch_with_assistants_takes_two_statements_more(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    rooms = [conversation(world, ada, helper) for _ in range(10)]
    drafts = [posting.draft(ada, room, SendMessage(content="hello")) for room in rooms]
    outcomes = world.do(posting.post, drafts)
    assert len([each for each in outcomes if isinstance(each, posting.Posted)]) == 10
    assert len(queued(world)) == 10
