"""Who follows a reply without a socket hears nothing more once they are out."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tests.ai.test_run import work
from trialogue.ai import watching
from trialogue.ai.run import Progress, Run
from trialogue.ai.watching import Seen, Watch, Watches
from trialogue.core import wire
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, Event, LoginEnded
from trialogue.core.policy import Actor
from trialogue.core.replies import Look

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


class Door:
    """A database in which someone sees a reply, until `out` says that they do not."""

    def __init__(self) -> None:
        self.out = False
        self.looks = 0

    async def read(self, function: object, *args: object) -> Look:
        self.looks += 1
        if self.out:
            raise ChatError("not_found", "There is no such message.")
        return Look("room", "streaming", wire.ReplyText(1, ""))


def seen_through(door: Door, run: Run | None) -> Seen:
    seen = Seen(cast(Any, door))
    if run is not None:
        seen._by_message["message"] = run
    return seen


def test_who_was_removed_on_another_node_hears_no_more_though_the_text_flows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "SIGN_OF_LIFE", 0.05)

    async def follow() -> None:
        door, run = Door(), Run(work())
        async for seen in seen_through(door, run).watch(ADA, "message"):
            door.out = True
            assert seen is None or len(seen.text) < 400, "it is told for ever"
            await asyncio.sleep(0.01)  # sleep: the pace of the text
            run.add("more")
            run.delta()

    with pytest.raises(ChatError):
        asyncio.run(follow())


def test_of_a_reply_of_another_node_there_are_signs_of_life_and_no_repetitions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "SIGN_OF_LIFE", 0.05)
    monkeypatch.setattr(watching, "POLL", 0.01)

    async def follow() -> list[Progress | None]:
        told = []
        async for each in seen_through(Door(), None).watch(ADA, "message"):
            told.append(each)
            if len(told) == 3:
                break
        return told

    assert asyncio.run(follow()) == [Progress(1, "", False), None, None]


@pytest.mark.parametrize("event", OUT[1:])
def test_whose_login_ends_hears_no_more_of_a_reply_of_another_node(
    monkeypatch: pytest.MonkeyPatch, event: Callable[[], Event]
) -> None:
    monkeypatch.setattr(watching, "SIGN_OF_LIFE", 0.05)
    monkeypatch.setattr(watching, "POLL", 0.01)

    async def follow() -> None:
        seen = seen_through(Door(), None)
        heard = 0
        async for _ in seen.watch(ADA, "message"):
            seen.ended(event())
            heard += 1
            assert heard < 10, "it is told for ever"

    with pytest.raises(ChatError):
        asyncio.run(follow())
