"""Bytes <-> WebSocket frames (RFC 6455), the server's side, and events as JSON. Pure.

Incremental and bounded: a frame is refused by its header, before its payload is kept.
"""

import codecs
import sys
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from trialogue.core.events import Event

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without the compiled wheel
    from websockets.utils import apply_mask

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_CONTINUATION = 0x0
_FIN, _RESERVED, _MASKED = 0x80, 0x70, 0x80
_CONTROL_MOST = 125
MESSAGE_MOST = 1024 * 1024  # bytes of one message, all of its fragments together

_NEVER = sys.maxsize
_EXTERNAL_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})


class FrameError(Exception):
    """The peer broke the protocol; `code` is the close code that says how."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Frame(NamedTuple):
    """A whole message or control frame; the payload of a text message is valid UTF-8."""

    opcode: int
    payload: bytes


class Parser:
    """Client frames out of bytes, in whatever pieces they come.

    `feed` keeps bytes, `take` gives the next whole message or control frame, None when there
    is none yet. Raises FrameError 1002, 1007 or 1009; nothing can be taken after that.
    """

    __slots__ = ("_buffer", "_decoder", "_message", "_most", "_need", "_opcode")

    def __init__(self, most: int = MESSAGE_MOST) -> None:
        self._most = most
        self._buffer: bytes | bytearray = b""
        self._need = 2  # bytes that must be there before looking again is worth it
        self._opcode = _CONTINUATION  # of the fragmented message under way
        self._message: bytearray | None = None
        self._decoder: codecs.IncrementalDecoder | None = None  # of its text

    def feed(self, data: bytes) -> None:
        """Keep bytes from the wire; after an error they are thrown away."""
        if self._need == _NEVER:
            return
        if not self._buffer:
            self._buffer = data
            return
        if not isinstance(self._buffer, bytearray):
            self._buffer = bytearray(self._buffer)  # grows and shrinks without copying all
        self._buffer += data

    def take(self) -> Frame | None:
        """The next whole message or control frame, or None."""
        try:
            return self._take()
        except FrameError:
            self._buffer, self._message, self._need = b"", None, _NEVER
            raise

    def _take(self) -> Frame | None:
        while len(self._buffer) >= self._need:
            size = self._size()
            if size is None:
                return None
            frame = self._cut(*size)
            if frame is not None:
                return frame
        return None

    def _size(self) -> tuple[int, int] | None:
        """Bytes of the next frame's header and payload; None while it is not whole."""
        buffer = self._buffer
        self._check_head(buffer[0], buffer[1])
        length, header = buffer[1] & 0x7F, 6
        if length >= 126:
            wide = 2 if length == 126 else 8
            header += wide
            if len(buffer) < 2 + wide:
                self._need = 2 + wide
                return None
            length = int.from_bytes(buffer[2 : 2 + wide])
            _check_form(length, wide)
        self._check_length(buffer[0] & 0xF, length)
        if len(buffer) < header + length:
            self._need = header + length
            return None
        self._need = 2
        return header, length

    def _check_head(self, first: int, second: int) -> None:
        opcode = first & 0xF
        if first & _RESERVED:
            raise FrameError(1002, "reserved bits are set")
        if opcode not in (_CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise FrameError(1002, "unknown opcode")
        if not second & _MASKED:
            raise FrameError(1002, "client frames must be masked")
        if opcode >= CLOSE and (not first & _FIN or second & 0x7F > _CONTROL_MOST):
            raise FrameError(1002, "control frames are short and whole")
        if opcode == _CONTINUATION and self._message is None:
            raise FrameError(1002, "nothing to continue")
        if opcode in (TEXT, BINARY) and self._message is not None:
            raise FrameError(1002, "a fragmented message is under way")

    def _check_length(self, opcode: int, length: int) -> None:
        so_far = len(self._message) if opcode == _CONTINUATION and self._message else 0
        if so_far + length > self._most:
            raise FrameError(1009, f"messages have at most {self._most} bytes")

    def _cut(self, header: int, length: int) -> Frame | None:
        buffer, end = self._buffer, header + length
        first = buffer[0]
        payload = apply_mask(buffer[header:end], buffer[header - 4 : header])
        if end == len(buffer):
            self._buffer = b""
        elif isinstance(buffer, bytearray):
            del buffer[:end]
        else:
            self._buffer = bytearray(buffer[end:])
        if first & 0xF >= CLOSE:
            return Frame(first & 0xF, payload)
        return self._assemble(first & 0xF, bool(first & _FIN), payload)

    def _assemble(self, opcode: int, last: bool, payload: bytes) -> Frame | None:
        if opcode != _CONTINUATION and last:
            return _message(opcode, payload)
        if opcode != _CONTINUATION:
            self._opcode, self._message = opcode, bytearray()
            self._decoder = _utf8() if opcode == TEXT else None
        message = self._message if self._message is not None else bytearray()
        if self._decoder is not None:  # text that is wrong fails with its first wrong piece
            _decode(payload, self._decoder, last=last)
        message += payload
        self._message = None if last else message
        return Frame(self._opcode, bytes(message)) if last else None


def _check_form(length: int, wide: int) -> None:
    """RFC 6455, 5.2: the shortest form it is, and the top bit of the longest is never set."""
    if length >> 63 or length < (126 if wide == 2 else 1 << 16):
        raise FrameError(1002, "the length is not in its shortest form")


def _message(opcode: int, payload: bytes) -> Frame:
    if opcode == TEXT and not payload.isascii():
        _decode(payload, _utf8(), last=True)
    return Frame(opcode, payload)


_utf8 = codecs.getincrementaldecoder("utf-8")


def _decode(payload: bytes, decoder: codecs.IncrementalDecoder, *, last: bool) -> str:
    try:
        return decoder.decode(payload, last)
    except UnicodeDecodeError:
        raise FrameError(1007, "text must be UTF-8") from None


def read_close(payload: bytes) -> tuple[int, str]:
    """Code and reason of a close frame; 1005 when it has none (RFC 6455, 5.5.1 and 7.4).

    Raises FrameError for a code that may not be sent, and a reason that is not UTF-8.
    """
    if not payload:
        return 1005, ""
    code = int.from_bytes(payload[:2])
    if len(payload) < 2 or not (code in _EXTERNAL_CODES or 3000 <= code < 5000):
        raise FrameError(1002, "close code is not valid")
    return code, _decode(payload[2:], _utf8(), last=True)


def encode_text(payload: bytes) -> bytes:
    """A whole text frame as the server sends it: made once, written to many."""
    return _header(TEXT, len(payload)) + payload


def encode_close(code: int, reason: str = "") -> bytes:
    """A close frame; the reason is cut to what fits, between characters."""
    text = reason.encode()[: _CONTROL_MOST - 2].decode(errors="ignore").encode()
    return _header(CLOSE, 2 + len(text)) + code.to_bytes(2) + text


def encode_pong(payload: bytes) -> bytes:
    """The answer to a ping: the same payload."""
    return _header(PONG, len(payload)) + payload


PING_FRAME = bytes([_FIN | PING, 0])


def _header(opcode: int, length: int) -> bytes:
    if length < 126:
        return bytes([_FIN | opcode, length])
    if length < 65536:
        return bytes([_FIN | opcode, 126]) + length.to_bytes(2)
    return bytes([_FIN | opcode, 127]) + length.to_bytes(8)


def _json(body: Mapping[str, object]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)  # times as HTTP writes them


def encode_event(
    name: str,
    data: object,
    *,
    conversation_id: str | None = None,
    rev: int | None = None,
    at_rev: int | None = None,
) -> bytes:
    """The text frame of an event, `event` as the first key."""
    body: dict[str, object] = {"event": name}
    if conversation_id is not None:
        body["conversation_id"] = conversation_id
    if rev is not None:
        body["rev"] = rev
    elif at_rev is not None:
        body["at_rev"] = at_rev
    body["data"] = data
    return encode_text(_json(body))


def encode_recorded(event: Event) -> bytes:
    """The text frame of an event that the core has recorded."""
    return encode_event(
        event.name,
        event.data,
        conversation_id=event.conversation_id,
        rev=event.rev,
        at_rev=event.at_rev,
    )


def encode_resync(conversation_id: str) -> bytes:
    """The text frame that sends a client to catch up with one conversation by itself."""
    data = {"conversation_id": conversation_id}
    return encode_event("resync", data, conversation_id=conversation_id)


def encode_answer(command_id: str | None, answer: Mapping[str, object]) -> bytes:
    """The text frame that answers a command: `id` first, then `ok` and `data` or `error`."""
    return encode_text(_json({"id": command_id, **answer}))
