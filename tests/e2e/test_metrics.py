"""What sockets and assistants do is counted too."""

import pytest

from tests.http.test_metrics import Numbers, of, read
from tests.support.client import Stage
from tests.support.server import Server


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_sockets_deliveries_commands_and_replies_are_counted(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:

        async def numbers() -> Numbers:
            return read(await stage.http.get("/metrics"))

        ada, bob = await stage.people("ada", "bob")
        room = await ada.room(bob)
        async with ada.socket() as one, bob.socket() as two:
            before = await numbers()
            assert of(before, "sockets") == 2
            for number in range(5):
                await one.done("messages.send", conversation_id=room, content=f"{number}")
            await two.expect("message.created", content="4")
            assert (await one.ask("messages.send"))["ok"] is False
            assert (await one.ask("no.such"))["ok"] is False
            after = await numbers()
            sends = {"command": "messages.send"}
            assert of(after, "commands_total", **sends, outcome="ok") == 5
            assert of(after, "commands_total", **sends, outcome="invalid") == 1
            assert of(after, "commands_total", command="unknown", outcome="invalid") == 1
            # to both of them; marks and who is online may come besides
            assert of(after, "deliveries_total") - of(before, "deliveries_total") >= 10
        answer = await ada.call("POST", "/api/v1/chat", json={"content": "Hello"})
        assert "event: done" in answer.text
        last = await numbers()
        asked = {"provider": "demo", "outcome": "done"}
        assert of(last, "ai_attempts_total", **asked) >= 1
        assert of(last, "replies_streaming") == 0
