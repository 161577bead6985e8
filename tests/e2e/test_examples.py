"""What the documents show does what they say: the bot, and the tour with curl."""

import asyncio
import json
import re
import subprocess
import sys

import pytest

from tests.support.client import PATIENCE, Stage
from tests.support.server import ROOT, Server, environment
from tests.support.serving import Make

BOT = ROOT / "examples" / "bot.py"
TOUR = ROOT / "docs" / "guide" / "curl.md"
LINES = 20


def test_the_bot_has_twenty_lines() -> None:
    lines = BOT.read_text().split('"""\n', 2)[-1].splitlines()
    assert len([line for line in lines if line.strip() and line.strip()[0] != "#"]) <= LINES


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_bot_answers_who_names_it_and_nobody_else(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bot = await stage.people("ada", "bot")
        room = await ada.room(bot)
        token = (await bot.ok("POST", "/api/v1/auth/tokens", name="bot"))["token"]
        settings = {"TRIALOGUE_URL": f"ws://127.0.0.1:{server.port}", "TRIALOGUE_TOKEN": token}
        running = await asyncio.create_subprocess_exec(
            sys.executable, str(BOT), env=environment(**settings), stdout=subprocess.PIPE
        )
        try:
            assert running.stdout is not None
            async with asyncio.timeout(PATIENCE):
                assert await running.stdout.readline() == f"{bot.name} listens\n".encode()
            async with ada.socket() as socket:
                await ada.say(room, "Nobody is named here")
                for question in ("are you there", "and now"):
                    asked = await ada.say(room, f"@{bot.name} {question}?")
                    answer = await socket.expect("message.created", parent_id=asked["id"])
                    assert answer["data"]["sender"]["id"] == bot.id
                    assert answer["data"]["content"] == f"You said: {asked['content']}"
                # Its answers name it, too: it must not have answered itself.
                assert len(socket.events("message.created")) == 5
        finally:
            running.terminate()
            await running.wait()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_the_tour_with_curl_can_be_walked(make_server: Make) -> None:
    server = make_server().start()
    blocks = re.findall(r"```sh\n(.*?)```", TOUR.read_text(), re.DOTALL)
    script = "".join(blocks).replace("http://127.0.0.1:8000", server.url)
    assert server.url in script
    done = subprocess.run(
        ["sh", "-eu"],
        input=script,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    answers = list(documents(done.stdout))
    me, joined, sent, newest, after, edited, reacted, answered, *more = answers
    readers, recalled, with_file, fetched, changes = more
    assert me["username"] == "kevin"
    assert joined["role"] == "member"
    assert sent["mentions"] == [joined["user"]["id"]]
    assert [one["seq"] for one in newest["items"]] == [1, 2]
    assert [one["id"] for one in after["items"]] == [sent["id"]]
    assert edited["content"].endswith("eleven?")
    assert reacted["reactions"] == [{"emoji": "👍", "count": 1, "me": True}]
    assert answered["parent_id"] == sent["id"]
    assert [one["user"]["username"] for one in readers["items"]] == ["小明"]
    assert recalled["retracted_at"]
    assert recalled["content"] == ""
    assert [file["file_name"] for file in with_file["attachments"]] == ["plan.json"]
    assert fetched == {"at": "eleven"}
    assert changes["rev"] == changes["conversation"]["last_rev"]


def documents(text: str) -> list[dict[str, object]]:
    """The JSON documents that stand one after the other in a text."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text.rstrip()):
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found
