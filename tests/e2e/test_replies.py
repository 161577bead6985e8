"""Replies of assistants through a whole server: seen everywhere alike, continued, saved from
crashes and from providers that fail. The provider is a process that speaks OpenAI's wire.
"""

import asyncio
import signal

import pytest

from tests.support.client import Stage
from tests.support.provider import (
    CUT,
    END,
    HOLD,
    Provider,
    arrears,
    fail,
    inspected,
    provider,
    provider_process,
    say,
    silent,
)
from tests.support.scripted import (
    WHOLE,
    WORDS,
    MakeServer,
    ask,
    asked,
    begun,
    chained,
    get,
    heard_until,
    release,
    start,
)
from tests.support.server import Server
from tests.support.streams import asking, assistant_room, ended, following, text_of

__all__ = ["chained", "provider", "provider_process"]

SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


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
    make_server: MakeServer, provider: Provider, fault: str
) -> None:
    script, code = FAULTS[fault]
    patience = "5" if code == "timeout" else "60"
    chained = start(make_server, provider, TRIALOGUE_AI_FIRST_TOKEN=patience)
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
    limited = start(make_server, provider, TRIALOGUE_AI_USER_TOKENS="100")
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
        body = {"model": "default", "messages": [{"role": "user", "content": "again"}]}
        for more in ({}, {"store": True}):
            refused = await ada.call("POST", "/v1/chat/completions", json={**body, **more})
            assert refused.status_code == 429
            assert refused.json()["error"]["code"] == "insufficient_quota"
            assert refused.headers["x-should-retry"] == "false"
        assert len(await asked(provider)) == 1
        provider.queue("first", say("Yes.", usage=(5, 5)))
        async with asking(bob, "hello") as events:
            assert (await events.rest())[-1].name == "done"
