"""What is kept for search follows the messages at once."""

from tests.core.test_search import found
from tests.support.world import World
from trialogue.core import members, messages


def test_an_edited_message_is_found_by_its_new_text_alone(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    message = world.post(ada, room, "meet at ten 在会议室")
    world.do(messages.edit, ada, message.id, "meet at eleven 在咖啡馆")
    assert found(world, ada, "ten") == []
    assert found(world, ada, "会议室") == []
    assert found(world, ada, "eleven 咖啡馆") == ["meet at eleven 在咖啡馆"]


def test_a_recalled_message_is_not_found(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.post(ada, room, "a secret kept")
    message = world.post(ada, room, "a secret told")
    world.do(messages.retract, ada, message.id)
    assert found(world, ada, "secret") == ["a secret kept"]


def test_system_messages_are_not_found(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada)
    world.do(members.add, ada, room, bob.user_id)
    assert found(world, ada, "added") == []
