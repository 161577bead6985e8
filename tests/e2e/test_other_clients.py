"""Other programs' own clients, unmodified, against a running server: OpenAI's for Python is in
`tests/http/test_openai.py`; here are OpenAI's for Node, the Vercel AI SDK, and curl."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.assisted import Assisted
from tests.support.client import PATIENCE, Person, Stage
from tests.support.provider import CUT, HOLD, say
from tests.support.server import ROOT, environment

NODE = Path(sys.executable).with_name("node")
CLIENTS = ROOT / "web" / "clients"

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def node(script: str, *arguments: str) -> Any:
    """What a script of `web/clients` prints."""
    done = subprocess.run(
        [str(NODE), str(CLIENTS / script), *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def wait_for(condition: Callable[[], bool]) -> None:
    """Until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)  # sleep: between two looks


def said(message: Any) -> list[str]:
    return [part["text"] for part in message["parts"] if part["type"] == "text"]


def test_openais_client_for_node_lists_asks_and_streams(assisted: Assisted) -> None:
    ada = assisted.person()
    helper = assisted.answerer(say("A ", "whole one"), say("A ", "stream", usage=(3, 2)))
    told = node("openai.js", f"{assisted.url}/v1", ada.token, helper.username)
    assert helper.username in told["models"]
    assert told["answer"] == "A whole one"
    assert told["text"] == "A stream"
    assert told["usage"]["total_tokens"] == 5
    assert told["refused"] == {"known": True, "code": "model_not_found", "param": "model"}


def test_the_vercel_ai_sdk_chats_edits_and_asks_anew(assisted: Assisted) -> None:
    ada, helper = assisted.person(), assisted.answerer()

    def ask(verb: str, **more: str) -> Any:
        asked = {"do": verb, "chatId": "c 1/ü", "id": "m-1", "assistantId": helper.id, **more}
        return node("vercel.js", assisted.url, ada.token, json.dumps(asked))

    first = ask("send", text="Hello")
    assert said(first["message"]) == ["You said: Hello "]
    assert first["message"]["role"] == "assistant"
    assert first["errors"] == []
    assert ask("send", text="Hello")["message"]["id"] == first["message"]["id"]
    assert said(ask("send", text="Another")["message"]) == ["You said: Another "]
    again = ask("regenerate", text="Another")
    assert said(again["message"]) == ["You said: Another "]
    assert again["message"]["id"] != first["message"]["id"]
    assert ask("resume") == {"nothing": True}
    assisted.provider.queue(helper.first, say("Half of it", HOLD, CUT))
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(ask, "send", text="Cut", id="m-2")
        wait_for(lambda: "Half of it" in ada.get("/api/v1/conversations").text)
        assisted.provider.release()
        restarted = asking.result()
    assert "reset-step" in [chunk["type"] for chunk in restarted["chunks"]]
    assert said(restarted["message"]) == ["You said: Cut "]


async def test_what_other_clients_ask_is_seen_live(assisted: Assisted) -> None:
    helper = assisted.answerer(say("One ", HOLD, "two"))
    async with Stage(assisted.server) as stage:
        ada = await stage.person()
        async with ada.socket() as socket:
            body = {
                "model": helper.id,
                "messages": [{"role": "user", "content": "Hello"}],
                "store": True,
                "stream": True,
            }
            asking = asyncio.create_task(ada.call("POST", "/v1/chat/completions", json=body))
            asked = await socket.expect("message.created", content="Hello")
            delta = await socket.expect("reply.delta", text="One ")
            await asyncio.to_thread(assisted.provider.release)
            done = await socket.expect("message.updated", state="done", content="One two")
            assert done["data"]["id"] == delta["data"]["message_id"]
            assert done["data"]["parent_id"] == asked["data"]["id"]
            assert (await asking).status_code == 200


async def test_curl_streams_server_sent_events(assisted: Assisted) -> None:
    helper = assisted.answerer(say("One ", HOLD, "two"))
    async with Stage(assisted.server) as stage:
        ada = await stage.person()
        address = f"{assisted.url}/api/v1/chat"
        body = json.dumps({"content": "Hello", "assistant_id": helper.id})
        lines = await curl(assisted, ada, address, body)
        names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
        assert names[:3] == ["message", "reply", "delta"]
        assert names[-1] == "done"


async def curl(assisted: Assisted, person: Person, address: str, body: str) -> list[str]:
    """The lines that curl prints; the provider goes on once some text has come."""
    headers = [
        "-H",
        f"Authorization: Bearer {person.token}",
        "-H",
        "Content-Type: application/json",
    ]
    running = await asyncio.create_subprocess_exec(
        *("curl", "-sSN", "--fail-with-body", *headers, "-d", body, address),
        stdout=asyncio.subprocess.PIPE,
    )
    assert running.stdout is not None
    lines = []
    async for line in running.stdout:
        lines.append(line.decode().strip())
        if "One" in lines[-1]:
            await asyncio.to_thread(assisted.provider.release)
    assert await running.wait() == 0
    return lines
