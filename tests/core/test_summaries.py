"""What an assistant keeps of the messages that it is not given any more."""

from tests.support.assistants import assistant, conversation, texts
from tests.support.world import World
from trialogue.core import summaries
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
    world.do(summaries.keep, room, helper.id, older.messages[-1].seq, "Numbers were told.")
    assert world.do(summaries.due, room, helper.id, 3) is None
    assert world.do(summaries.find, room, helper.id) == "Numbers were told."
    world.do(summaries.keep, room, helper.id, 2, "an older one")
    assert world.do(summaries.find, room, helper.id) == "Numbers were told."
    for number in range(PORTION):
        world.post(ada, room, f"later {number}")
    older = world.do(summaries.due, room, helper.id, 3)
    assert older.summary == "Numbers were told."
    assert len(older.messages) == PORTION
