"""A transport that merges text deltas which arrive together, before an SDK parses each of them.

May touch: HTTP. An SDK and pydantic-ai spend some 200 µs on every event of a stream; here one costs
a few. What is no plain text delta (tools, reasoning, usage, finish, errors, other vendors' events,
garbage) passes byte for byte.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Self, cast

import httpx2

WINDOW = 0.025  # seconds for which text is gathered; the eye takes 40 changes a second for flow
# Seconds more for each stream that runs. An event costs some 0.4 ms of CPU, whatever is in it; so
# all streams together take about half of a core, however many they are.
EACH = 0.0007
LONGEST = 0.2  # seconds
BACKLOG = 262_144  # bytes that are read ahead of the reader
LARGEST = 8 * 1024 * 1024  # bytes of one event; a picture may be in it
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_STRING = rb'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*'
_WHOLE = re.compile(_STRING)
_CONTENT = re.compile(rb'"content"\s*:\s*"(' + _STRING + rb')"')
# Padding that OpenAI adds, so that lengths of packets tell nothing about the text.
_PADDING = re.compile(rb',\s*"obfuscation"\s*:\s*"[A-Za-z0-9]*"')
# pydantic-ai tells thinking from text by whether a whole delta is one of these.
_TAGS = {"<think>", "</think>", "<thinking>", "</thinking>"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands before and after the text in a provider's events."""

    before: bytes
    after: bytes

    def text(self, body: bytes) -> bytes | None:
        """The escaped text of an event with this frame; None if it has another one."""
        start, end = len(self.before), len(body) - len(self.after)
        if start > end or not body.startswith(self.before) or not body.endswith(self.after):
            return None
        text = body[start:end]
        return text if _is_string(text) else None


def _is_string(text: bytes) -> bool:
    if _WHOLE.fullmatch(text) is None:
        return False
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _framed(body: bytes) -> _Frame | None:
    """The frame of an event, when it is a plain text delta.

    That is proven by what the frame says with another text in it: a delta whose only content is
    that text, and nothing that a reader would miss if it came once instead of twice.
    """
    if not body.startswith(b"data:") or b"\n" in body or b"\r" in body:
        return None
    found = _CONTENT.search(body, body.find(b'"delta"') + 1)
    if found is None:
        return None
    before, after = body[: found.start(1)], body[found.end(1) :]
    try:
        event = json.loads((before + b"x" + after).removeprefix(b"data:"))
    except ValueError:
        return None
    return _Frame(before, after) if _is_plain(event) else None


def _is_plain(event: object) -> bool:
    match event:
        case {"choices": [{"delta": {"content": "x", **others}, **choice}], **rest}:
            pass
        case _:
            return False
    if others.pop("role", None) not in (None, "assistant"):
        return False
    choice.pop("index", None)
    silent = (*others.values(), *choice.values(), rest.get("usage"), rest.get("error"))
    return all(value is None for value in silent)


class Merger:
    """Takes the bytes of a stream of events and gives those of one with fewer events. Pure."""

    def __init__(self) -> None:
        self.flowing = False  # whether text has come, and the end has not
        self._rest = b""
        self._frame = _Frame(b"\x00", b"")
        self._run: list[bytes] = []  # whole events, as they came
        self._texts: list[bytes] = []  # and their texts

    def feed(self, data: bytes) -> bytes:
        """What can be passed on, now that these bytes have come: all events that are complete."""
        looked_at = max(0, len(self._rest) - 3)  # before that no end begins
        data = self._rest + data
        passed: list[bytes] = []
        start = 0
        for end in _END.finditer(data, looked_at):
            self._take(data[start : end.start()], end.group(), passed)
            start = end.end()
        self._rest = data[start:]
        self._flush(passed)
        return b"".join(passed)

    @property
    def is_endless(self) -> bool:
        """Whether an event has come that is larger than any."""
        return len(self._rest) > LARGEST

    def rest(self) -> bytes:
        """What came after the last complete event, once nothing more comes."""
        rest, self._rest = self._rest, b""
        return rest

    def _take(self, body: bytes, end: bytes, passed: list[bytes]) -> None:
        bare = _PADDING.sub(b"", body) if b'"obfuscation"' in body else body
        text = self._frame.text(bare)
        if text is None:
            self._flush(passed)
            frame = _framed(bare)
            if frame is not None:
                self._frame = frame
                text = frame.text(bare)
        if text is None or _is_tag((text,)):
            self._flush(passed)
            passed.append(body + end)
            self.flowing = self.flowing and not body.endswith(b"[DONE]")
            return
        self.flowing = self.flowing or bool(text)
        self._run.append(body + end)
        self._texts.append(text)

    def _flush(self, passed: list[bytes]) -> None:
        if len(self._run) > 1 and not _is_tag(self._texts):
            frame = self._frame
            passed += (frame.before, *self._texts, frame.after, b"\n\n")
        else:
            passed += self._run
        self._run.clear()
        self._texts.clear()


def _is_tag(texts: tuple[bytes, ...] | list[bytes]) -> bool:
    """Whether the texts together are one of the tags, so that merging would make it one."""
    if sum(map(len, texts)) > 40:  # the longest tag, with `<` and `>` as \u003c and \u003e
        return False
    joined = b"".join(texts)
    return b"think" in joined and json.loads(b'"%s"' % joined) in _TAGS


class _MergedStream(httpx2.AsyncByteStream):
    """The body of an answer, merged.

    A task of its own reads ahead: whether more has arrived cannot be asked of an HTTP body, and a
    read that was begun cannot be given up without closing the line.
    """

    def __init__(self, inner: httpx2.AsyncByteStream, live: set[object], window: float) -> None:
        self._inner = inner
        self._live = live
        self._window = window
        live.add(self)
        self._arrived: list[bytes] = []
        self._size = 0
        self._change = asyncio.Event()
        self._room = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._merger = Merger()
        self._passed_at = 0.0
        self._arrived_at = 0.0  # when the first of what has not passed yet came
        self._over = False

    def __aiter__(self) -> Self:
        # SDKs iterate an answer a second time, to drain what follows its end.
        return self

    async def __anext__(self) -> bytes:
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        while not self._over:
            await self._change.wait()
            await self._linger(self._reader)
            self._over = self._reader.done()
            merged = self._merger.feed(self._taken())
            if self._merger.is_endless:
                raise httpx2.ReadError("An event has no end.")
            if self._over:
                merged += self._merger.rest()
            if merged:
                self._passed_at = asyncio.get_running_loop().time()
                return merged
        self._reader.result()  # raises what has ended the line
        raise StopAsyncIteration

    async def _linger(self, reader: asyncio.Task[None]) -> None:
        """Let more arrive, while text flows. The first text is passed on at once."""
        crowd = min(len(self._live) * EACH, LONGEST)
        # Counted from the last text, so that a slow model's text does not wait; but in a crowd from
        # when this one came: a busy loop comes back late, and would never gather anything.
        until = max(self._passed_at + max(self._window, crowd), self._arrived_at + crowd - WINDOW)
        early = until - asyncio.get_running_loop().time()
        if self._merger.flowing and early > 0 and not reader.done():
            await asyncio.sleep(early)  # sleep: the time for which text is gathered

    def _taken(self) -> bytes:
        data = b"".join(self._arrived)
        self._arrived.clear()
        self._size = 0
        if not self._over:
            self._change.clear()
        self._room.set()
        return data

    async def _read(self) -> None:
        try:
            async for data in self._inner:
                if not self._arrived:
                    self._arrived_at = asyncio.get_running_loop().time()
                self._arrived.append(data)
                self._size += len(data)
                self._change.set()
                while self._size > BACKLOG:
                    self._room.clear()
                    await self._room.wait()
        finally:
            self._change.set()

    async def aclose(self) -> None:
        self._live.discard(self)
        try:
            if self._reader is not None:
                self._reader.cancel()
                # Also takes note of an error that nobody has waited for.
                await asyncio.gather(self._reader, return_exceptions=True)
        finally:
            await self._inner.aclose()


class MergingTransport(httpx2.AsyncBaseTransport):
    """Merges the events of answers that are streams of events; others pass as they are."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, window: float = WINDOW) -> None:
        self._inner = inner
        self._window = window
        self._live: set[object] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request and its answer."""
        # Compressed events could not be looked at.
        request.headers["accept-encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        kind = answer.headers.get("content-type", "")
        plain = answer.headers.get("content-encoding", "identity") == "identity"
        if not kind.startswith("text/event-stream") or not plain:
            return answer
        answer.stream = _MergedStream(
            cast(httpx2.AsyncByteStream, answer.stream), self._live, self._window
        )
        return answer

    async def aclose(self) -> None:
        """Close the lines."""
        await self._inner.aclose()
