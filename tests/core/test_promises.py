"""Replies that are begun in the transaction of their question, and those that can only wait."""

from dataclasses import asdict, replace
from datetime import timedelta

from tests.support import statements
from tests.support.assistants import NODE, assistant, claim, conversation, end, queued
from tests.support.world import World
from trialogue.core import members, messages, posting, replies, runs, search, wire
from trialogue.core.arguments import SendMessage
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft, Posted
from trialogue.core.promises import Lease, Work


def lease(world: World) -> Lease:
    return Lease(NODE, (world.at or world.database.now()) + timedelta(seconds=15))


def draft(actor: Actor, room: str, content: str, client_id: str | None = None) -> Draft:
    return posting.draft(actor, room, SendMessage(content=content, client_id=client_id))


def post(world: World, *drafts: Draft) -> list[Posted]:
    """Post together where replies are written."""
    posted: list[Posted] = world.do(posting.post, list(drafts), lease=lease(world))
    return posted


def asked(world: World, **facts: str) -> tuple[Actor, str, wire.Assistant]:
    ada = world.person("ada")
    helper = assistant(world, ada, **facts)
    room = conversation(world, ada, helper)
    world.events()
    return ada, room, helper


def test_a_question_and_the_beginning_of_its_reply_are_one_change(world: World) -> None:
    ada, room, helper = asked(world)
    (posted,) = post(world, draft(ada, room, "What is a lease?"))
    (work,) = posted.begun
    heard = [event for event in world.events() if event.rev is not None]
    assert [(event.name, event.rev) for event in heard] == [
        ("message.created", posted.message.rev),
        ("message.created", posted.message.rev + 1),
    ]
    shown = world.do(messages.get, ada, work.message_id)
    assert (shown.state, shown.content, shown.role) == ("streaming", "", "assistant")
    assert (shown.seq, shown.parent_id) == (posted.message.seq + 1, posted.message.id)
    assert shown.reply.trigger_id == posted.message.id
    assert world.do(replies.to, posted.message.id) == [shown.reply.id]
    assert not claim(world, room, helper)


def test_what_is_begun_at_once_is_what_a_claim_would_have_begun(world: World) -> None:
    ada, room, helper = asked(world, instructions="Be brief.")
    (posted,) = post(world, draft(ada, room, "What is a lease?"))
    end(world, posted.begun[0], "A promise that runs out.")
    world.post(ada, room, "And a fence?")
    claimed = claim(world, room, helper)
    (begun,) = posted.begun
    own = ("message_id", "seq", "rev")
    moved = {name: getattr(claimed, name) for name in own}
    same = replace(begun.reply, id=claimed.reply.id, trigger_id=claimed.reply.trigger_id)
    assert replace(begun, reply=same, **moved) == claimed
    one, other = (world.do(messages.get, ada, each.message_id) for each in (begun, claimed))
    assert asdict(one).keys() == asdict(other).keys()
    assert (one.type, one.role, one.session_id) == (other.type, other.role, other.session_id)


def test_one_reply_at_a_time_also_in_one_batch(world: World) -> None:
    ada, room, helper = asked(world)
    first, second = post(world, draft(ada, room, "one"), draft(ada, room, "two"))
    assert [first.message.seq, second.message.seq] == [1, 2]
    (work,) = first.begun
    assert (work.seq, second.begun) == (3, ())
    (third,) = post(world, draft(ada, room, "three"))
    assert third.begun == ()
    assert [each.begun for each in queued(world)] == [True, False, False]
    assert world.do(runs.finish, work, replace(work.reply, state="done"), "1").more
    following = claim(world, room, helper)
    assert following.reply.trigger_id == second.message.id
    end(world, following, "2")
    last = claim(world, room, helper)
    assert not world.do(runs.finish, last, replace(last.reply, state="done"), "3").more


def test_a_repeat_begins_nothing(world: World) -> None:
    ada, room, _ = asked(world)
    first, again = post(world, draft(ada, room, "one", "key"), draft(ada, room, "one", "key"))
    assert (len(first.begun), again.begun) == (1, ())
    (later,) = post(world, draft(ada, room, "one", "key"))
    assert (later.begun, later.created) == ((), False)
    assert len(world.do(replies.to, first.message.id)) == 1


def test_each_of_several_assistants_begins_its_own(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helpers = [assistant(world, ada, "One"), assistant(world, ada, "Other")]
    rooms = [world.room(ada, bob), world.room(bob, ada)]
    for room in rooms:
        for helper in helpers:
            world.do(members.add, ada if room == rooms[0] else bob, room, helper.user.id)
    drafts = [draft(ada, rooms[0], "both?"), draft(bob, rooms[1], "@other?")]
    first, second = post(world, *drafts)
    assert {work.reply.assistant_id for work in first.begun} == {each.id for each in helpers}
    assert sorted(work.seq - first.message.seq for work in first.begun) == [1, 2]
    assert [work.reply.assistant_id for work in second.begun] == [helpers[1].id]
    assert {work.asker_id for work in first.begun} == {ada.user_id}


def test_another_person_in_the_same_batch_is_heard(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada, trigger="until_human")
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    posted = post(world, draft(ada, room, "anybody?"), draft(bob, room, "me"))
    assert [each.begun for each in posted] == [(), ()]


def test_what_is_begun_ends_found_stopped_or_rescued_as_any_reply(world: World) -> None:
    ada, room, helper = asked(world)

    def begin(question: str) -> Work:
        return post(world, draft(ada, room, question))[0].begun[0]

    work = begin("one")
    assert end(world, work, "A lease is a promise.").state == "done"
    assert [hit.id for hit in world.do(search.page, ada, "promise").items] == [work.message_id]
    work = begin("two")
    assert world.do(replies.cancel, ada, work.reply.id).state == "cancelled"
    assert world.do(runs.finish, work, replace(work.reply, state="done"), "late").message is None
    work = begin("three")
    assert world.do(runs.orphans, sole=False) == []
    world.later(seconds=16)
    assert world.do(runs.orphans, sole=False) == [work.reply.id]
    world.do(runs.interrupt, work.reply.id, sole=False)
    assert world.do(messages.get, ada, work.message_id).state == "interrupted"
    world.do(replies.resume, ada, work.message_id)
    assert claim(world, room, helper).message_id == work.message_id


def test_many_questions_take_as_many_statements_as_one(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    rooms = [conversation(world, ada, helper) for _ in range(20)]
    post(world, draft(ada, rooms[0], "warm"))
    counts = []
    for some in (rooms[1:2], rooms[2:]):
        with statements.taken() as taken:
            post(world, *(draft(ada, room, "x") for room in some))
        counts.append(len(taken))
    assert counts[0] == counts[1]
    if world.database.kind == "sqlite":
        with world.transaction() as db, statements.reading_whole(db) as read:
            posting.post(db, [draft(ada, rooms[0], "y")], lease=lease(world))
        assert read == []
