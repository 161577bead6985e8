"""Frames: the same ones whatever the pieces in which bytes come, and clear refusals."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as Peer
from websockets.frames import Opcode

from trialogue.core.events import Event, LoginEnded
from trialogue.live import frames
from trialogue.live.frames import Frame, FrameError, Parser


def sent(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    """A frame as a real client writes it."""
    return Peer(opcode, payload, fin).serialize(mask=True)


def taken(parser: Parser) -> list[Frame]:
    found = []
    while (frame := parser.take()) is not None:
        found.append(frame)
    return found


def refusal(data: bytes, most: int = frames.MESSAGE_MOST) -> int:
    parser = Parser(most)
    parser.feed(data)
    with pytest.raises(FrameError) as refused:
        taken(parser)
    parser.feed(b"more")
    assert parser.take() is None
    return refused.value.code


TEXTS = st.lists(st.text(max_size=300), min_size=1, max_size=8)


@given(TEXTS, st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_any_split_of_the_bytes_gives_the_same_messages(texts: list[str], cuts: list[int]) -> None:
    data = b"".join(sent(Opcode.TEXT, text.encode()) for text in texts)
    parser, found, place = Parser(), [], 0
    while place < len(data):
        size = cuts[place % len(cuts)]
        parser.feed(data[place : place + size])
        found += taken(parser)
        place += size
    assert [frame.payload.decode() for frame in found] == texts


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, frames.MESSAGE_MOST])
def test_every_form_of_length_is_read(size: int) -> None:
    parser = Parser()
    parser.feed(sent(Opcode.BINARY, b"x" * size))
    assert taken(parser) == [Frame(frames.BINARY, b"x" * size)]


def test_fragments_are_joined_and_control_frames_may_come_between() -> None:
    parser = Parser()
    parser.feed(
        sent(Opcode.TEXT, "你".encode()[:2], fin=False)
        + sent(Opcode.PING, b"still there?")
        + sent(Opcode.CONT, "你".encode()[2:])
    )
    assert taken(parser) == [
        Frame(frames.PING, b"still there?"),
        Frame(frames.TEXT, "你".encode()),
    ]


def test_broken_frames_are_protocol_errors() -> None:
    unmasked = Peer(Opcode.TEXT, b"x").serialize(mask=False)
    reserved = bytes([0x80 | 0x40 | 1, 0x80, 0, 0, 0, 0])
    unknown = bytes([0x83, 0x80, 0, 0, 0, 0])
    fragmented_ping = bytes([0x09, 0x80, 0, 0, 0, 0])
    long_ping = bytes([0x89, 0x80 | 126, 1, 0, 0, 0, 0, 0])
    interrupted = sent(Opcode.TEXT, b"a", fin=False) + sent(Opcode.TEXT, b"b")
    for data in (unmasked, reserved, unknown, fragmented_ping, long_ping, interrupted):
        assert refusal(data) == 1002
    assert refusal(sent(Opcode.CONT, b"nothing to continue")) == 1002


def test_text_that_is_no_utf8_is_refused() -> None:
    assert refusal(sent(Opcode.TEXT, b"\xff")) == 1007
    assert refusal(sent(Opcode.TEXT, "\ud800".encode("utf-8", "surrogatepass"))) == 1007


def test_text_fails_with_the_first_piece_that_is_wrong() -> None:
    assert refusal(sent(Opcode.TEXT, b"\xff", fin=False)) == 1007
    split = sent(Opcode.TEXT, "𝄞".encode()[:2], fin=False)
    assert refusal(split + sent(Opcode.CONT, b"x", fin=False)) == 1007
    assert refusal(split + sent(Opcode.CONT, b"")) == 1007


@pytest.mark.parametrize(
    "head", [b"\x81\xfe\x00\x7d", b"\x81\xff" + (65_535).to_bytes(8), b"\x81\xff" + b"\xff" * 8]
)
def test_a_length_in_a_longer_form_than_it_needs_is_refused(head: bytes) -> None:
    assert refusal(head + bytes(4)) == 1002


def test_a_message_that_is_too_long_is_refused_by_its_header() -> None:
    whole = sent(Opcode.TEXT, b"x" * 101)
    assert refusal(whole[:8], most=100) == 1009
    pieces = sent(Opcode.TEXT, b"x" * 60, fin=False) + sent(Opcode.CONT, b"x" * 60)
    assert refusal(pieces, most=100) == 1009


@given(st.binary(max_size=400))
def test_noise_yields_at_most_what_it_holds_or_is_refused(noise: bytes) -> None:
    parser, found = Parser(), []
    parser.feed(noise)
    with suppress(FrameError):
        found = taken(parser)
    assert sum(len(frame.payload) for frame in found) <= len(noise)


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
def test_a_close_frame_is_read(code: int) -> None:
    assert frames.read_close(code.to_bytes(2) + b"bye") == (code, "bye")
    assert frames.read_close(b"") == (1005, "")


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xed", b"\x00\x00", b"\x03\xe8\xff"])
def test_a_close_frame_that_may_not_be_is_refused(payload: bytes) -> None:
    with pytest.raises(FrameError):
        frames.read_close(payload)


def test_the_reason_of_a_close_is_cut_between_characters() -> None:
    frame = frames.encode_close(4400, "多" * 100)
    assert len(frame) <= 127
    assert frame[4:].decode().strip("多") == ""


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_what_the_server_writes_is_a_whole_unmasked_frame(size: int) -> None:
    frame = frames.encode_text(b"x" * size)
    assert frame == Peer(Opcode.TEXT, b"x" * size).serialize(mask=False)


def test_an_event_begins_with_its_name_and_says_its_number() -> None:
    event = Event("login.ended", LoginEnded("x"), "room", rev=7)
    frame = frames.encode_recorded(event)
    assert frame.endswith(
        b'{"event":"login.ended","conversation_id":"room","rev":7,"data":{"login_id":"x"}}'
    )
    answer = frames.encode_answer("1", {"ok": True})
    assert orjson.loads(answer[2:]) == {"id": "1", "ok": True}
