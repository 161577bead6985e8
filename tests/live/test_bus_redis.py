"""The bus of several nodes: what one publishes the others hear, and Redis may come and go."""

import asyncio
import os
from typing import Any

import pytest
import redis.asyncio
from structlog.testing import capture_logs

from tests.live.nodes import node, until
from tests.support.own_redis import OwnRedis
from trialogue.core.events import Event, LoginEnded, Typing
from trialogue.live.bus import client, codec, subscriptions

ROOM = "room"


@pytest.fixture
def prefix() -> str:
    """Channels that nobody else has."""
    return f"test:{os.urandom(8).hex()}"


def said(rev: int, room: str = ROOM) -> Event:
    return Event("typing", Typing("ada", True), room, rev=rev)


def test_what_one_node_publishes_the_others_hear_in_order(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            await two.bus.subscribe([ROOM])
            one.bus.publish([said(rev) for rev in range(1, 2_001)])
            await until(lambda: len(two.heard) == 2_000)
            assert two.heard == [said(rev) for rev in range(1, 2_001)]
            assert one.heard == []  # nobody listens there

    asyncio.run(scene())


def test_a_subscription_holds_when_it_has_returned(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            for rev in range(200):
                room = f"room {rev}"
                await two.bus.subscribe([room])
                one.bus.publish([said(rev, room)])
                if rev % 2:
                    two.bus.unsubscribe([room])
                    await two.bus.subscribe([room])
                    one.bus.publish([said(rev + 1_000, room)])
            # Of odd rooms the first may be lost: they were given up for a moment.
            certain = {*range(0, 200, 2), *range(1_001, 1_200, 2)}
            await until(lambda: certain <= set(two.revs()))

    asyncio.run(scene())


def test_a_nodes_own_events_come_at_once_and_only_once(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            await one.bus.subscribe([ROOM])
            await two.bus.subscribe([ROOM])
            one.bus.publish([said(1)])
            assert one.revs() == [1]
            await until(lambda: two.revs() == [1])
            two.bus.publish([said(2)])
            await until(lambda: len(one.heard) > 1)
            assert one.revs() == [1, 2], "its own echo came before what the other one answered"

    asyncio.run(scene())


def test_an_event_for_several_users_comes_once_to_each(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            await two.bus.subscribe(["ada", "bob"])
            about = Event("conversation.me", Typing("ada", True), ROOM, user_ids=("ada", "bob"))
            one.bus.publish([about])
            await until(lambda: len(two.heard) == 2)
            assert [event.user_ids for event in two.heard] == [("ada",), ("bob",)]

    asyncio.run(scene())


def test_nodes_of_another_product_hear_nothing(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with (
            node(redis_url, prefix) as one,
            node(redis_url, prefix) as two,
            node(redis_url, f"{prefix}:other") as stranger,
        ):
            for each in (two, stranger):
                await each.bus.subscribe([ROOM])
            one.bus.publish([said(1), Event("login.ended", LoginEnded("x"), user_ids=("ada",))])
            await until(lambda: len(two.heard) == 2)
            await stranger.bus.subscribe(["a round trip"])
            assert stranger.heard == []

    asyncio.run(scene())


def test_of_what_is_too_large_the_conversation_is_named(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            await two.bus.subscribe([ROOM])
            one.bus.publish([Event("typing", Typing("a" * codec.MOST, True), ROOM, rev=1)])
            await until(lambda: two.touched)
            assert (two.touched, two.heard) == ([ROOM], [])

    asyncio.run(scene())


@pytest.mark.parametrize(
    "poison", [b"", b"x", b"{}", b"[1]", b'{"v": 2, "conversation_id": null}', b"\xff\xfe"]
)
def test_what_cannot_be_read_is_logged_and_harms_nobody(
    redis_url: str, prefix: str, poison: bytes
) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            await two.bus.subscribe([ROOM])
            async with redis.asyncio.Redis.from_url(redis_url) as stranger:
                await stranger.publish(f"{prefix}:{ROOM}", b"-" * 16 + poison)
            one.bus.publish([said(1)])
            await until(lambda: two.heard)

    with capture_logs() as logs:
        asyncio.run(scene())
    assert [entry["log_level"] for entry in logs if entry["event"] == "bus.unreadable"]


def test_data_of_an_unknown_type_are_logged_and_the_next_event_is_sent(
    redis_url: str, prefix: str
) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as one, node(redis_url, prefix) as two:
            await two.bus.subscribe([ROOM])
            unknown: Any = object()
            one.bus.publish([Event("strange", unknown, ROOM), said(1)])
            await until(lambda: two.heard)
            assert two.revs() == [1]

    with capture_logs() as logs:
        asyncio.run(scene())
    assert [entry["event_name"] for entry in logs if entry["event"] == "bus.not_encoded"] == [
        "strange"
    ]


def test_without_redis_a_node_serves_its_own_and_hears_all_when_it_comes(
    own_redis: OwnRedis, prefix: str
) -> None:
    async def scene() -> None:
        own_redis.kill()
        async with (
            node(own_redis.url, prefix, absent=True) as one,
            node(own_redis.url, prefix, absent=True) as two,
        ):
            await one.bus.subscribe([ROOM])  # returns, though nobody confirms
            await two.bus.subscribe([ROOM])
            one.bus.publish([said(1)])
            assert one.revs() == [1]
            assert await one.bus.ping() is None
            own_redis.start()
            await until(lambda: one.returns and two.returns)
            one.bus.publish([said(2)])
            await until(lambda: 2 in two.revs())
            assert await two.bus.ping() is not None

    asyncio.run(scene())


def test_redis_may_be_killed_and_started_again_and_again(own_redis: OwnRedis, prefix: str) -> None:
    async def scene() -> None:
        async with node(own_redis.url, prefix) as one, node(own_redis.url, prefix) as two:
            await two.bus.subscribe([ROOM])
            for turn in range(1, 4):
                own_redis.kill()
                await two.bus.subscribe([f"of turn {turn}"])
                one.bus.publish([said(turn)])  # lost, and nobody waits
                own_redis.start()
                await until(lambda: one.returns > turn and two.returns > turn)  # noqa: B023
                one.bus.publish([said(100 + turn), said(200 + turn, f"of turn {turn}")])
                await until(lambda: {100 + turn, 200 + turn} <= set(two.revs()))  # noqa: B023

    asyncio.run(scene())


def test_a_redis_that_does_not_answer_is_given_up(
    own_redis: OwnRedis, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections, and nothing comes back: a subscription waits for a while only."""
    monkeypatch.setattr(client, "PATIENCE", 0.5)

    async def scene() -> None:
        async with node(own_redis.url, prefix) as one, node(own_redis.url, prefix) as two:
            own_redis.freeze()
            await two.bus.subscribe([ROOM])
            one.bus.publish([said(1)])
            assert await one.bus.ping() is None
            own_redis.thaw()
            await until(lambda: two.returns > 1 and one.returns)
            await until(lambda: _heard_after(one, two))

    def _heard_after(one: Any, two: Any) -> bool:
        one.bus.publish([said(2)])
        return 2 in two.revs()

    asyncio.run(scene())


def test_a_redis_that_falls_silent_is_found_out_without_a_question(
    own_redis: OwnRedis, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.5)
    monkeypatch.setattr(subscriptions, "HEARTBEAT", 0.2)

    async def scene() -> None:
        async with node(own_redis.url, prefix) as one:
            own_redis.freeze()
            await until(lambda: not one.bus._subscriptions.heard)
            own_redis.thaw()
            await until(lambda: one.returns > 1)

    asyncio.run(scene())


def test_what_is_left_is_sent_when_a_node_stops(redis_url: str, prefix: str) -> None:
    async def scene() -> None:
        async with node(redis_url, prefix) as two:
            await two.bus.subscribe([ROOM])
            async with node(redis_url, prefix) as one:
                one.bus.publish([said(rev) for rev in range(1_000)])
            await until(lambda: len(two.heard) == 1_000)

    asyncio.run(scene())
