"""Merged and unmerged streams say the same; what is no plain text passes byte for byte."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from time import process_time
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai._streaming import SSEDecoder

from trialogue.ai import merging
from trialogue.ai.merging import Merger, MergingTransport

OPENAI = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5"}


def data(event: object, end: str = "\n\n", *, ascii_: bool = False) -> bytes:
    text = json.dumps(event, ensure_ascii=ascii_, separators=(",", ":"))
    return f"data: {text}{end}".encode()


def delta(text: str, end: str = "\n\n", *, ascii_: bool = False, **more: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": text, **more}, "finish_reason": None}
    return data({**OPENAI, "choices": [choice], "usage": None}, end, ascii_=ascii_)


def qwen(text: str) -> bytes:
    said = {"content": text, "reasoning_content": None, "role": None}
    choice = {"delta": said, "finish_reason": None, "index": 0, "logprobs": None}
    return data({"choices": [choice], **OPENAI})


def padded(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return data({**OPENAI, "choices": [choice], "obfuscation": "aB3" * (len(text) % 4)})


FINISH = data({**OPENAI, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
OTHERS = [
    FINISH,
    data({**OPENAI, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}),
    data({**OPENAI, "choices": [{"index": 0, "delta": {"reasoning_content": "Hm"}}]}),
    data({**OPENAI, "choices": [{"index": 0, "delta": {"content": "a", "reasoning": "b"}}]}),
    data({**OPENAI, "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}]}),
    data({**OPENAI, "choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": {"a": 1}}]}),
    data({**OPENAI, "choices": [{"delta": {"content": "x"}}, {"delta": {"content": "y"}}]}),
    data({**OPENAI, "choices": [{"delta": {"tool_calls": [{"index": 0, "id": "t"}]}}]}),
    data({**OPENAI, "choices": [{"delta": {"content": None, "refusal": "no"}}]}),
    data({"error": {"code": "server_error", "message": '"content":"x"'}}),
    data({**OPENAI, "choices": [{"delta": {"content": "x"}}], "usage": {"prompt_tokens": 1}}),
    b": a comment\n\n",
    b"event: ping\ndata: {}\n\n",
    b"id: 7\ndata: {}\n\n",
    b"data: [DONE]\n\n",
    b"data: {broken\n\n",
    b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"\\x"}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"a","content":"b"}}]}\n\n',
    b"data: \xf0\x9f\n\n",
    b"\n\n",
    b"garbage\r\n\r\n",
]
TAGS = ["<think>", "</think>", "<thi", "nk>", "<", "think", ">"]
TEXTS = st.text(max_size=6) | st.sampled_from(['"', "\\", "\n", "你好", "😀", "\u2028", *TAGS])
PLAIN = st.one_of(
    st.builds(delta, TEXTS),
    st.builds(delta, TEXTS, st.just("\r\n\r\n")),
    st.builds(delta, TEXTS, ascii_=st.just(True)),
    st.builds(delta, TEXTS, role=st.just("assistant")),
    st.just(delta("", role="assistant")),
    st.builds(qwen, TEXTS),
    st.builds(padded, TEXTS),
)
STREAMS = st.lists(PLAIN | st.sampled_from(OTHERS), max_size=25).map(b"".join)


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    """The stream in pieces, cut anywhere."""
    marks = sorted({place % (len(stream) + 1) for place in places} | {0, len(stream)})
    return [stream[start:end] for start, end in itertools.pairwise(marks)]


def merged(pieces: Sequence[bytes]) -> bytes:
    merger = Merger()
    return b"".join(map(merger.feed, pieces)) + merger.rest()


def read(stream: bytes) -> tuple[list[object], str]:
    """What the OpenAI SDK reads of a stream, runs of plain text joined; and how that ended."""
    events: list[object] = []
    try:
        for event in SSEDecoder().iter_bytes(iter([stream])):
            if event.data.startswith("[DONE]"):
                return events, "done"
            _note(events, json.loads(event.data))
    except ValueError as error:
        return events, type(error).__name__
    return events, "over"


def _note(events: list[object], event: Any) -> None:
    """Add an event; text goes to the text before it, unless a whole delta is a tag."""
    match event:
        case {"choices": [{"delta": {"content": str(text), **said}, **choice}], **rest} if (
            not any(value for name, value in said.items() if name != "role")
            and choice.get("finish_reason") is None
            and choice.get("logprobs") is None
            and rest.get("usage") is None
        ):
            if text in TAGS[:2]:
                events.append(("tag", text))
            elif events and isinstance(events[-1], str):
                events[-1] += text
            else:
                events.append(text)
        case _:
            events.append(event)


def _without_nothing(events: list[object]) -> list[object]:
    """Runs of text around an empty one join, so empty ones count for nothing."""
    found: list[object] = []
    for event in events:
        if isinstance(event, str) and found and isinstance(found[-1], str):
            found[-1] += event
        elif event != "":
            found.append(event)
    return found


@given(STREAMS, st.lists(st.integers(0, 10_000), max_size=12))
def test_merged_and_unmerged_say_the_same(stream: bytes, places: list[int]) -> None:
    events, end = read(merged(cut(stream, places)))
    wanted, wanted_end = read(stream)
    assert (_without_nothing(events), end) == (_without_nothing(wanted), wanted_end)


@given(st.lists(st.sampled_from(OTHERS), max_size=12), st.lists(st.integers(0, 5_000), max_size=9))
def test_what_is_no_plain_text_passes_byte_for_byte(others: list[bytes], places: list[int]) -> None:
    stream = b"".join(others)
    assert merged(cut(stream, places)) == stream


@pytest.mark.parametrize("other", OTHERS)
def test_two_alike_that_are_no_plain_text_stay_two(other: bytes) -> None:
    assert merged([other + other]) == other + other


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=9))
def test_garbage_passes_byte_for_byte(stream: bytes, places: list[int]) -> None:
    assert merged(cut(stream, places)) == stream


@pytest.mark.parametrize("form", [delta, qwen, padded])
def test_texts_that_come_together_are_one_event(form: Any) -> None:
    stream = b"".join(form(text) for text in ('Say "', "hi", '"\n', "你好", "😀"))
    found = merged([stream])
    assert found.count(b"data:") == 1
    assert read(found) == (['Say "hi"\n你好😀'], "over")


def test_an_event_that_comes_alone_is_left_as_it_is() -> None:
    assert merged([padded("Hello"), padded(" you")]) == padded("Hello") + padded(" you")


def test_half_a_character_waits_for_its_other_half() -> None:
    whole = delta("😀")
    merger = Merger()
    place = whole.index("😀".encode()) + 2
    assert merger.feed(whole[:place]) == b""
    assert merger.feed(whole[place:]) == whole


def test_merging_makes_no_tag_and_leaves_one_alone() -> None:
    apart = delta("<thi") + delta("nk>")
    assert merged([apart]) == apart
    tagged = delta("<think>") + delta("Hm") + delta(".") + delta("</think>")
    assert merged([tagged]).count(b"data:") == 3


def test_an_index_that_changes_is_not_merged() -> None:
    second = delta("b").replace(b'"index":0', b'"index":1')
    assert merged([delta("a") + second]) == delta("a") + second


# Over a transport -----------------------------------------------------------------------------


class Body(httpx2.AsyncByteStream):
    """Pieces that the test lets come; an exception among them is raised."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.closed = False

    def send(self, *pieces: bytes | Exception | None) -> None:
        for piece in pieces:
            self.pieces.put_nowait(piece)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self.pieces.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closed = True


class Inner(httpx2.AsyncBaseTransport):
    def __init__(self, body: Body, **headers: str) -> None:
        self.body, self.asked = body, httpx2.Request("GET", "http://none")
        self.headers = {"content-type": "text/event-stream", **headers}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked = request
        return httpx2.Response(200, headers=self.headers, stream=self.body)


async def opened(inner: Inner, window: float) -> httpx2.Response:
    client = httpx2.AsyncClient(transport=MergingTransport(inner, window))
    return await client.send(client.build_request("GET", "http://model"), stream=True)


def test_the_first_text_waits_for_nothing_and_the_next_ones_gather() -> None:
    async def scene() -> None:
        body = Body()
        answer = await opened(Inner(body), window=3_600)
        raw = answer.aiter_raw()
        body.send(delta("a"))
        assert await asyncio.wait_for(anext(raw), 30) == delta("a")
        body.send(delta("b"), delta("c"), FINISH)
        following = asyncio.ensure_future(anext(raw))
        await asyncio.wait({following}, timeout=0.05)
        assert not following.done()
        following.cancel()
        await asyncio.wait({following})
        await answer.aclose()
        assert body.closed

    asyncio.run(scene())


def test_what_gathers_is_one_event() -> None:
    async def scene() -> None:
        body = Body()
        answer = await opened(Inner(body), window=0.2)
        body.send(delta("a"))
        raw = answer.aiter_raw()
        await anext(raw)
        body.send(delta("b"), delta("c"))
        assert read(await anext(raw)) == (["bc"], "over")
        body.send(FINISH, b"data: [DONE]\n\n", None)
        assert b"".join([piece async for piece in raw]) == FINISH + b"data: [DONE]\n\n"

    asyncio.run(scene())


def test_in_a_crowd_text_is_gathered_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "EACH", 3_600)
    monkeypatch.setattr(merging, "LONGEST", 3_600)

    async def scene() -> None:
        body = Body()
        answer = await opened(Inner(body), window=0)
        raw = answer.aiter_raw()
        body.send(delta("a"))
        assert await anext(raw) == delta("a")
        body.send(delta("b"))
        following = asyncio.ensure_future(anext(raw))
        await asyncio.wait({following}, timeout=0.05)
        assert not following.done()
        following.cancel()
        await asyncio.wait({following})
        await answer.aclose()

    asyncio.run(scene())


def test_a_line_that_breaks_gives_what_has_come_and_then_the_error() -> None:
    async def scene() -> None:
        body = Body()
        answer = await opened(Inner(body), window=0)
        body.send(delta("a"), b"data: half", httpx2.ReadError("cut"))
        raw = answer.aiter_raw()
        assert await anext(raw) == delta("a") + b"data: half"
        with pytest.raises(httpx2.ReadError):
            await anext(raw)
        await answer.aclose()

    asyncio.run(scene())


def test_a_reader_that_is_slow_is_not_read_ahead_of_without_bounds() -> None:
    async def scene() -> None:
        body = Body()
        answer = await opened(Inner(body), window=0)
        piece = delta("x" * 100_000)
        body.send(*[piece] * 50, None)
        raw = answer.aiter_raw()
        size = len(await anext(raw))
        for _ in range(100):
            await asyncio.sleep(0)
        assert body.pieces.qsize() > 40
        async for piece_ in raw:
            size += len(piece_)
        assert size > 50 * 100_000

    asyncio.run(scene())


def test_other_answers_pass_as_they_are() -> None:
    async def scene(**headers: str) -> None:
        body = Body()
        inner = Inner(body, **headers)
        answer = await opened(inner, window=0)
        assert answer.stream is not None
        stream = delta("a") + delta("b")
        body.send(stream, None)
        assert b"".join([piece async for piece in answer.aiter_raw()]) == stream
        assert inner.asked.headers["accept-encoding"] == "identity"

    asyncio.run(scene(**{"content-type": "application/json"}))
    asyncio.run(scene(**{"content-encoding": "gzip"}))


def test_an_event_of_many_packets_is_looked_through_once() -> None:
    started, merger = process_time(), Merger()
    event = b"data: " + b"x" * 65_536 * 120
    packets = [event[at : at + 65_536] for at in range(0, len(event), 65_536)]
    assert [merger.feed(packet) for packet in packets] == [b""] * len(packets)
    assert merger.feed(b"\r") + merger.feed(b"\n\r") == b""
    assert merger.feed(b"\n") == event + b"\r\n\r\n"
    assert process_time() - started < 3  # each time from its beginning it takes several


def test_a_stream_without_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "LARGEST", 100)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"data: more"
            await asyncio.sleep(0)

    def answer(_: httpx2.Request) -> httpx2.Response:
        kind = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=kind, content=endless())

    async def read() -> None:
        transport = MergingTransport(httpx2.MockTransport(answer))
        async with httpx2.AsyncClient(transport=transport) as client:
            await asyncio.wait_for(client.get("http://x"), 10)

    with pytest.raises(httpx2.ReadError):
        asyncio.run(read())
