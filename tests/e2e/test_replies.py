"""Replies of assistants through a whole server: seen everywhere alike, stopped, continued, saved
from crashes and from providers that fail. The provider is a process that speaks OpenAI's wire.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.client import Person, Socket, Stage
from tests.support.provider import (
    CUT,
    END,
    HOLD,
    Asked,
    Provider,
    arrears,
    fail,
    inspected,
    provider,
    provider_process,
    say,
    silent,
)
from tests.support.server import Server
from tests.support.streams import asking, assistant_room, ended, following, text_of

__all__ = ["provider", "provider_process"]

Json = Any
MakeServer = Callable[..., Server]
SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
WORDS = ["A lease 🤝", " is a", " promise,", " 租约，", " that", " runs out.\n"]
WHOLE = "".join(WORDS)


@pytest.fixture
def chained(make_server: MakeServer, provider: Provider) -> Server:
    """A server whose assistants ask `first`, and `second` where that fails."""
    return make_server(
        OPENAI_API_KEY="a key of tests",
        OPENAI_BASE_URL=provider.url,
        TRIALOGUE_AI_PROVIDERS="openai:first,openai:second",
        TRIALOGUE_AI_FIRST_TOKEN="2",
        TRIALOGUE_AI_TITLES="words",
    ).start()


async def ask(person: Person, room: str, content: str = "What is a lease?") -> Json:
    return await person.say(room, content)


async def begun(socket: Socket) -> Json:
    """The message of the next reply, as it begins."""
    event = await socket.expect(
        "message.created", lambda frame: frame["data"]["role"] == "assistant"
    )
    return event["data"]


async def get(person: Person, message_id: str) -> Json:
    return await person.ok("GET", f"/api/v1/messages/{message_id}")


async def asked(provider: Provider, **counts: int) -> list[Asked]:
    return await asyncio.to_thread(lambda: provider.asked(**counts))


async def release(provider: Provider) -> None:
    await asyncio.to_thread(provider.release)


async def heard_until(socket: Socket, message_id: str, text: str) -> None:
    await socket.until(lambda: text_of(socket, message_id).endswith(text), text)


async def test_one_reply_is_the_same_everywhere(chained: Server, provider: Provider) -> None:
    provider.queue("first", say(*WORDS[:3], HOLD, *WORDS[3:]))
    async with Stage(chained) as stage:
        ada, eve = await stage.people("ada", "eve")
        room = await assistant_room(ada)
        async with ada.socket() as device, eve.socket() as outsider:
            async with asking(ada, "What is a lease?", conversation_id=room) as events:
                assert (await events.until("message")).data["content"] == "What is a lease?"
                reply = (await events.until("reply")).data
                assert (reply["content"], reply["state"]) == ("", "streaming")
                await events.until("delta")
            # The asker has gone in the midst of it; another device comes.
            await heard_until(device, reply["id"], WORDS[2])
            async with ada.socket() as later:
                followed = await later.done("replies.follow", message_id=reply["id"])
                assert followed == {"attempt": 1, "text": "".join(WORDS[:3])}
                resuming = following(ada, reply["reply"]["id"], events.heard[-1].id)
                async with resuming as rest:
                    await release(provider)
                    await rest.rest()
                    final = await ended(device, reply["id"])
                await ended(later, reply["id"])
            assert final["content"] == WHOLE
            assert final["reply"]["model"].startswith("first")
            assert text_of(device, reply["id"]) == WHOLE
            before = events.text
            after = "".join(each.data["text"] for each in rest.heard if each.name == "delta")
            assert before + after == WHOLE
            assert rest.heard[-1].name == "done"
            assert rest.heard[-1].data["content"] == WHOLE
            assert outsider.about(room) == []
            assert (await eve.call("GET", f"/api/v1/messages/{reply['id']}")).status_code == 404
            path = f"/api/v1/replies/{reply['reply']['id']}/stream"
            assert (await eve.call("GET", path)).status_code == 404


@SQLITE
async def test_a_repeat_tells_the_same_question_and_its_answer(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", say(*WORDS))
    async with Stage(chained) as stage:
        ada = await stage.person()
        told = []
        for _ in range(2):
            async with asking(ada, "What is a lease?", client_id="once") as events:
                told.append([(each.name, each.data.get("id")) for each in await events.rest()])
                assert events.text == WHOLE
        assert [each for each in told[0] if each[1]] == [each for each in told[1] if each[1]]
        assert len(await asked(provider)) == 1


async def test_a_killed_server_loses_at_most_half_a_second_of_text(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", say(*WORDS[:4], HOLD, *WORDS[4:]), say(*WORDS[4:]))
    async with Stage(chained) as stage:
        ada = await stage.person()
        room = await assistant_room(ada)
        async with ada.socket() as socket:
            await ask(ada, room)
            reply = await begun(socket)
            await heard_until(socket, reply["id"], WORDS[3])
            kept = "".join(WORDS[:4])
            while (await get(ada, reply["id"]))["content"] != kept:
                pass  # the next checkpoint is to come
            chained.kill()
        await asyncio.to_thread(chained.start)
        broken = await get(ada, reply["id"])
        assert (broken["state"], broken["content"]) == ("interrupted", kept)
        assert broken["reply"]["error"]["code"] == "interrupted"
        async with ada.socket() as socket:
            again = await ada.ok("POST", f"/api/v1/messages/{reply['id']}/continue")
            assert (again["state"], again["content"]) == ("queued", kept)
            final = await ended(socket, reply["id"])
        assert final["content"] == WHOLE
        assert final["reply"]["attempt"] == 2
        assert final["seq"] == broken["seq"]


FAULTS = {
    "a fault": (fail(500, "server_error"), "unavailable"),
    "too many": (fail(429, "rate_limit_exceeded", retry_after="30"), "limited"),
    "no such key": (fail(401, "invalid_api_key"), "unauthorized"),
    "silence": (silent(), "timeout"),
    "a cut": (say("A le", CUT), "cut"),
    "an end without a reason": (say("A le", END), "cut"),
}


@SQLITE
@pytest.mark.parametrize("fault", FAULTS)
async def test_where_the_first_fails_the_second_answers(
    chained: Server, provider: Provider, fault: str
) -> None:
    script, code = FAULTS[fault]
    provider.queue("first", script)
    provider.queue("second", say(*WORDS))
    async with Stage(chained) as stage:
        ada = await stage.person()
        room = await assistant_room(ada)
        async with ada.socket() as socket:
            await ask(ada, room)
            reply = await begun(socket)
            final = await ended(socket, reply["id"])
        assert final["content"] == WHOLE
        assert text_of(socket, reply["id"]) == WHOLE
        assert final["reply"]["model"].startswith("second")
        (attempt,) = final["reply"]["attempts"]
        assert (attempt["provider"], attempt["model"], attempt["error"]) == (
            "openai",
            "first",
            code,
        )
        restarted = socket.events("reply.restarted")
        assert len(restarted) == (1 if code == "cut" else 0)
        assert final["reply"]["attempt"] == 1 + len(restarted)


@SQLITE
async def test_where_all_fail_it_is_said_and_can_be_tried_again(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", fail(503, "down", "secret: the database of ACME is on fire"))
    provider.queue("second", fail(500, "down"), say(*WORDS))
    async with Stage(chained) as stage:
        ada = await stage.person()
        async with asking(ada, "What is a lease?") as events:
            last = (await events.rest())[-1]
            reply = next(each for each in events.heard if each.name == "reply").data
        assert last.name == "error"
        assert last.data["code"] == "unavailable"
        assert "ACME" not in str(events.heard)
        failed = await get(ada, reply["id"])
        assert (failed["state"], failed["content"]) == ("failed", "")
        assert [each["model"] for each in failed["reply"]["attempts"]] == ["first", "second"]
        provider.queue("first", say(*WORDS))
        async with ada.socket() as socket:
            await ada.ok("POST", f"/api/v1/messages/{reply['id']}/continue")
            assert (await ended(socket, reply["id"]))["content"] == WHOLE


@SQLITE
async def test_what_is_refused_is_not_asked_elsewhere(chained: Server, provider: Provider) -> None:
    provider.queue("first", inspected())
    async with Stage(chained) as stage:
        ada = await stage.person()
        async with asking(ada, "something bad") as events:
            last = (await events.rest())[-1]
        assert (last.name, last.data["code"]) == ("error", "refused")
        assert [each.model for each in await asked(provider)] == ["first"]


@SQLITE
async def test_an_unpaid_account_is_not_asked_again(chained: Server, provider: Provider) -> None:
    provider.queue("first", arrears())
    async with Stage(chained) as stage:
        ada = await stage.person()
        for _ in range(2):
            async with asking(ada, "hello") as events:
                last = (await events.rest())[-1]
            assert last.name == "error"
        # The key itself is left alone: not even its other model is asked.
        assert len(await asked(provider)) == 1


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


@SQLITE
async def test_a_server_that_is_told_to_end_keeps_what_was_written(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", say(*WORDS[:4], HOLD, *WORDS[4:]))
    async with Stage(chained) as stage:
        ada = await stage.person()
        room = await assistant_room(ada)
        async with ada.socket() as socket:
            await ask(ada, room)
            reply = await begun(socket)
            async with following(ada, reply["reply"]["id"]) as events:
                while not events.text.endswith(WORDS[3]):
                    await events.until("delta")
                chained.send(signal.SIGTERM)
                assert (await events.rest())[-1].name == "error"
            await asyncio.to_thread(chained.wait)
        await asyncio.to_thread(chained.start)
        kept = await get(ada, reply["id"])
        assert (kept["state"], kept["content"]) == ("interrupted", "".join(WORDS[:4]))


@SQLITE
async def test_usage_is_what_the_provider_counted_and_stopped_ones_are_estimated(
    chained: Server, provider: Provider
) -> None:
    provider.queue(
        "first", say(*WORDS, usage=(120, 34)), say("Much text was", HOLD, usage=(10, 10))
    )
    async with Stage(chained) as stage:
        ada, bob = await stage.people("ada", "bob")
        room = await assistant_room(ada)
        async with ada.socket() as socket:
            await ask(ada, room)
            final = await ended(socket, (await begun(socket))["id"])
            assert final["reply"]["usage"]["input_tokens"] == 120
            assert final["reply"]["usage"]["output_tokens"] == 34
            assert not final["reply"]["usage"]["estimated"]
            await ask(ada, room, "More?")
            reply = await begun(socket)
            await heard_until(socket, reply["id"], "was")
            await socket.done("replies.cancel", reply_id=reply["reply"]["id"])
        found = await ada.ok("GET", "/api/v1/usage?by=model")
        assert [each["requests"] for each in found["items"]] == [2]
        assert found["total"]["input_tokens"] > 120
        assert (await bob.ok("GET", "/api/v1/usage"))["total"]["requests"] == 0
        other = await bob.call("GET", f"/api/v1/usage?user_id={ada.id}")
        assert other.status_code == 403


@SQLITE
async def test_over_the_limit_no_provider_is_asked(
    make_server: MakeServer, provider: Provider
) -> None:
    limited = make_server(
        OPENAI_API_KEY="a key of tests",
        OPENAI_BASE_URL=provider.url,
        TRIALOGUE_AI_PROVIDERS="openai:first",
        TRIALOGUE_AI_USER_TOKENS="100",
        TRIALOGUE_AI_TITLES="words",
    ).start()
    provider.queue("first", say("Enough.", usage=(90, 10)))
    async with Stage(limited) as stage:
        ada, bob = await stage.people("ada", "bob")
        async with asking(ada, "hello") as events:
            assert (await events.rest())[-1].name == "done"
        async with asking(ada, "again") as events:
            last = (await events.rest())[-1]
        assert (last.name, last.data["code"]) == ("error", "limited")
        assert "100 tokens" in last.data["detail"]
        assert last.data["retry_after"] > 0
        assert len(await asked(provider)) == 1
        provider.queue("first", say("Yes.", usage=(5, 5)))
        async with asking(bob, "hello") as events:
            assert (await events.rest())[-1].name == "done"
