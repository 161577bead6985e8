"""Views: many conversations take as many statements as one, and tell strangers nothing."""

from sqlalchemy import event

from tests.support.world import World
from trialogue.core import conversations, views


def count(world: World, user_id: str | None, rooms: list[str]) -> int:
    with world.transaction() as db:
        seen: list[str] = []
        engine = db.get_bind()

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        found = views.conversations(db, world.workspace_id, user_id, rooms)
        event.remove(engine, "before_cursor_execute", note)
    assert found.keys() == set(rooms)
    return len(seen)


def test_the_number_of_statements_does_not_grow(world: World) -> None:
    ada = world.person("ada")
    people = [world.person(f"person{number}") for number in range(6)]
    rooms = [world.room(ada, *people) for _ in range(6)]
    rooms += [world.do(conversations.open_direct, ada, one.user_id)[0].id for one in people]
    for room in rooms:
        world.post(ada, room, "hello")
    assert count(world, ada.user_id, rooms[-1:]) == count(world, ada.user_id, rooms) == 4
    assert count(world, None, rooms) == 2


def test_who_is_no_member_sees_no_message(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    room = world.room(ada, public=True)
    world.post(ada, room, "for members")
    with world.transaction() as db:
        found = views.conversations(db, world.workspace_id, eve.user_id, [room])[room]
    assert (found.me, found.last_message, found.last_seq) == (None, None, 1)


def test_a_live_view_leaves_out_what_depends_on_who_looks(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    live = views.live_conversation(world.do(conversations.get, ada, room))
    assert not {"me", "peer"} & set(type(live).__dataclass_fields__)
