"""Replies that are stopped, wait for their turn, or go on without those who were put out."""

from collections.abc import Callable

import pytest

from tests.support.client import Person, Stage, in_touch
from tests.support.provider import HOLD, Provider, provider, provider_process, say, silent
from tests.support.scripted import (
    WORDS,
    ask,
    asked,
    begun,
    chained,
    heard_until,
    release,
    settings,
)
from tests.support.server import Server
from tests.support.streams import ended, following

__all__ = ["chained", "provider", "provider_process"]

SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_a_stop_is_final_whenever_it_comes(chained: Server, provider: Provider) -> None:
    provider.queue("first", silent(), say(*WORDS[:2], HOLD, "late", HOLD, "later"))
    async with Stage(chained) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        helper = (await ada.ok("GET", "/api/v1/assistants"))["items"][0]
        await ada.ok("POST", f"/api/v1/conversations/{room}/members", user_id=helper["user"]["id"])
        async with ada.socket() as socket, bob.socket() as other:
            # Before the first token.
            await ask(ada, room)
            reply = await begun(socket)
            await asked(provider, began=1)
            stopped = await socket.done("replies.cancel", reply_id=reply["reply"]["id"])
            assert (stopped["state"], stopped["content"]) == ("cancelled", "")
            (first,) = await asked(provider, ended=1)
            assert first.closed_early is not None
            # In the midst of it, by another member, twice.
            await ask(ada, room, "And a fence?")
            reply = await begun(socket)
            await heard_until(socket, reply["id"], WORDS[1])
            path = f"/api/v1/replies/{reply['reply']['id']}/cancel"
            stopped = await bob.ok("POST", path)
            assert (stopped["state"], stopped["content"]) == ("cancelled", "".join(WORDS[:2]))
            assert (await bob.ok("POST", path))["content"] == stopped["content"]
            await release(provider)
            requests = await asked(provider, ended=2)
            assert requests[1].closed_early is not None
            await ended(other, reply["id"], "cancelled")
            # After the end: nothing changes.
            await ask(ada, room, "hello")
            reply = await begun(socket)
            final = await ended(socket, reply["id"])
            path = f"/api/v1/replies/{reply['reply']['id']}/cancel"
            after = await bob.ok("POST", path)
            assert (after["state"], after["rev"]) == ("done", final["rev"])
        late = [event for event in socket.events("reply.delta") if "late" in event["data"]["text"]]
        assert late == []


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_stop_on_one_node_ends_what_another_node_writes(
    make_nodes: Callable[..., list[Server]], redis_url: str, provider: Provider
) -> None:
    nodes = make_nodes(REDIS_URL=redis_url, **settings(provider))
    provider.queue("first", silent(), say(*WORDS[:2], HOLD, "late"))
    async with Stage(nodes[0]) as one, Stage(nodes[1]) as two:
        await in_touch(one, two)
        ada = await one.person("ada")
        there = Person(two, ada.grant)
        room = (await ada.ok("POST", "/api/v1/conversations", kind="assistant"))["id"]
        async with ada.socket() as socket, there.socket() as other:
            await ask(ada, room)
            reply = await begun(other)
            await asked(provider, began=1)
            stopped = await other.done("replies.cancel", reply_id=reply["reply"]["id"])
            assert (stopped["state"], stopped["content"]) == ("cancelled", "")
            (first,) = await asked(provider, ended=1)
            assert first.closed_early is not None
            await ask(ada, room, "And a fence?")
            reply = await begun(other)
            await heard_until(other, reply["id"], WORDS[1])
            await there.ok("POST", f"/api/v1/replies/{reply['reply']['id']}/cancel")
            for each in (socket, other):
                await ended(each, reply["id"], "cancelled")
            requests = await asked(provider, ended=2)
            assert requests[1].closed_early is not None


async def test_two_who_ask_at_once_are_answered_one_after_the_other(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", say("One", HOLD, "."), say("Two."))
    async with Stage(chained) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        helper = (await ada.ok("GET", "/api/v1/assistants"))["items"][0]
        await ada.ok("POST", f"/api/v1/conversations/{room}/members", user_id=helper["user"]["id"])
        async with ada.socket() as socket:
            questions = [await ask(ada, room, "First?"), await ask(bob, room, "Second?")]
            first = await begun(socket)
            await heard_until(socket, first["id"], "One")
            assert len(socket.events("message.created")) == 3
            await release(provider)
            one = await ended(socket, first["id"])
            second = await begun(socket)
            two = await ended(socket, second["id"])
        assert [one["parent_id"], two["parent_id"]] == [each["id"] for each in questions]
        assert [one["content"], two["content"]] == ["One.", "Two."]
        requests = await asked(provider)
        assert "Second?" not in str(requests[0].messages)
        assert "One." in str(requests[1].messages)
        assert str(requests[1].messages[-1]["content"]).endswith("Second?")


@SQLITE
async def test_who_is_put_out_hears_nothing_more_of_a_reply(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", say("One", HOLD, "secret"))
    async with Stage(chained) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        helper = (await ada.ok("GET", "/api/v1/assistants"))["items"][0]
        await ada.ok("POST", f"/api/v1/conversations/{room}/members", user_id=helper["user"]["id"])
        async with ada.socket() as socket:
            await ask(ada, room)
            reply = await begun(socket)
            async with following(bob, reply["reply"]["id"]) as events:
                await events.until("delta")
                await ada.call("DELETE", f"/api/v1/conversations/{room}/members/{bob.id}")
                await release(provider)
                last = (await events.rest())[-1]
                assert (last.name, last.data["code"]) == ("error", "not_found")
                assert "secret" not in events.text
            await ended(socket, reply["id"])
