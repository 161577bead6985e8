"""A model provider in a process of its own, which does what a test tells it to.

It speaks OpenAI's and DashScope's wire on real sockets. `provider.queue("gpt", say("Hi"))` scripts
the next answer of a model; without a script it repeats the question. `provider.asked()` is what it
was asked, what it sent, and when a client hung up.
"""

import json
import selectors
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.server import PATIENCE, ROOT, environment

Step = str | dict[str, Any]
Script = dict[str, Any]

# Steps of an answer, beside its texts.
CUT: Step = {"cut": True}  # resets the TCP connection
END: Step = {"end": True}  # ends the body, without a finish reason and without [DONE]
HOLD: Step = {"hold": True}  # waits until the test calls `release`
GARBAGE: Step = {"raw": "data: {this is no JSON\n\n"}


def wait(seconds: float) -> Step:
    """Say nothing for a while."""
    return {"wait": seconds}


def hold(gate: str) -> Step:
    """Wait until the test releases this gate, and no other."""
    return {"hold": gate}


def raw(text: str) -> Step:
    """Send something as it is."""
    return {"raw": text}


def burst(*texts: str) -> Step:
    """Tokens that arrive together."""
    return {"burst": list(texts)}


def think(text: str) -> Step:
    """A token of reasoning."""
    return {"think": text}


def call(name: str, arguments: str) -> Step:
    """A call of a tool."""
    return {"tool": {"name": name, "arguments": arguments}}


def error(code: str, message: str = "No.", **more: Any) -> Step:
    """An error in the midst of the stream."""
    return {"raw": f"data: {json.dumps({'error': {'code': code, 'message': message, **more}})}\n\n"}


def say(*steps: Step, finish: str = "stop", usage: tuple[int, int] | None = None) -> Script:
    """An answer, token by token. `usage`: tokens of the prompt and of the answer; without it the
    server counts words and tokens; (0, 0) leaves usage out."""
    return {"steps": list(steps), "finish": finish, "usage": usage}


def fail(status: int, code: str = "", message: str = "No.", **headers: str) -> Script:
    """An error instead of an answer. Headers with `_` for `-`: `retry_after="2"`."""
    body = {"error": {"code": code, "message": message, "type": code}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "body": json.dumps(body), "headers": named}


def arrears() -> Script:
    """DashScope's unpaid account."""
    return fail(
        400, "Arrearage", "Access denied, please make sure your account is in good standing."
    )


def inspected() -> Script:
    """DashScope's content rules."""
    return fail(400, "data_inspection_failed", "Input data may contain inappropriate content.")


def silent() -> Script:
    """Takes the request and answers nothing until `release`, or until the client has enough."""
    return {"hold": True, **say()}


@dataclass(frozen=True)
class Asked:
    """One request. `line` numbers connections. Times are of `time.monotonic()`; `closed_early` is
    when the client hung up before the end of the answer; `usage` is what the server counted."""

    line: int
    path: str
    key: str
    model: str
    body: dict[str, Any]
    began: float
    sent: str
    tokens: int
    ended: float | None
    closed_early: float | None
    usage: tuple[int, int]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the model was given."""
        found: list[dict[str, Any]] = self.body["messages"]
        return found


class Provider:
    """The running process. `url` is where `/chat/completions` and `/models` are, and what
    OPENAI_BASE_URL should be; `root` is where Ollama's `/api/tags` is."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.url = f"{root}/v1"

    def queue(self, model: str, *scripts: Script) -> None:
        """Script the next answers of a model."""
        self._post("queue", {"model": model, "scripts": scripts})

    def release(self, gate: str | None = None) -> None:
        """Let all go on that wait at HOLD, or at a gate, and those that come after."""
        self._post("release", {"gate": gate})

    def asked(self, *, began: int = 0, ended: int = 0) -> list[Asked]:
        """The requests for answers so far, in order; waits until so many have begun, and so many
        have ended or were hung up on. Blocks: in a loop call it by `asyncio.to_thread`."""
        found = self._post("asked", {"began": began, "ended": ended})
        return [Asked(**{**one, "usage": tuple(one["usage"])}) for one in found]

    def serve(self, *, key: str | None = None, models: Sequence[str] | None = None) -> None:
        """Accept one key alone; list these models."""
        self._post("serve", {"key": key, "models": models})

    def reset(self) -> None:
        """Forget scripts, requests and whatever was set."""
        self._post("reset", {})

    def _post(self, verb: str, body: dict[str, Any]) -> Any:
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.root}/control/{verb}", data, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


@contextmanager
def running(port: int = 0) -> Iterator[Provider]:
    """A provider in a process of its own until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.provider_server", str(port)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(PATIENCE), "the provider did not start"
        yield Provider(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


@pytest.fixture(scope="session")
def provider_process() -> Iterator[Provider]:
    """The provider of this process's tests."""
    with running() as provider:
        yield provider


@pytest.fixture
def provider(provider_process: Provider) -> Iterator[Provider]:
    """A provider that knows nothing of other tests."""
    provider_process.reset()
    yield provider_process
    provider_process.release()
