"""What an assistant keeps of the messages that it is not given any more."""

from collections.abc import Callable

from tests.support.assistants import assistant, conversation, texts
from tests.support.world import World
from trialogue.core import messages, replies, retention, summaries
from trialogue.core.summaries import PORTION


def test_old_messages_are_summed_up_in_portions_each_once(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    for number in range(PORTION + 4):
        world.post(ada, room, f"message {number}")
    assert world.do(summaries.due, room, helper.id, 10) is None
    older = world.do(summaries.due, room, helper.id, 3)
    assert older.summary is None
    assert texts(older.messages) == [f"message {number}" for number in range(PORTION + 1)]
    world.do(summaries.keep, room, helper.id, older, "Numbers were told.")
    assert world.do(summaries.due, room, helper.id, 3) is None
    assert world.do(summaries.find, room, helper.id) == "Numbers were told."
    world.do(summaries.keep, room, helper.id, older, "by another node at the same time")
    assert world.do(summaries.find, room, helper.id) == "Numbers were told."
    for number in range(PORTION):
        world.post(ada, room, f"later {number}")
    older = world.do(summaries.due, room, helper.id, 3)
    assert older.summary == "Numbers were told."
    assert len(older.messages) == PORTION


def test_what_was_recalled_edited_or_removed_lives_on_in_no_summary(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    said = [world.post(ada, room, f"message {number}") for number in range(PORTION + 4)]

    def sum_up(meanwhile: Callable[..., object] | None = None, *given: object) -> str | None:
        older = world.do(summaries.due, room, helper.id, 3)
        if meanwhile is not None:
            world.do(meanwhile, *given)
        world.do(summaries.keep, room, helper.id, older, "Secrets were told.")
        return world.do(summaries.find, room, helper.id)

    def forgotten(what: Callable[..., object], *given: object) -> bool:
        assert sum_up() == "Secrets were told."
        world.do(what, *given)
        return world.do(summaries.find, room, helper.id) is None

    assert forgotten(messages.edit, ada, said[1].id, "nothing of it")
    assert sum_up(messages.edit, ada, said[2].id, "nor of this") is None
    assert not forgotten(messages.edit, ada, said[-1].id, "not summed up yet")
    for number in range(PORTION):
        world.post(ada, room, f"later {number}")
    older = world.do(summaries.due, room, helper.id, 3)
    assert older.summary == "Secrets were told."
    world.do(messages.retract, ada, said[3].id)
    world.do(summaries.keep, room, helper.id, older, "It goes on with what is no more.")
    assert world.do(summaries.find, room, helper.id) is None
    assert sum_up(messages.retract, ada, said[4].id) is None
    assert sum_up() == "Secrets were told."
    world.later(days=8)
    world.post(ada, room, "of today")
    assert world.do(retention.purge, room, 7, most=1).count == 1
    assert world.do(summaries.find, room, helper.id) is None


def test_a_summary_holds_no_question_that_was_asked_anew(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    said = [world.post(ada, room, f"message {number}") for number in range(PORTION + 4)]
    older = world.do(summaries.due, room, helper.id, 3)
    world.do(summaries.keep, room, helper.id, older, "Secrets were told.")
    world.do(replies.ask_again, ada, said[-1].id, "the newest, which is not summed up, anew")
    assert world.do(summaries.find, room, helper.id) == "Secrets were told."
    world.do(replies.ask_again, ada, said[PORTION].id, "anew")
    assert world.do(summaries.find, room, helper.id) is None
    for number in range(PORTION):
        world.post(ada, room, f"later {number}")
    older = world.do(summaries.due, room, helper.id, 3)
    world.do(replies.ask_again, ada, said[2].id, "anew, while it is summed up")
    world.do(summaries.keep, room, helper.id, older, "Secrets were told.")
    assert world.do(summaries.find, room, helper.id) is None
