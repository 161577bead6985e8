"""The bytes of a WebSocket client (RFC 6455) that looks at nothing but the heads of frames."""

import json
from collections.abc import Iterator
from uuid import uuid4

TEXT, PING, PONG = 0x81, 0x89, 0x8A  # first bytes of whole frames
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"  # of the key below
)
EMPTY_FRAME = b"\x81\x02{}"
TRIGGER = b"\x81\x80\0\0\0\0"
CREATED = b'{"event":"message.created"'
UPDATED = b'{"event":"message.updated"'
DELTA = b'{"event":"reply.delta"'
_ZERO_MASK = b"\0\0\0\0"  # a mask all the same: the server unmasks as ever


def upgrade(port: int, token: str) -> bytes:
    """What a browser sends from a page of the server's own; about 800 bytes."""
    return (
        "GET /ws HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "Connection: Upgrade\r\n"
        "Pragma: no-cache\r\n"
        "Cache-Control: no-cache\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36\r\n"
        "Upgrade: websocket\r\n"
        f"Origin: http://127.0.0.1:{port}\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        "Accept-Encoding: gzip, deflate, br, zstd\r\n"
        "Accept-Language: en-GB,en;q=0.9,zh-CN;q=0.8,zh;q=0.7\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        f"Sec-WebSocket-Protocol: trialogue, {token}\r\n"
        "\r\n"
    ).encode()


def send_message(
    conversation_id: str, content: str, *, id: str = "1", client_id: str | None = None
) -> bytes:
    """The frame of a `messages.send`; without a `client_id` with a fresh one."""
    args = {"conversation_id": conversation_id, "content": content}
    args["client_id"] = client_id or str(uuid4())
    return text({"id": id, "do": "messages.send", "args": args})


def text(body: object) -> bytes:
    """A client's text frame of at most 64 kB."""
    payload = json.dumps(body).encode()
    if len(payload) < 126:
        return bytes([TEXT, 0x80 | len(payload)]) + _ZERO_MASK + payload
    return bytes([TEXT, 0x80 | 126]) + len(payload).to_bytes(2) + _ZERO_MASK + payload


def commands(data: bytes) -> Iterator[tuple[bytes, int]]:
    """The whole frames of a client of ours: payload, and where the frame ends. Its mask is zero."""
    at = 0
    while len(data) - at >= 2:
        size, start = data[at + 1] & 0x7F, at + 6
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4]), at + 8
        if len(data) < start + size:
            return
        at = start + size
        yield data[start:at], at


def served(payload: bytes) -> bytes:
    """A text frame as a server sends it, with 126 to 65 535 bytes."""
    return bytes([TEXT, 126]) + len(payload).to_bytes(2) + payload


def pong(payload: bytes) -> bytes:
    """The answer to a ping."""
    return bytes([PONG, 0x80 | len(payload)]) + _ZERO_MASK + payload


def frames(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Where the whole frames of a server stand: first byte, start and end of the payload."""
    at = 0
    while len(data) - at >= 2:
        size, start = data[at + 1], at + 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            if len(data) < start + wide:
                return
            size, start = int.from_bytes(data[start : start + wide]), start + wide
        if len(data) < start + size:
            return
        yield data[at], start, start + size
        at = start + size
