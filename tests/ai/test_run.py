"""One reply while it is written: what is told, what is kept, what is said of it in the end."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.run import RENEW, Run
from trialogue.ai.usage import Usage
from trialogue.core import wire
from trialogue.core.promises import Work

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def work(prefill: str = "", attempt: int = 1) -> Work:
    reply = wire.Reply(
        id="reply",
        state="streaming",
        assistant_id="assistant",
        trigger_id="question",
        version=1,
        attempt=attempt,
        provider=None,
        model=None,
        attempts=(),
        usage=None,
        error=None,
    )
    return Work(
        reply=reply,
        epoch=1,
        workspace_id="workspace",
        conversation_id="room",
        kind="assistant",
        untitled=True,
        assistant_user_id="helper",
        asker_id="ada",
        message_id="message",
        seq=2,
        rev=7,
        prefill=prefill,
        instructions="",
        providers=(),
        context={},
        settings={},
    )


def test_deltas_are_what_was_added_and_offsets_count_characters() -> None:
    run = Run(work())
    run.add("🤝 a")
    assert run.due  # the first text waits for nothing
    first = run.delta()
    run.add("租约")
    second = run.delta()
    data = [event.data for event in (first, second)]
    assert [(each.offset, each.text) for each in data] == [(0, "🤝 a"), (3, "租约")]  # type: ignore[union-attr]
    assert (first.at_rev, first.rev, first.conversation_id) == (7, None, "room")
    assert not run.due


def test_what_is_continued_goes_on_at_its_end_and_starts_over_with_it() -> None:
    run = Run(work("A lease", attempt=2))
    run.add(" is")
    assert run.delta().data.offset == 7  # type: ignore[union-attr]
    restarted, again = run.restart("cut")
    assert (restarted.name, restarted.data.attempt) == ("reply.restarted", 3)  # type: ignore[union-attr]
    assert (again.data.offset, again.data.text) == (0, "A lease")  # type: ignore[union-attr]
    assert run.text == "A lease"


def test_while_a_stop_is_decided_text_is_held_back() -> None:
    run = Run(work())
    run.add("one")
    run.freeze()
    run.add(" two")
    assert run.text == "one"
    run.thaw()
    assert run.text == "one two"


def test_nobody_else_is_asked_while_a_stop_is_decided() -> None:
    async def scene() -> None:
        run = Run(work())
        await run.settled()
        run.freeze()
        waiting = asyncio.create_task(run.settled())
        run.wake()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        run.thaw()
        await waiting

    asyncio.run(scene())


def test_who_was_asked_is_kept_when_it_changes() -> None:
    run = Run(work())
    run.fail(Link("openai", "first"), ProviderFailure("timeout"), 0.0)
    assert run.is_due(run.kept_at)
    first = run.checkpoint()
    assert first.said is not None
    assert [each.model for each in first.said.attempts] == ["first"]
    run.was_kept(first)
    assert not run.is_due(run.kept_at)
    run.add("text")
    assert run.checkpoint().said is None
    run.link = Link("openai", "second")
    assert run.checkpoint().said is not None


def test_what_is_continued_says_all_who_failed_and_what_all_took() -> None:
    before = wire.ReplyAttempt("openai", "first", "cut", 5)
    whole = work("A lease ")
    reply = replace(
        whole.reply, attempts=(before,), usage=wire.ReplyUsage(100, 200, 0.5), provider="openai"
    )
    run = Run(replace(whole, reply=reply))
    assert run.final("failed").provider == "openai"
    run.spend(Link("alibaba", "second"), Usage(10, 20, False), "done", 0.25)
    final = run.final("done")
    assert list(final.attempts) == [before]
    assert final.usage == wire.ReplyUsage(110, 220, 0.75, False)


def test_a_checkpoint_is_due_for_new_text_and_for_an_old_lease() -> None:
    run = Run(work())
    assert not run.is_due(run.kept_at)
    assert run.is_due(run.kept_at + RENEW + 1)
    run.add("one")
    assert run.is_due(run.kept_at)
    run.was_kept(run.checkpoint())
    assert not run.is_due(run.kept_at)


def test_in_the_end_it_says_who_failed_and_what_all_took() -> None:
    run = Run(work())
    first, second = Link("openai", "first"), Link("openai", "second")
    run.fail(first, ProviderFailure("limited"), 0.0)
    run.spend(first, Usage(10, 0, estimated=True), "failed", None)
    run.link, run.model = second, "second-2026"
    run.spend(second, Usage(10, 5, estimated=False), "done", 0.25)
    final = run.final("done")
    assert (final.provider, final.model, final.state) == ("openai", "second-2026", "done")
    assert [each.error for each in final.attempts] == ["limited"]
    assert final.usage == wire.ReplyUsage(20, 5, 0.25, estimated=True)
    assert [each.state for each in run.spent] == ["failed", "done"]


def test_only_what_is_done_says_whether_it_was_at_its_longest() -> None:
    run = Run(work())
    run.finish = "length"
    assert [run.final(state).finish for state in ("done", "interrupted")] == ["length", None]
