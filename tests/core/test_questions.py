"""A conversation begins with a question, or not at all."""

from dataclasses import replace

import pytest

from tests.support.assistants import assistant
from tests.support.world import World
from trialogue.core import conversations, questions
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor


def count(world: World, actor: Actor) -> int:
    return len(world.do(conversations.page, actor).items)


def test_a_question_that_would_be_refused_begins_nothing(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    for content in ("", " \n", "x" * 20_001):
        with pytest.raises(ChatError) as refused:
            world.do(questions.begin, ada, content, assistant_id=helper.id)
        assert (refused.value.code, refused.value.field) == ("invalid", "content")
    assert count(world, ada) == 0


def test_where_no_message_may_be_posted_any_more_nothing_begins(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    world.database.limits = replace(world.database.limits, messages=1)
    room = world.do(questions.begin, ada, "hello", assistant_id=helper.id, client_id="once")
    world.post(ada, room, "hello")
    with pytest.raises(ChatError) as refused:
        world.do(questions.begin, ada, "hello", assistant_id=helper.id)
    assert refused.value.code == "quota_reached"
    # A repeat is told of the first one: what is there already takes no room.
    again = world.do(questions.begin, ada, "hello", assistant_id=helper.id, client_id="once")
    assert again == room
    assert count(world, ada) == 1
