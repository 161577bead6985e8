"""What an assistant is given of a long conversation: a summary, and the newest messages."""

import pytest

from tests.support.client import Stage
from tests.support.provider import Provider, provider, provider_process, say
from tests.support.scripted import ask, asked, begun, chained
from tests.support.server import Server
from tests.support.streams import ended
from trialogue.core.summaries import PORTION

__all__ = ["chained", "provider", "provider_process"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_is_too_old_to_be_given_is_summed_up(
    chained: Server, provider: Provider
) -> None:
    provider.queue("first", say("Yes."), say("They counted to twenty."), say("Of course."))
    async with Stage(chained) as stage:
        ada = await stage.person()
        helper = await ada.ok(
            "POST",
            "/api/v1/assistants",
            name="Helper",
            trigger="mention",
            instructions="Be brief.",
            context={"messages": 2},
        )
        room = await ada.room()
        await ada.ok("POST", f"/api/v1/conversations/{room}/members", user_id=helper["user"]["id"])
        for number in range(PORTION + 2):
            await ask(ada, room, f"number {number}")
        name = helper["user"]["username"]
        async with ada.socket() as socket:
            await ask(ada, room, f"@{name} are you there?")
            await ended(socket, (await begun(socket))["id"])
            first, summary = await asked(provider, ended=2)
            assert "number 0" not in str(first.messages)
            assert "number 0" in str(summary.messages)
            usage = await ada.ok("GET", "/api/v1/usage")
            while usage["total"]["requests"] < 2:  # what it cost is written once it is kept
                usage = await ada.ok("GET", "/api/v1/usage")
            await ask(ada, room, f"@{name} what did we do?")
            await ended(socket, (await begun(socket))["id"])
            last = (await asked(provider, ended=3))[2]
        assert last.messages[0]["role"] in ("system", "developer")
        assert "They counted to twenty." in str(last.messages[0]["content"])
        assert "Be brief." in str(last.messages[0]["content"])
