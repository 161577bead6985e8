"""Posting: dense numbers, one message a `client_id`, one bad draft fails alone."""

from sqlalchemy import func, select

from tests.support import statements
from tests.support.world import World
from trialogue.core import conversations, members, messages, posting
from trialogue.core.errors import ChatError
from trialogue.core.models import ChatSession, Message, Read
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft, Posted


def draft(actor: Actor, room: str, content: str, client_id: str | None = None) -> Draft:
    return Draft(room, actor.user_id, actor.workspace_id, content, client_id)


def count(world: World, model: type) -> int:
    with world.transaction() as db:
        return db.scalars(select(func.count()).select_from(model)).one()


def test_messages_are_numbered_without_gaps_and_told_in_order(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.events()
    drafts = [draft(ada if number % 2 else bob, room, f"{number}") for number in range(7)]
    outcomes = world.do(posting.post, drafts)
    assert [outcome.message.seq for outcome in outcomes] == list(range(1, 8))
    heard = world.events()
    assert [event.rev for event in heard] == list(range(3, 10))
    assert {event.name for event in heard} == {"message.created"}
    found = world.do(conversations.open_page, ada, room)
    assert [message.content for message in found.messages] == [str(n) for n in range(7)]
    assert (found.last_seq, found.last_rev) == (7, 9)


def test_a_client_id_yields_one_message_for_ever(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    outcomes = world.do(posting.post, [draft(ada, room, "once", "same")] * 50)
    assert len({outcome.message.id for outcome in outcomes}) == 1
    assert [outcome.created for outcome in outcomes] == [True] + [False] * 49
    world.later(days=400)
    assert world.post(ada, room, "changed my mind", "same") == outcomes[0].message
    assert world.post(bob, room, "mine", "same").id != outcomes[0].message.id
    assert count(world, Message) == 2


def test_client_ids_are_compared_byte_by_byte(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    ids = ["abc", "ABC", "abc ", "ａｂｃ", "👍", "🎉", "é", "e\u0301"]
    outcomes = world.do(posting.post, [draft(ada, room, "x", client_id) for client_id in ids])
    assert all(outcome.created for outcome in outcomes)
    again = world.do(posting.post, [draft(ada, room, "x", client_id) for client_id in ids])
    assert [outcome.message for outcome in again] == [outcome.message for outcome in outcomes]


def test_the_longest_message_fits_when_each_character_has_four_bytes(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    content = "𝄞👩🏽" * 6_666 + "🎉!"
    assert len(content) == 20_000
    world.post(ada, room, content)
    assert world.do(messages.page, ada, room).items[0].content == content


def test_one_bad_draft_fails_alone(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    private, public = world.room(ada, bob), world.room(ada, public=True)
    archived = world.room(ada)
    world.do(conversations.archive, ada, archived)
    nowhere = "01234567-89ab-7def-8123-456789abcdef"
    drafts = [
        draft(ada, private, "good"),
        draft(eve, private, "not a member"),
        draft(eve, public, "not a member of a public room"),
        draft(ada, nowhere, "nowhere"),
        draft(ada, private, " \n\t "),
        draft(ada, private, "x" * 20_001),
        draft(ada, archived, "too late"),
        draft(bob, private, "x" * 20_000),
    ]
    outcomes = world.do(posting.post, drafts)
    codes = [outcome.code if isinstance(outcome, ChatError) else "" for outcome in outcomes]
    assert codes == [
        "",
        "not_found",
        "not_member",
        "not_found",
        "invalid",
        "invalid",
        "conflict",
        "",
    ]
    assert [o.message.seq for o in outcomes if isinstance(o, Posted)] == [1, 2]


def test_who_was_removed_cannot_post_any_more(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(bob, room, "here", "here")
    world.do(members.remove, ada, room, bob.user_id)
    (outcome,) = world.do(posting.post, [draft(bob, room, "here", "here")])
    assert outcome.code == "not_found"


def test_posting_moves_ones_own_mark_and_notes_what_was_passed(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    for number in range(3):
        world.post(ada, room, str(number))
    assert count(world, Read) == 0
    world.post(bob, room, "I have read all that")
    assert world.do(conversations.get, bob, room).me.unread == 0
    assert world.do(conversations.get, ada, room).me.unread == 1
    assert count(world, Read) == 1


def test_time_never_runs_backwards_in_a_conversation(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.later(hours=1)
    first = world.post(ada, room, "clock ahead")
    world.later(hours=-1)
    assert world.post(ada, room, "clock set back").created_at == first.created_at


def test_a_session_opens_with_the_first_message_and_again_after_silence(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    world.later(seconds=0)
    first = world.post(ada, room, "1").session_id
    world.later(minutes=15)
    assert world.post(ada, room, "2").session_id == first
    world.later(minutes=15, seconds=1)
    second = world.post(ada, room, "3").session_id
    assert second not in (None, first)
    with world.transaction() as db:
        rows = {row.id: row for row in db.scalars(select(ChatSession))}
        old, new = rows[str(first)], rows[str(second)]
        assert (old.state, old.first_seq, old.last_seq) == ("expired", 1, 2)
        assert (new.state, new.first_seq, new.last_seq) == ("active", 3, None)


def test_a_batch_takes_as_many_statements_as_a_single_message(world: World) -> None:
    people = [world.person(f"person{number}") for number in range(5)]
    rooms = [world.room(*people) for _ in range(4)]
    one = counted(world, [draft(people[0], rooms[0], "x", "warm")])
    drafts = [draft(person, room, "x", "c") for person in people for room in rooms]
    many = counted(world, drafts)
    assert many <= one + 1  # a batch in which someone passes unread messages notes that, too
    assert one <= 10  # with the words for search, which are two statements on SQLite


def counted(world: World, drafts: list[Draft]) -> int:
    with world.transaction() as db, statements.taken() as taken:
        outcomes = posting.post(db, drafts)
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    return len(taken)


def test_a_message_in_a_large_room_adds_no_row_per_member(world: World) -> None:
    people = [world.person(f"person{number}") for number in range(30)]
    room = world.room(*people)
    world.post(people[0], room, "hello, all")
    assert (count(world, Message), count(world, Read)) == (1, 0)
    page = world.do(messages.page, people[1], room)
    assert len(page.items) == 1
