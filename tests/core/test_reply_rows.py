"""The row of a reply beside its message: what changes the one changes the other."""

from tests.support.assistants import assistant, claim, conversation, end
from tests.support.world import World
from trialogue.core import messages, reactions, reply_rows


def test_what_is_said_of_a_reply_does_not_lose_its_reactions(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "hello")
    work = claim(world, room, helper)
    world.do(reactions.add, ada, work.message_id, "👍")
    end(world, work, "Hello, Ada.")
    shown = world.do(messages.get, ada, work.message_id)
    assert [each.emoji for each in shown.reactions] == ["👍"]
    assert shown.reply.state == "done"


def test_nothing_is_superseded_by_nothing(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    message = world.post(ada, room, "hello")
    world.do(reply_rows.supersede, room, [], message.id)
    assert world.do(messages.get, ada, message.id).superseded_by is None
