"""Who follows a reply without a socket hears nothing more once they are out."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.ai.test_run import work
from trialogue.ai.run import Run
from trialogue.ai.watching import Watch, Watches
from trialogue.core import wire
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, Event, LoginEnded
from trialogue.core.policy import Actor

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADA = Actor("ada", "workspace", "member", "login")


def left(user_id: str, room: str) -> Event:
    user = wire.User(user_id, "x", "X", None, "human", "member", True, False, None, NOW)
    return Event("member.left", wire.Member(user, "member", NOW, NOW, 0, 9), room, rev=9)


OUT: list[Callable[[], Event]] = [
    lambda: left("ada", "room"),
    lambda: Event("login.ended", LoginEnded("login"), user_ids=("ada",)),
    lambda: Event("account.state", AccountState(active=False), user_ids=("ada",)),
]
NOT_OUT: list[Callable[[], Event]] = [
    lambda: left("bob", "room"),
    lambda: left("ada", "another room"),
    lambda: Event("login.ended", LoginEnded("another login"), user_ids=("ada",)),
    lambda: Event("account.state", AccountState(active=True), user_ids=("ada",)),
    lambda: Event("account.state", AccountState(active=False), user_ids=("bob",)),
]


async def watched(event: Event) -> bool:
    """Whether someone who waits for more text is put out by an event."""
    run, watches, watch = Run(work()), Watches(), Watch(ADA, "room")
    watches.add(watch)
    waiting = asyncio.create_task(watch.change(run, run.progress))
    await asyncio.sleep(0)
    watches.committed([event])
    run.add("more")
    run.delta()
    try:
        await waiting
    except ChatError as error:
        return error.code == "not_found"
    return False


@pytest.mark.parametrize("event", OUT)
def test_who_is_out_is_told_so_at_once(event: Callable[[], Event]) -> None:
    assert asyncio.run(watched(event()))


@pytest.mark.parametrize("event", NOT_OUT)
def test_what_concerns_others_puts_nobody_out(event: Callable[[], Event]) -> None:
    assert not asyncio.run(watched(event()))


def test_more_text_and_the_end_are_told() -> None:
    async def follow() -> list[tuple[str, bool]]:
        run, watch = Run(work()), Watch(ADA, "room")
        seen = [run.progress]
        run.add("one")
        run.delta()
        for act in (lambda: None, run.end):
            act()
            following = await watch.change(run, seen[-1])
            assert following is not None
            seen.append(following)
        return [(each.text, each.ended) for each in seen]

    assert asyncio.run(follow()) == [("", False), ("one", False), ("one", True)]
