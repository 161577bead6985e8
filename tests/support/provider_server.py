"""The process behind `provider.py`: HTTP/1.1 by hand, so that it can break in every way."""

import asyncio
import contextlib
import itertools
import json
import signal
import socket
import struct
import sys
import time
from collections import defaultdict, deque
from typing import Any

Headers = dict[str, str]
LINES = itertools.count()
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


class State:
    """What the test has set, and what was asked."""

    def __init__(self) -> None:
        self.scripts: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self.asked: list[dict[str, Any]] = []
        self.change = asyncio.Condition()
        self.released = asyncio.Event()
        self.gates: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.key: str | None = None
        self.models = ["gpt-test", "qwen-test"]

    async def note(self, asked: dict[str, Any], **what: Any) -> None:
        asked.update(what)
        async with self.change:
            self.change.notify_all()


class Line:
    """One connection; several requests may come on it."""

    def __init__(
        self, state: State, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.state, self.reader, self.writer = state, reader, writer
        self._early = b""  # of the next request
        self._number = next(LINES)

    async def serve(self) -> None:
        try:
            while True:
                head = self._early + await self.reader.readuntil(b"\r\n\r\n")
                self._early = b""
                method, path, headers = _parsed(head.decode())
                body = await self.reader.readexactly(int(headers.get("content-length", 0)))
                await self._answer(method, path, headers, body)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.writer.close()

    async def _answer(self, method: str, path: str, headers: Headers, body: bytes) -> None:
        if path.startswith("/control/"):
            verb = path.removeprefix("/control/")
            self._respond(200, json.dumps(await _control(self.state, verb, json.loads(body))))
        elif method == "POST" and path.endswith("/chat/completions"):
            await self._complete(path, headers, json.loads(body))
        elif path.endswith("/v1/models"):
            listed = [{"id": name, "object": "model"} for name in self.state.models]
            self._respond(200, json.dumps({"object": "list", "data": listed}))
        elif path.endswith("/api/tags"):
            listed = [{"name": name, "model": name} for name in self.state.models]
            self._respond(200, json.dumps({"models": listed}))
        else:
            self._respond(404, '{"error": {"message": "There is nothing here."}}')

    def _respond(self, status: int, body: str, headers: Headers | None = None) -> None:
        told = {"content-type": "application/json", **(headers or {})}
        told["content-length"] = str(len(body.encode()))
        self.writer.write(_head(status, told) + body.encode())

    async def _complete(self, path: str, headers: Headers, body: dict[str, Any]) -> None:
        state = self.state
        key = headers.get("authorization", "").removeprefix("Bearer ")
        asked: dict[str, Any] = {"path": path, "key": key, "model": body["model"], "body": body}
        asked |= {"began": time.monotonic(), "sent": "", "tokens": 0, "usage": (0, 0)}
        asked |= {"ended": None, "closed_early": None, "line": self._number}
        state.asked.append(asked)
        await state.note(asked)
        queue = state.scripts[body["model"]]
        script = queue.popleft() if queue else _echo(body)
        if state.key is not None and key != state.key:
            wrong = {"code": "invalid_api_key", "message": f"Incorrect API key provided: {key}."}
            script = {"status": 401, "body": json.dumps({"error": wrong})}
        hang_up = asyncio.create_task(self._hang_up())
        work = asyncio.create_task(self._play(script, asked))
        await asyncio.wait({hang_up, work}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
            await state.note(asked, closed_early=time.monotonic())
            raise ConnectionResetError
        hang_up.cancel()
        await asyncio.wait({hang_up})
        await state.note(asked, ended=time.monotonic())
        work.result()

    async def _hang_up(self) -> None:
        """Returns when the client closes. It may be the next request that comes instead, when the
        answer has just ended."""
        with contextlib.suppress(OSError):
            self._early = await self.reader.read(1)

    async def _play(self, script: dict[str, Any], asked: dict[str, Any]) -> None:
        if script.get("hold"):
            await self.state.released.wait()
        if "body" in script:
            self._respond(script["status"], script["body"], script.get("headers"))
            await self.writer.drain()
        elif asked["body"].get("stream"):
            await self._stream(script, asked)
        else:
            await self._whole(script, asked)

    async def _whole(self, script: dict[str, Any], asked: dict[str, Any]) -> None:
        texts = [step for step in script["steps"] if isinstance(step, str)]
        usage = asked["usage"] = _usage(script, asked["body"], len(texts))
        asked.update(sent="".join(texts), tokens=len(texts))
        message = {"role": "assistant", "content": "".join(texts)}
        choice = {"index": 0, "message": message, "finish_reason": script["finish"]}
        whole = {"id": "c-1", "object": "chat.completion", "created": 1, "model": asked["model"]}
        whole |= {"choices": [choice], "usage": _counted(usage)}
        self._respond(200, json.dumps(whole))
        await self.writer.drain()

    async def _stream(self, script: dict[str, Any], asked: dict[str, Any]) -> None:
        kind = {"content-type": "text/event-stream; charset=utf-8"}
        self.writer.write(_head(200, {**kind, "transfer-encoding": "chunked"}))
        await self._events(_chunk(asked["body"], {"role": "assistant", "content": ""}))
        for step in script["steps"]:
            if not await self._step(step, asked):
                return
        await self._events(_chunk(asked["body"], {}, finish=script["finish"]))
        usage = asked["usage"] = _usage(script, asked["body"], asked["tokens"])
        wanted = (asked["body"].get("stream_options") or {}).get("include_usage")
        if wanted and usage != (0, 0):
            await self._events(_usage_chunk(asked["body"], usage))
        await self._events("data: [DONE]\n\n")
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def _step(self, step: str | dict[str, Any], asked: dict[str, Any]) -> bool:
        """One step; whether there is a next one."""
        if isinstance(step, str):
            step = {"burst": [step]}
        match step:
            case {"burst": texts}:
                await self._say(texts, asked)
            case {"think": text}:
                await self._events(_chunk(asked["body"], {"reasoning_content": text}))
            case {"tool": tool}:
                named = {"index": 0, "id": "call-1", "type": "function", "function": tool}
                await self._events(_chunk(asked["body"], {"tool_calls": [named]}))
            case {"raw": text}:
                await self._events(text)
            case {"wait": seconds}:
                await asyncio.sleep(seconds)  # sleep: a provider that takes its time
            case {"hold": str() as gate}:
                await self.state.gates[gate].wait()
            case {"hold": _}:
                await self.state.released.wait()
            case {"end": _}:
                self.writer.write(b"0\r\n\r\n")
                await self.writer.drain()
                return False
            case {"cut": _}:
                self._cut()
                return False
        return True

    async def _say(self, texts: list[str], asked: dict[str, Any]) -> None:
        await self._events("".join(_chunk(asked["body"], {"content": text}) for text in texts))
        asked["sent"] += "".join(texts)
        asked["tokens"] += len(texts)
        asked["usage"] = _usage({}, asked["body"], asked["tokens"])

    async def _events(self, text: str) -> None:
        data = text.encode()
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await self.writer.drain()

    def _cut(self) -> None:
        """Reset the connection: what is on its way is lost."""
        line = self.writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


async def _control(state: State, verb: str, body: dict[str, Any]) -> Any:
    if verb == "queue":
        state.scripts[body["model"]].extend(body["scripts"])
    elif verb == "release":
        gate = body.get("gate")
        (state.gates[gate] if gate else state.released).set()
    elif verb == "serve":
        state.key = body["key"]
        state.models = state.models if body["models"] is None else body["models"]
    elif verb == "reset":
        for gate in (state.released, *state.gates.values()):
            gate.set()  # whoever still waits goes on
        state.__init__()  # type: ignore[misc]
    else:
        async with state.change:
            await state.change.wait_for(lambda: _reached(state, **body))
        return state.asked
    return None


def _reached(state: State, began: int, ended: int) -> bool:
    over = [asked for asked in state.asked if asked["ended"] or asked["closed_early"]]
    return len(state.asked) >= began and len(over) >= ended


def _echo(body: dict[str, Any]) -> dict[str, Any]:
    content = body["messages"][-1]["content"]
    if isinstance(content, list):
        content = " ".join(part.get("text", "") for part in content)
    words = [f"{word} " for word in f"You said: {content}".split(" ")]
    return {"steps": words, "finish": "stop", "usage": None}


def _usage(script: dict[str, Any], body: dict[str, Any], tokens: int) -> tuple[int, int]:
    """What the script says was used, else words of the question and tokens of the answer."""
    if script.get("usage") is not None:
        asked, answered = script["usage"]
        return asked, answered
    return sum(len(str(message.get("content")).split()) for message in body["messages"]), tokens


def _counted(usage: tuple[int, int]) -> dict[str, int]:
    asked, answered = usage
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": sum(usage)}


def _chunk(body: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    """An event, in the order and with the fields of OpenAI, or of DashScope for its models."""
    model = body["model"]
    if model.startswith("qwen"):
        said = {"content": "", "reasoning_content": None, "role": None, **delta}
        choice = {"delta": said, "finish_reason": finish, "index": 0, "logprobs": None}
        chunk = {"choices": [choice], "object": "chat.completion.chunk", "usage": None}
        chunk |= {"created": 1, "system_fingerprint": None, "model": model, "id": "chatcmpl-1"}
    else:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
        chunk |= {
            "model": f"{model}-2026",
            "choices": [choice],
            "usage": None,
            "obfuscation": "aB3",
        }
    return f"data: {json.dumps(chunk, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _called(model: str) -> str:
    """What the provider calls a model: OpenAI adds the date of its version."""
    return model if model.startswith("qwen") else f"{model}-2026"


def _usage_chunk(body: dict[str, Any], usage: tuple[int, int]) -> str:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
    chunk |= {"model": _called(body["model"]), "choices": [], "usage": _counted(usage)}
    return f"data: {json.dumps(chunk)}\n\n"


def _parsed(head: str) -> tuple[str, str, Headers]:
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    return method, target.partition("?")[0], headers


def _head(status: int, headers: Headers) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\n{lines}\r\n".encode()


async def serve(port: int) -> None:
    """Serve until the process is told to end; says on standard output where."""
    state = State()
    tasks = set[asyncio.Task[None]]()

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(asyncio.CancelledError):  # the process ends
            await Line(state, reader, writer).serve()
        tasks.discard(task)

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
    for task in tuple(tasks):
        task.cancel()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
