"""A model provider that costs next to nothing: OpenAI's wire, tokens in a steady rhythm.

Its process listens on `PORT`. A question "rate=50 tokens=500" is answered by 500 tokens, 50 a
second, each a write of its own; a token is the moment when it was written (`TOKEN` characters).
"""

import asyncio
import json
import os
import re
import time
from typing import cast

import uvloop

from bench.processes import HOST

TOKEN = 14  # a space, and 13 digits: microseconds by CLOCK_MONOTONIC
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_QUESTION = re.compile(r"rate=(\d+) tokens=(\d+)")
_END = re.compile(rb"\r\n\r\n")


def question(rate: int, tokens: int) -> str:
    """What makes it answer `tokens` tokens, `rate` a second."""
    return f"rate={rate} tokens={tokens}"


def request(port: int, content: str) -> bytes:
    """The question as a client asks it that does nothing else."""
    asked = {
        "model": "bench",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": content}],
    }
    body = json.dumps(asked).encode()
    return (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def now() -> int:
    """Microseconds by the clock that all processes of a machine share."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


class Line(asyncio.Protocol):
    """One connection; one question after the other."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._data = b""
        self._next: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        self._data += data
        head = _END.search(self._data)
        if self._data.startswith(b"GET /health "):
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            self._data = b""
        elif head is not None:
            found = re.search(rb"content-length: *(\d+)", self._data[: head.start()], re.I)
            size = int(found[1]) if found else 0
            body = self._data[head.end() :]
            if len(body) >= size:
                self._data = body[size:]
                self._answer(str(json.loads(body[:size])["messages"][-1]["content"]))

    def _answer(self, content: str) -> None:
        found = _QUESTION.search(content)
        rate, tokens = (int(found[1]), int(found[2])) if found else (1_000, 2)
        self.transport.write(HEAD + _event({"role": "assistant", "content": ""}))
        loop = asyncio.get_running_loop()
        start, written = loop.time(), 0

        def write() -> None:
            nonlocal written
            # Late ones follow at once: the rhythm is that of the clock.
            while written < tokens and start + written / rate <= loop.time():
                self.transport.write(_event({"content": f" {now():013d}"}))
                written += 1
            if written < tokens:
                self._next = loop.call_at(start + written / rate, write)
            else:
                self._end(tokens)

        write()

    def _end(self, tokens: int) -> None:
        usage = {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": tokens + 10}
        last = _event({}, finish="stop") + _chunked({"choices": [], "usage": usage})
        self.transport.write(last + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        if self._next is not None:
            self._next.cancel()


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _chunked({"choices": [choice], "usage": None})


def _chunked(facts: dict[str, object]) -> bytes:
    event = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, **facts}
    data = f"data: {json.dumps({**event, 'model': 'bench'}, separators=(',', ':'))}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


async def main() -> None:
    port = int(os.environ["PORT"])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Line, HOST, port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
