"""The status of a message moves by hand, and only forwards."""

from tests.support.world import World
from trialogue.core import reads, statuses


def test_a_status_moves_all_other_members_forwards(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, eve)
    said = world.post(ada, room, "Hello")
    world.events()
    assert world.do(statuses.advance, said.id, "sent").status == "sent"
    assert world.events() == []
    assert world.do(statuses.advance, said.id, "delivered").status == "delivered"
    assert {event.data.user_id for event in world.events()} == {bob.user_id, eve.user_id}
    world.refuses("conflict", statuses.advance, said.id, "sent")
    assert world.do(statuses.advance, said.id, "read").status == "read"
    assert {"read.marked", "conversation.me"} == {event.name for event in world.events()}
    world.refuses("conflict", statuses.advance, said.id, "delivered")
    assert len(world.do(reads.page_readers, ada, said.id).items) == 2


def test_one_reader_of_two_is_not_read_by_all(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob, eve)
    said = world.post(ada, room, "Hello")
    world.do(reads.mark, bob, room, said.seq)
    assert world.do(statuses.get, said.id).status == "sent"
    world.do(reads.mark, eve, room, said.seq)
    assert world.do(statuses.get, said.id).status == "read"


def test_alone_there_is_nobody_to_read(world: World) -> None:
    ada = world.person("ada")
    said = world.post(ada, world.room(ada), "Hello")
    world.refuses("conflict", statuses.advance, said.id, "read")
    world.refuses("invalid", statuses.advance, said.id, "seen")
