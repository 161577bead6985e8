"""Replies as people deal with them: stop, continue, another one, ask again; and their rows."""

from dataclasses import replace

import pytest

from tests.support.assistants import answer, assistant, claim, conversation, end, queued, texts
from tests.support.statements import reading_whole
from tests.support.world import World
from trialogue.core import members, messages, replies, wire
from trialogue.core.events import ReplyStopped
from trialogue.core.policy import Actor


def begun(world: World) -> tuple[Actor, str, wire.Assistant]:
    """A person who has asked an assistant "What is a lease?"."""
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "What is a lease?")
    world.events()
    return ada, room, helper


def test_a_stop_before_the_beginning_tells_the_question(world: World) -> None:
    ada, room, helper = begun(world)
    (question,) = world.do(messages.newest, room)
    (reply_id,) = world.do(replies.to, question.id)
    assert world.do(replies.cancel, ada, reply_id).id == question.id
    assert claim(world, room, helper) is None
    assert world.do(replies.find, ada, reply_id).state == "cancelled"


def test_a_stop_keeps_what_was_written_and_a_second_one_changes_nothing(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    failed = wire.ReplyAttempt("openai", "first", "timeout", 900)
    written = replace(work.reply, attempt=2, provider="alibaba", model="m", attempts=(failed,))
    stopped = world.do(replies.cancel, ada, work.reply.id, text="A lea", written=written)
    assert (stopped.content, stopped.state, stopped.reply.attempt) == ("A lea", "cancelled", 2)
    said = stopped.reply
    assert (said.provider, said.model, list(said.attempts)) == ("alibaba", "m", [failed])
    assert world.do(replies.cancel, ada, work.reply.id, text="more") == stopped


def test_a_stop_after_the_end_leaves_the_end(world: World) -> None:
    ada, room, helper = begun(world)
    said = answer(world, room, helper, "A lease is …")
    stopped = world.do(replies.cancel, ada, said.reply.id, text="A")
    assert (stopped.content, stopped.state) == ("A lease is …", "done")


def test_members_stop_and_strangers_do_not_know_of_it(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    helper = assistant(world, ada)
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, "hello")
    work = claim(world, room, helper)
    for refused in (replies.cancel, replies.find):
        world.refuses("not_found", refused, eve, work.reply.id)
    for refused in (replies.resume, replies.regenerate, replies.text, replies.look):
        world.refuses("not_found", refused, eve, work.message_id)
    assert world.do(replies.cancel, bob, work.reply.id, text="").state == "cancelled"


def test_a_broken_reply_is_continued_after_its_text(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    end(world, work, "A lease is", "interrupted")
    world.events()
    waiting = world.do(replies.resume, ada, work.message_id)
    assert (waiting.state, waiting.content) == ("queued", "A lease is")
    assert len(queued(world)) == 1
    again = claim(world, room, helper)
    assert (again.prefill, again.message_id) == ("A lease is", work.message_id)
    assert again.reply.attempt == 2
    shown = end(world, again, "A lease is a promise.")
    assert (shown.content, shown.state, shown.seq) == ("A lease is a promise.", "done", waiting.seq)


def test_continuing_twice_is_continuing_once(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    end(world, work, "A lease is", "interrupted")
    world.do(replies.resume, ada, work.message_id)
    queued(world)
    world.do(replies.resume, ada, work.message_id)
    assert queued(world) == []


def test_a_reply_that_another_one_continues_is_at_their_cost(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada)
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, f"@{helper.user.username} What is a lease?")
    work = claim(world, room, helper)
    assert work.asker_id == ada.user_id
    end(world, work, "A lease is", "interrupted")
    world.do(replies.resume, bob, work.message_id)
    assert claim(world, room, helper).asker_id == bob.user_id


def test_a_whole_reply_is_not_continued(world: World) -> None:
    ada, room, helper = begun(world)
    said = answer(world, room, helper, "A lease is …")
    world.refuses("conflict", replies.resume, ada, said.id)
    question = world.do(messages.newest, room)[-1]
    world.refuses("conflict", replies.resume, ada, question.id)


def test_a_reply_at_its_longest_is_continued_until_it_is_whole(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    shown = end(world, work, "A lease is", finish="length")
    assert (shown.state, shown.reply.finish) == ("done", "length")
    waiting = world.do(replies.resume, ada, work.message_id)
    assert (waiting.state, waiting.reply.finish, waiting.content) == ("queued", None, "A lease is")
    again = claim(world, room, helper)
    assert (again.prefill, again.reply.finish) == ("A lease is", None)
    end(world, again, "A lease is a promise.", finish="stop")
    world.refuses("conflict", replies.resume, ada, work.message_id)


def test_the_earlier_answer_stays_reachable(world: World) -> None:
    ada, room, helper = begun(world)
    first = answer(world, room, helper, "A lease is …")
    reply_id = world.do(replies.regenerate, ada, first.id)
    assert world.do(replies.regenerate, ada, first.id) == reply_id  # the one under way
    second = answer(world, room, helper, "A lease is a promise.")
    assert (second.reply.id, second.reply.version) == (reply_id, 2)
    kept = world.do(messages.get, ada, first.id)
    assert (kept.content, kept.superseded_by) == ("A lease is …", second.id)
    third = world.do(replies.regenerate, ada, second.id)
    assert third != reply_id


def test_another_answer_is_not_made_of_the_earlier_one(world: World) -> None:
    from trialogue.core import runs

    ada, room, helper = begun(world)
    first = answer(world, room, helper, "A lease is …")
    world.do(replies.regenerate, ada, first.id)
    work = claim(world, room, helper)
    assert texts(world.do(runs.material, work, 10).messages) == ["What is a lease?"]


def test_a_question_asked_again_takes_the_place_of_what_followed(world: World) -> None:
    ada, room, helper = begun(world)
    first = answer(world, room, helper, "A lease is …")
    asked = world.do(replies.ask_again, ada, first.reply.trigger_id, "What is a fence?")
    assert (asked.content, asked.state) == ("What is a fence?", "sent")
    for message_id in (first.id, first.reply.trigger_id):
        assert world.do(messages.get, ada, message_id).superseded_by == asked.id
    second = answer(world, room, helper, "A fence is …")
    assert second.reply.trigger_id == asked.id
    world.refuses("conflict", replies.ask_again, ada, first.reply.trigger_id, "And now?")
    world.refuses("conflict", replies.regenerate, ada, first.id)


def test_what_is_asked_again_is_answered_no_more(world: World) -> None:
    ada, room, helper = begun(world)
    writing = claim(world, room, helper)
    waiting = world.post(ada, room, "What is a fense?")
    world.do(replies.ask_again, ada, waiting.id, "What is a fence?")
    (stopped,) = world.do(replies.to, waiting.id)
    assert world.do(replies.find, ada, stopped).state == "cancelled"
    world.events()
    asked = world.do(replies.ask_again, ada, writing.reply.trigger_id, "Who are you?")
    told = [event.data for event in world.events() if isinstance(event.data, ReplyStopped)]
    assert writing.reply.id in [each.reply_id for each in told]
    assert world.do(messages.get, ada, writing.message_id).state == "cancelled"
    said = answer(world, room, helper, "I am …")
    assert said.reply.trigger_id == asked.id
    assert claim(world, room, helper) is None


def test_who_is_not_a_member_any_more_says_nothing_more(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada)
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, "hello")
    work = claim(world, room, helper)
    end(world, work, "A lease is", "interrupted")
    world.do(replies.resume, ada, work.message_id)
    world.do(members.remove, ada, room, helper.user.id)
    assert claim(world, room, helper) is None
    shown = world.do(messages.get, ada, work.message_id)
    assert (shown.state, shown.content) == ("cancelled", "A lease is")
    for refused in (replies.resume, replies.regenerate):
        world.refuses("conflict", refused, ada, work.message_id)


def test_in_a_room_only_the_question_and_its_answers_give_way(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada, trigger="mention")
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    question = world.post(ada, room, "@helper what is a lease?")
    said = answer(world, room, helper, "A lease is …")
    other = world.post(bob, room, "thank you")
    world.refuses("forbidden", replies.ask_again, bob, question.id, "what?")
    asked = world.do(replies.ask_again, ada, question.id, "@helper what is a fence?")
    assert world.do(messages.get, ada, said.id).superseded_by == asked.id
    assert world.do(messages.get, ada, other.id).superseded_by is None


def test_a_recalled_reply_is_stopped(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = world.room(ada)
    world.do(members.add, ada, room, helper.user.id)
    world.post(ada, room, "hello")
    work = claim(world, room, helper)
    world.do(messages.retract, ada, work.message_id)
    assert end(world, work, "late") is None
    shown = world.do(messages.get, ada, work.message_id)
    assert (shown.content, shown.state) == ("", "cancelled")
    world.refuses("gone", replies.resume, ada, work.message_id)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_failed_or_was_stopped_can_go_on(world: World, state: wire.ReplyState) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    end(world, work, "", state)
    assert world.do(replies.resume, ada, work.message_id).state == "queued"


def test_what_runs_in_a_conversation_is_told_to_its_members(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    assert world.do(replies.running, ada, room) is None
    asked = world.post(ada, room, "Hello")
    (promised,) = world.do(replies.to, asked.id)
    assert world.do(replies.running, ada, room) == promised
    world.refuses("not_found", replies.running, bob, room)
    answer(world, room, helper, "Hi")
    assert world.do(replies.running, ada, room) is None


def test_who_is_named_answers_first_of_several(world: World) -> None:
    ada = world.person("ada")
    one, two = assistant(world, ada, "One"), assistant(world, ada, "Two")
    room = world.room(ada)
    for helper in (one, two):
        world.do(members.add, ada, room, helper.user.id)
    asked = world.post(ada, room, "Hello")
    first, second = world.do(replies.to, asked.id, assistant_id=one.id)
    assert world.do(replies.to, asked.id, assistant_id=two.id) == [second, first]


def test_where_no_assistant_is_none_can_answer(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada)
    world.refuses("conflict", replies.must_be_possible, ada, room)
    world.refuses("not_found", replies.must_be_possible, bob, room)
    world.do(members.add, ada, room, assistant(world, ada).user.id)
    world.do(replies.must_be_possible, ada, room)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_replies_to_a_message_are_found_by_an_index(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    question = world.post(ada, room, "hello")
    with world.transaction() as db, reading_whole(db) as whole:
        assert len(replies.to(db, question.id)) == 1
    assert whole == []
