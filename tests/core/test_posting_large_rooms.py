"""What a message costs does not depend on how many members a room has: no row for each of
them, no statement more."""

from sqlalchemy import func, insert, select

from tests.support import statements
from tests.support.world import World
from trialogue.core import conversations, messages, reactions
from trialogue.core.models import (
    Base,
    ChatUser,
    Conversation,
    Member,
    WorkspaceMember,
)
from trialogue.core.policy import Actor
from trialogue.core.sql import new_id

MANY = 1_000


def crowd(world: World, owner: Actor, others: int) -> str:
    """A room of an owner with so many others, put in directly."""
    room = world.room(owner)
    ids = [new_id() for _ in range(others)]
    at = world.database.now()
    of_all = {"kind": "human", "created_at": at}
    people = [
        {"id": id_, "username": id_, "username_key": id_, "display_name": f"No. {number}", **of_all}
        for number, id_ in enumerate(ids)
    ]
    here = {"workspace_id": world.workspace_id, "role": "member", "created_at": at}
    mine = {"conversation_id": room, "role": "member", "joined_at": at, "rev": 1}
    with world.transaction() as db:
        db.execute(insert(ChatUser), people)
        db.execute(insert(WorkspaceMember), [{"user_id": id_, **here} for id_ in ids])
        db.execute(insert(Member), [{"user_id": id_, **mine} for id_ in ids])
        db.get_one(Conversation, room).member_count = others + 1
    return room


def rows(world: World) -> dict[str, int]:
    """How many rows each table has."""
    with world.transaction() as db:
        return {
            name: db.scalars(select(func.count()).select_from(table)).one()
            for name, table in Base.metadata.tables.items()
        }


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def test_a_message_in_a_room_of_a_thousand_adds_no_row_for_each(world: World) -> None:
    ada = world.person("ada")
    room = crowd(world, ada, MANY - 1)
    assert world.do(conversations.get, ada, room).member_count == MANY
    start = rows(world)
    sent = world.post(ada, room, "Hello, 大家好")
    assert grown(start, rows(world)) == {"chat_messages": 1, "chat_search": 1, "chat_sessions": 1}
    start = rows(world)
    named = world.post(ada, room, "@all and @ada: look")
    assert grown(start, rows(world)) == {"chat_messages": 1, "chat_search": 1, "chat_mentions": 2}
    start = rows(world)
    world.do(messages.edit, ada, sent.id, "@all: hello again")
    world.do(reactions.add, ada, named.id, "👍")
    assert grown(start, rows(world)) == {"chat_mentions": 1, "chat_reactions": 1}
    start = rows(world)
    world.do(messages.retract, ada, named.id)
    assert grown(start, rows(world)) == {
        "chat_mentions": -2,
        "chat_reactions": -1,
        "chat_search": -1,
    }


def test_a_message_takes_as_many_statements_however_many_members(world: World) -> None:
    ada = world.person("ada")
    texts = ("the first one opens a session", "Hello", "@all: look", "@ada: look")
    taken = []
    for others in (1, 20, MANY - 1):
        room = crowd(world, ada, others)
        numbers = []
        for text in texts:
            with statements.taken() as asked:
                world.post(ada, room, text)
            numbers.append(len(asked))
        taken.append(numbers)
    assert taken[0] == taken[1] == taken[2]
