"""The writing of replies: claimed once, kept while it grows, ended once, rescued."""

from dataclasses import replace
from datetime import timedelta

from tests.support.assistants import (
    NODE,
    answer,
    assistant,
    claim,
    conversation,
    end,
    queued,
    texts,
)
from tests.support.world import World
from trialogue.core import (
    changes,
    conversations,
    members,
    messages,
    reactions,
    replies,
    runs,
    search,
    usage,
    wire,
)
from trialogue.core.policy import Actor
from trialogue.core.runs import Checkpoint
from trialogue.core.usage import Spent


def begun(world: World) -> tuple[Actor, str, wire.Assistant]:
    """A person who has asked an assistant "What is a lease?"."""
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "What is a lease?")
    world.events()
    return ada, room, helper


def test_a_claimed_reply_is_a_message_that_everyone_sees(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    (created,) = [event for event in world.events() if event.name == "message.created"]
    shown = world.do(messages.get, ada, work.message_id)
    assert created.data.id == shown.id  # type: ignore[union-attr]
    assert (shown.state, shown.content, shown.role) == ("streaming", "", "assistant")
    assert shown.reply.state == "streaming"
    assert (shown.reply.attempt, shown.reply.version) == (1, 1)
    assert shown.parent_id == shown.reply.trigger_id
    assert work.rev == shown.rev


def test_replies_of_one_assistant_are_written_one_after_another(world: World) -> None:
    ada, room, helper = begun(world)
    world.post(ada, room, "And a fence?")
    first = claim(world, room, helper)
    assert claim(world, room, helper) is None
    end(world, first, "A lease is …")
    second = claim(world, room, helper)
    assert second.reply.trigger_id != first.reply.trigger_id
    end(world, second, "A fence is …")
    assert claim(world, room, helper) is None


def test_text_is_kept_without_a_number_and_the_end_takes_one(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.events()
    until = world.database.now()
    written = {work.reply.id: Checkpoint(work.epoch, work.message_id, 2, "A lea")}
    assert world.do(runs.keep, NODE, until, written) == {work.reply.id}
    kept = world.do(messages.get, ada, work.message_id)
    assert (kept.content, kept.reply.attempt, kept.rev) == ("A lea", 2, work.rev)
    assert world.events() == []
    ended = end(world, work, "A lease is a promise that runs out.")
    (event,) = world.events()
    assert (event.name, event.rev) == ("message.updated", work.rev + 1)
    assert ended.state == ended.reply.state == "done"
    found = world.do(search.page, ada, "promise").items
    assert texts(found) == ["A lease is a promise that runs out."]


def test_who_has_lost_a_reply_keeps_and_ends_nothing(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.do(replies.cancel, ada, work.reply.id, text="A le")
    written = {work.reply.id: Checkpoint(work.epoch, work.message_id, 1, "late tokens")}
    assert world.do(runs.keep, NODE, world.database.now(), written) == frozenset()
    assert end(world, work, "late tokens") is None
    shown = world.do(messages.get, ada, work.message_id)
    assert (shown.content, shown.state) == ("A le", "cancelled")
    other = {work.reply.id: Checkpoint(work.epoch, work.message_id, 1, "another node's")}
    assert world.do(runs.keep, "another node", world.database.now(), other) == frozenset()


def test_an_end_that_is_written_again_in_doubt_changes_nothing_and_costs_nothing(
    world: World,
) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    final = replace(work.reply, state="done", provider="demo")
    spent = Spent(
        user_id=ada.user_id,
        workspace_id=ada.workspace_id,
        assistant_id=helper.id,
        reply_id=work.reply.id,
        purpose="reply",
        provider="demo",
        model="demo",
        state="done",
        input_tokens=5,
        output_tokens=7,
        cost=None,
        estimated=False,
    )
    assert world.do(runs.finish, work, final, "A lease is …", [spent]).message is not None
    assert world.do(runs.finish, work, final, "A lease is …", [spent]).message is None
    moment = world.database.now()
    span = {"since": moment - timedelta(days=1), "until": moment + timedelta(days=1)}
    total = world.do(usage.sums, ada, user_id=ada.user_id, **span).total
    assert (total.requests, total.output_tokens) == (1, 7)


def test_the_reply_of_a_dead_node_is_interrupted_with_what_was_kept(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    failed = wire.ReplyAttempt("openai", "first", "timeout", 900)
    said = replace(work.reply, provider="alibaba", attempts=(failed,))
    world.do(reactions.add, ada, work.message_id, "👍")
    until = world.database.now()
    for text, who in (("A lease", said), ("A lease is", None)):
        written = {work.reply.id: Checkpoint(work.epoch, work.message_id, 1, text, who)}
        world.do(runs.keep, NODE, until, written)
    world.later(seconds=60)
    assert world.do(runs.orphans, sole=False) == [work.reply.id]
    world.do(runs.interrupt, work.reply.id, sole=False)
    shown = world.do(messages.get, ada, work.message_id)
    assert (shown.content, shown.state) == ("A lease is", "interrupted")
    assert shown.reply.error.code == "interrupted"
    assert (shown.reply.provider, list(shown.reply.attempts)) == ("alibaba", [failed])
    assert [(each.emoji, each.count) for each in shown.reactions] == [("👍", 1)]
    world.do(replies.resume, ada, work.message_id)
    again = claim(world, room, helper)
    assert list(again.reply.attempts) == [failed]  # of the whole message, not of its last part
    end(world, again, "A lease is", "interrupted")
    assert end(world, work, "A lease is over") is None  # should it be alive after all
    assert world.do(runs.orphans, sole=True) == []


def test_the_reply_of_a_live_node_is_left_alone(world: World) -> None:
    _, room, helper = begun(world)
    work = claim(world, room, helper)
    assert world.do(runs.orphans, sole=False) == []
    world.do(runs.interrupt, work.reply.id, sole=False)
    assert end(world, work, "Still here.") is not None


def test_a_lease_from_before_the_clock_was_set_back_saves_no_dead_node(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.later(hours=-1)
    assert world.do(runs.orphans, sole=False) == [work.reply.id]
    world.do(runs.interrupt, work.reply.id, sole=False)
    assert world.do(messages.get, ada, work.message_id).state == "interrupted"


def test_what_waits_is_found_after_a_restart(world: World) -> None:
    _, room, helper = begun(world)
    assert world.do(runs.lanes) == [(room, helper.id)]
    answer(world, room, helper, "An answer.")
    assert world.do(runs.lanes) == []


def test_a_reply_is_made_of_what_was_said_before_its_question(world: World) -> None:
    ada, room, helper = begun(world)
    world.post(ada, room, "And a fence?")
    world.post(ada, room, "recalled")
    (last,) = world.do(messages.newest, room, limit=1)
    world.do(messages.retract, ada, last.id)
    first = claim(world, room, helper)
    material = world.do(runs.material, first, 10)
    assert texts(material.messages) == ["What is a lease?"]
    end(world, first, "A lease is …")
    second = claim(world, room, helper)
    material = world.do(runs.material, second, 10)
    assert texts(material.messages) == ["What is a lease?", "A lease is …", "And a fence?"]
    assert material.trigger.content == "And a fence?"


def test_only_as_much_is_read_as_the_assistant_is_given(world: World) -> None:
    ada, room, helper = begun(world)
    for number in range(5):
        answer(world, room, helper, f"Answer {number}")
        world.post(ada, room, f"Question {number}")
    work = claim(world, room, helper)
    material = world.do(runs.material, work, 3)
    assert texts(material.messages) == ["Answer 3", "Question 3", "Answer 4", "Question 4"]


def test_in_an_archived_conversation_nothing_more_is_said(world: World) -> None:
    ada, room, helper = begun(world)
    world.do(conversations.archive, ada, room)
    assert claim(world, room, helper) is None
    assert world.do(runs.lanes) == []


def test_a_question_that_was_recalled_before_is_not_answered(world: World) -> None:
    ada, room, helper = begun(world)
    (question,) = world.do(messages.newest, room)
    world.post(ada, room, "And a fence?")
    world.do(messages.retract, ada, question.id)
    work = claim(world, room, helper)
    assert work.reply.trigger_id != question.id
    (recalled,) = world.do(replies.to, question.id)
    assert world.do(replies.find, ada, recalled).state == "cancelled"


def test_however_many_promises_an_archive_has_cancelled(world: World) -> None:
    ada, room, helper = begun(world)
    for number in range(300):
        world.post(ada, room, f"question {number}")
    world.do(conversations.archive, ada, room)
    assert claim(world, room, helper) is None
    assert world.do(runs.lanes) == []


def test_what_a_node_claimed_without_knowing_is_promised_anew(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    ((held, since),) = world.do(runs.held, NODE)
    assert held == work.reply.id
    assert since <= world.database.now()
    assert world.do(runs.held, "another node") == []
    world.do(runs.put_back, work.reply.id, "another node")
    assert world.do(runs.lanes) == []
    world.do(runs.put_back, work.reply.id, NODE)
    assert world.do(runs.lanes) == [(room, helper.id)]
    assert end(world, work, "too late") is None
    again = claim(world, room, helper)
    assert (again.message_id, again.seq) == (work.message_id, work.seq)
    assert end(world, again, "A lease is …").content == "A lease is …"
    world.do(runs.put_back, work.reply.id, NODE)
    assert world.do(messages.get, ada, work.message_id).state == "done"


def test_what_waited_to_go_on_when_its_conversation_was_archived_has_its_end(world: World) -> None:
    ada, room, helper = begun(world)
    lost = claim(world, room, helper)
    world.do(conversations.archive, ada, room)
    world.do(runs.put_back, lost.reply.id, NODE)
    assert claim(world, room, helper) is None
    assert world.do(messages.get, ada, lost.message_id).state == "cancelled"
    assert world.do(replies.find, ada, lost.reply.id).state == "cancelled"


def test_what_was_to_be_continued_when_its_conversation_was_archived_has_its_end(
    world: World,
) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    world.do(replies.cancel, ada, work.reply.id, text="A lease")
    world.do(replies.resume, ada, work.message_id)
    world.do(conversations.archive, ada, room)
    assert claim(world, room, helper) is None
    stopped = world.do(messages.get, ada, work.message_id)
    assert (stopped.state, stopped.content) == ("cancelled", "A lease")


def test_what_is_lost_again_and_again_is_interrupted(world: World) -> None:
    ada, room, helper = begun(world)
    work = claim(world, room, helper)
    for _ in range(runs.ATTEMPTS - 1):
        world.do(runs.put_back, work.reply.id, NODE)
        work = claim(world, room, helper)
    world.do(runs.put_back, work.reply.id, NODE)
    assert claim(world, room, helper) is None
    assert world.do(messages.get, ada, work.message_id).state == "interrupted"
    assert end(world, work, "too late") is None


def test_an_old_snapshot_and_what_changed_are_a_fresh_snapshot(world: World) -> None:
    ada, room, helper = begun(world)
    before = world.do(conversations.get, ada, room).last_rev
    answer(world, room, helper, "A lease is …")
    found = world.do(changes.seen, ada, room, before)
    assert [(each.content, each.state) for each in found.messages] == [("A lease is …", "done")]
    assert found.rev == world.do(conversations.get, ada, room).last_rev


def test_assistants_do_not_hold_back_that_a_message_was_read(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada, trigger="mention")
    room = world.room(ada, bob)
    world.do(members.add, ada, room, helper.user.id)
    message = world.post(ada, room, "hello")
    assert queued(world) == []
    world.post(bob, room, "hello yourself")
    assert world.do(messages.get, ada, message.id).status == "read"
