"""RFC 6455 on the wire, byte by byte: what a running server makes of every kind of frame."""

import asyncio
import json
from contextlib import suppress

import pytest

from tests.support.client import PASSWORD, Stage, unique
from tests.support.raw import RawLine, header, masked, raw_line
from tests.support.server import Server

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

MOST = 1024 * 1024  # bytes of one message (docs/reference/protocol.md)
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
END = {"id": "end", "do": "ping"}
Row = tuple[bytes, list[str]]
Table = dict[str, Row]


def command(number: int | str = 1, *, size: int = 0) -> bytes:
    """A command that is answered at once, padded by white space to so many bytes."""
    return json.dumps({"id": f"{number}", "do": "ping"}).encode().ljust(size)


def in_pieces(opcode: int, *pieces: bytes) -> bytes:
    """A message in so many frames."""
    last = len(pieces) - 1
    return b"".join(
        masked(CONT if place else opcode, piece, fin=place == last)
        for place, piece in enumerate(pieces)
    )


def closing(code: int, reason: bytes = b"") -> bytes:
    """A close frame of the client."""
    return masked(CLOSE, code.to_bytes(2) + reason)


async def outcome(line: RawLine) -> list[str]:
    """What the server says, up to the answer to the last command or the end of the line."""
    seen: list[str] = []
    while (frame := await line.frame()) is not None:
        opcode, payload = frame
        if opcode == CLOSE:
            seen.append(f"close {int.from_bytes(payload[:2])}")
            with suppress(ConnectionError):
                await line.send(masked(CLOSE, payload))
        elif opcode == PONG:
            seen.append(f"pong {payload.decode()}")
        elif opcode == TEXT and "ok" in (answer := json.loads(payload)):
            if answer["id"] == END["id"]:
                return [*seen, "lives"]
            seen.append(f"answer {answer['id']}" if answer["ok"] else answer["error"]["code"])
    return [*seen, "end"]


async def played(server: Server, token: str, row: Row) -> list[str]:
    """What becomes of a connection on which the bytes of a row are sent."""
    data, expected = row
    async with raw_line(server.address) as line:
        status = await line.upgrade(token)
        assert " 101 " in status
        ready = await line.frame()
        assert ready is not None
        assert b'"event":"ready"' in ready[1]
        if "lives" in expected:
            data += masked(TEXT, json.dumps(END).encode())
        await line.send(data)
        return await outcome(line)


async def judge(server: Server, table: Table) -> None:
    """All rows of a table, at once, on one server and by one person."""
    async with Stage(server) as stage:
        ada = await stage.person("ada")
        rows = [played(server, ada.token, row) for row in table.values()]
        seen = dict(zip(table, await asyncio.gather(*rows), strict=True))
        assert seen == {name: expected for name, (_, expected) in table.items()}
        async with ada.socket() as socket:
            await socket.done("ping")


def refused(data: bytes, code: int = 1002) -> Row:
    """A row whose bytes end the connection."""
    return data, [f"close {code}", "end"]


def lives(data: bytes, *seen: str) -> Row:
    """A row after which the connection goes on."""
    return data, [*seen, "lives"]


async def test_heads_of_frames_are_judged_bit_by_bit(server: Server) -> None:
    ping = command()
    table = {
        f"reserved bits {bits:03b}": refused(masked(TEXT, ping, reserved=bits))
        for bits in range(1, 8)
    }
    for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF):
        table[f"opcode {opcode:X}"] = refused(header(0x80 | opcode, 0, 7))
    for name, opcode in {"text": TEXT, "ping": PING, "close": CLOSE}.items():
        table[f"unmasked {name}"] = refused(bytes([0x80 | opcode, 2]) + b"{}")
    for name, opcode in {"ping": PING, "pong": PONG, "close": CLOSE}.items():
        table[f"fragmented {name}"] = refused(header(opcode, 0, 7))
        table[f"{name} of 126 bytes"] = refused(header(0x80 | opcode, 126, 16))
        table[f"{name} with a length of 64 bits"] = refused(header(0x80 | opcode, 126, 64))
        table[f"{name} with a longer length than it needs"] = refused(header(0x80 | opcode, 5, 16))
    table["a ping of 125 bytes"] = lives(masked(PING, b"p" * 125), f"pong {'p' * 125}")
    table["a pong that nobody asked for"] = lives(masked(PONG, b"hello"))
    table["a ping without payload"] = lives(masked(PING), "pong ")
    await judge(server, table)


async def test_lengths_are_minimal_and_bounded(server: Server) -> None:
    whole, over = command(1, size=MOST), command(1, size=MOST + 1)
    table = {
        "7 bits in 16": refused(header(0x81, 125, 16) + bytes(125)),
        "none in 16": refused(header(0x81, 0, 16)),
        "7 bits in 64": refused(header(0x81, 125, 64) + bytes(125)),
        "16 bits in 64": refused(header(0x81, 65_535, 64)),
        "the top bit of 64": refused(header(0x81, 1 << 63, 64)),
        "all bits of 64": refused(header(0x81, (1 << 64) - 1, 64)),
        "63 bits": refused(header(0x81, (1 << 63) - 1, 64), 1009),
        "one over the limit, by its head": refused(header(0x81, MOST + 1, 64), 1009),
        "one over the limit, all of it": refused(masked(TEXT, over), 1009),
        "the limit": lives(masked(TEXT, whole), "answer 1"),
        "the limit in pieces": lives(in_pieces(TEXT, whole[:7], whole[7:]), "answer 1"),
        "one over the limit in pieces": refused(in_pieces(TEXT, over[:7], over[7:]), 1009),
        "one over the limit in the last of many pieces": refused(
            masked(TEXT, whole, fin=False) + masked(CONT, b"", fin=False) + masked(CONT, b" "), 1009
        ),
        "the limit twice": lives(masked(TEXT, whole) * 2, "answer 1", "answer 1"),
    }
    for size in (125, 126, 127, 65_535, 65_536):
        table[f"{size} bytes"] = lives(masked(TEXT, command(size, size=size)), f"answer {size}")
    await judge(server, table)


async def test_messages_come_in_pieces_with_control_frames_between(server: Server) -> None:
    one, two = command(1), command(2)
    table = {
        "two pieces": lives(in_pieces(TEXT, one[:5], one[5:]), "answer 1"),
        "a piece for each byte": lives(
            in_pieces(TEXT, *(one[n : n + 1] for n in range(len(one)))), "answer 1"
        ),
        "empty pieces": lives(in_pieces(TEXT, b"", one[:5], b"", one[5:], b""), "answer 1"),
        "a ping between": lives(
            masked(TEXT, one[:5], fin=False) + masked(PING, b"x") + masked(CONT, one[5:]),
            "pong x",
            "answer 1",
        ),
        "a close between": (
            masked(TEXT, one[:5], fin=False) + closing(1000),
            ["close 1000", "end"],
        ),
        "a text between": refused(masked(TEXT, one[:5], fin=False) + masked(TEXT, two)),
        "binary between": refused(masked(TEXT, one[:5], fin=False) + masked(BINARY, two)),
        "nothing to continue": refused(masked(CONT, one)),
        "nothing to continue, and more": refused(masked(CONT, one, fin=False)),
        "to continue what has ended": refused(
            in_pieces(TEXT, one[:5], one[5:]) + masked(CONT, b"x"), 1002
        ),
        "an empty text": refused(masked(TEXT), 4400),
        "an empty text in pieces": refused(in_pieces(TEXT, b"", b"", b""), 4400),
        "empty binary": refused(masked(BINARY), 4400),
        "binary in pieces": refused(in_pieces(BINARY, one[:5], one[5:]), 4400),
    }
    await judge(server, table)


async def test_text_is_utf8_and_what_is_not_fails_at_once(server: Server) -> None:
    euro, clef = "€".encode(), "𝄞".encode()
    odd = {
        "a byte that never occurs": b"\xff",
        "a continuation without a start": b"\x80",
        "overlong": b"\xc0\xaf",
        "a surrogate": b"\xed\xa0\x80",
        "above the last code point": b"\xf4\x90\x80\x80",
        "cut off": euro[:2],
    }
    table = {name: refused(masked(TEXT, b'{"' + text), 1007) for name, text in odd.items()}
    for name, text in odd.items():
        if name != "cut off":
            # The message does not end: the first piece that is wrong is enough.
            table[f"{name}, in the first piece"] = refused(masked(TEXT, text, fin=False), 1007)
            table[f"{name}, in the second piece"] = refused(
                masked(TEXT, b'{"', fin=False) + masked(CONT, text, fin=False), 1007
            )
    table["a character in two pieces, the second wrong"] = refused(
        masked(TEXT, clef[:2], fin=False) + masked(CONT, b"x", fin=False), 1007
    )
    table["cut off at the end of the last piece"] = refused(in_pieces(TEXT, b"x", clef[:3]), 1007)
    spoken = '{"id": "€𝄞", "do": "ping"}'.encode()
    pieces = [spoken[n : n + 1] for n in range(len(spoken))]
    table["characters in pieces"] = lives(in_pieces(TEXT, *pieces), "answer €𝄞")
    table["UTF-16"] = refused(masked(TEXT, '{"id": "1", "do": "ping"}'.encode("utf-16-le")), 4400)
    table["a byte order mark"] = refused(masked(TEXT, b"\xef\xbb\xbf" + command()), 4400)
    await judge(server, table)


async def test_close_codes_are_those_that_may_be_sent(server: Server) -> None:
    may = {1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)}
    tried = [*range(1000, 1020), 2999, 3000, 3999, 4000, 4999, 5000, 65_535, 0, 1, 999, 1100, 2000]
    table = {
        f"code {code}": (closing(code), [f"close {code if code in may else 1002}", "end"])
        for code in tried
    }
    table |= {
        "no body": (masked(CLOSE), ["close 1000", "end"]),
        "a body of one byte": refused(masked(CLOSE, b"\x03")),
        "a reason": (closing(1000, "Tschüß".encode()), ["close 1000", "end"]),
        "the longest reason": (closing(1000, b"r" * 123), ["close 1000", "end"]),
        "a reason that is no UTF-8": refused(closing(1000, b"\xff"), 1007),
        "a reason cut within a character": refused(closing(1000, "€".encode()[:2]), 1007),
        "a command after it": (closing(1000) + masked(TEXT, command()), ["close 1000", "end"]),
        "noise after it": (closing(1000) + b"\xff" * 50, ["close 1000", "end"]),
        "a second one after it": (closing(1000) + closing(1001), ["close 1000", "end"]),
        "commands before it": (
            masked(TEXT, command()) + closing(1000),
            ["close 1000", "end"],
        ),
    }
    await judge(server, table)


async def test_what_comes_after_a_refusal_changes_nothing(server: Server) -> None:
    first = {
        "binary": (masked(BINARY, b"x"), 4400),
        "no JSON": (masked(TEXT, b"{"), 4400),
        "unmasked": (b"\x81\x02{}", 1002),
        "too long": (header(0x81, MOST + 1, 64), 1009),
    }
    then = {
        "noise": b"\xff" * 70,
        "commands": masked(TEXT, command()) * 3,
        "a ping": masked(PING, b"x"),
        "a megabyte": bytes(MOST),
        "half a frame": header(0x81, 100, 7),
        "a close": closing(1000),
    }
    table = {
        f"{name}, then {after}": refused(data + more, code)
        for name, (data, code) in first.items()
        for after, more in then.items()
    }
    await judge(server, table)


async def test_upgrade_requests_of_all_kinds_are_answered(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person(unique("ada"))
        assert PASSWORD
        rows: dict[str, tuple[bytes, bytes, str]] = {
            "plain": (b"/ws", b"", "101"),
            "a target that is no address": (b"//[", b"", "40"),
            "bytes above ASCII in the path": (b"/ws/chat/\xff", b"", "40"),
            "bytes above ASCII in the query": (b"/ws?token=\xff", b"", "40"),
            "a NUL in the path": (b"/ws/chat/%00", b"", "101"),
            "bytes above ASCII in a header": (b"/ws", b"X-Any: \xff\xfe\r\n", "101"),
            "an origin that is no address": (b"/ws", b"Origin: http://[\r\n", "403"),
            "two hosts": (b"/ws", b"Host: other.test\r\n", "400"),
            "a long header": (b"/ws", b"X-Long: " + b"x" * 20_000 + b"\r\n", "431"),
        }
        seen = {}
        for name, (target, extra, _) in rows.items():
            async with raw_line(server.address) as line:
                status = (await line.upgrade(ada.token, target=target, extra=extra)).split(" ")
                seen[name] = status[1] if len(status) > 1 else "closed"
        wrong = {
            name: seen[name] for name, row in rows.items() if not seen[name].startswith(row[2])
        }
        assert wrong == {}


@pytest.mark.parametrize(
    "credential", [b"\xff", b"trg_\xff\xfe", b"a.b.c", b"%00", b"trg_" + b"x" * 8000]
)
async def test_credentials_of_any_bytes_are_not_let_in(server: Server, credential: bytes) -> None:
    async with raw_line(server.address) as line:
        extra = b"Authorization: Bearer " + credential + b"\r\n"
        assert " 101 " in await line.upgrade(extra=extra)
        frame = await line.frame()
        assert frame is not None
        assert (frame[0], int.from_bytes(frame[1][:2])) == (CLOSE, 4001)
