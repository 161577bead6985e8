"""What the documents show does what they say: the bot, and the tour with curl."""

import asyncio
import json
import re
import subprocess
import sys

import pytest

from tests.http.conftest import open_http
from tests.support.client import PATIENCE, Caller, Stage
from tests.support.server import ROOT, Server, environment
from tests.support.serving import Make

BOT = ROOT / "examples" / "bot.py"
TOUR = ROOT / "docs" / "guide" / "curl.md"
ASKING = ROOT / "docs" / "guide" / "assistants.md"
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


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_the_guide_to_assistants_can_be_walked(make_server: Make) -> None:
    server = make_server().start()
    blocks = re.findall(r"```(sh|python)\n(.*?)```", ASKING.read_text(), re.DOTALL)
    shell = "".join(text for kind, text in blocks if kind == "sh")
    shell = shell.replace("http://127.0.0.1:8000", server.url)
    told = _run(["sh", "-eu"], shell)
    for sign in ("event: done", '"is_user":true', "data: [DONE]", "…-key", '"ok":true'):
        assert sign in told, sign
    with open_http(server) as http:
        ada = Caller(http).person()
    settings = {"TRIALOGUE_URL": server.url, "TRIALOGUE_TOKEN": ada.token}
    programs = [text for kind, text in blocks if kind == "python"]
    streamed, kept = [_run([sys.executable, "-"], text, **settings) for text in programs]
    assert streamed.startswith("assistant\n")
    answer = streamed.removeprefix("assistant\n").strip()
    assert answer
    assert kept.strip().endswith(answer)


def _run(command: list[str], program: str, **settings: str) -> str:
    """What a program prints, which must end well and complain of nothing."""
    done = subprocess.run(
        command,
        input=program,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def documents(text: str) -> list[dict[str, object]]:
    """The JSON documents that stand one after the other in a text."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text.rstrip()):
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found
