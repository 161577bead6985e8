"""Takes from a picture what tells more than it shows: place, time, device, the author's words.

JPEG, PNG and WebP, without encoding anything anew: pixels, colours and animations stay as they
are. How the picture is turned is kept, since it would lie on its side otherwise.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

Piece = bytes | slice  # new bytes, or a stretch of the file
# The next marker in the data of a scan: not a stuffed byte, a restart, or a filler.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_TELLING_CHUNKS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_UPRIGHT = 1


class Broken(Exception):
    """The file does not go on as its format says; what is left is kept as it is."""


def strip(path: Path, mime_type: str) -> bool:
    """Rewrite a picture without what it tells of its making; whether anything was to be taken."""
    cut = _CUTTERS.get(mime_type)
    if cut is None or path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pieces = cut(data)
        if pieces == [slice(0, len(data))]:
            return False
        clean = path.with_name(f"{path.name}.clean")
        with clean.open("xb") as target, memoryview(data) as view:
            clean.chmod(0o600)
            for piece in pieces:
                if isinstance(piece, bytes):
                    target.write(piece)
                else:
                    with view[piece] as stretch:
                        target.write(stretch)
    clean.replace(path)
    return True


def _joined(kept: Sequence[Piece]) -> list[Piece]:
    """The same pieces, neighbouring stretches as one."""
    joined: list[Piece] = []
    for piece in kept:
        last = joined[-1] if joined else None
        if isinstance(piece, slice) and isinstance(last, slice) and last.stop == piece.start:
            joined[-1] = slice(last.start, piece.stop)
        else:
            joined.append(piece)
    return joined


def _turned(block: bytes) -> int:
    """The orientation that a block of Exif (TIFF) tells; upright where it tells none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return _UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, at)
        for number in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", block, at + 2 + 12 * number)
            if tag == 0x0112 and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return _UPRIGHT


def _only_turned(orientation: int) -> bytes:
    """A block of Exif that tells the orientation and nothing else."""
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHHI", 0x0112, 3, 1, orientation, 0, 0)


def _cut_jpeg(data: mmap.mmap) -> list[Piece]:
    """ISO 10918-1, annex B: segments up to the end of the image. What follows it, where phones put
    further pictures and films with notes of their own, is left out."""
    kept: list[Piece] = [slice(0, 2)]
    at = 2
    try:
        while data[at + 1] != 0xD9:
            at, pieces = _jpeg_segment(data, at)
            kept += pieces
        kept.append(slice(at, at + 2))
    except (Broken, IndexError, struct.error):
        kept.append(slice(at, len(data)))
    return _joined([each for each in kept if isinstance(each, bytes) or each.start < each.stop])


def _jpeg_segment(data: mmap.mmap, at: int) -> tuple[int, list[Piece]]:
    """Where the next segment begins, and what is kept of this one."""
    if data[at] != 0xFF:
        raise Broken
    marker = data[at + 1]
    if marker == 0xFF:  # a filler
        return at + 1, [slice(at, at + 1)]
    (length,) = struct.unpack_from(">H", data, at + 2)
    end = at + 2 + length
    if length < 2 or end > len(data):
        raise Broken
    if marker == 0xDA:
        found = _MARKER.search(data, end)
        if found is None:
            raise Broken
        return found.start(), [slice(at, found.start())]
    if marker == 0xE1:
        return end, _kept_of_exif(data[at + 4 : end])
    telling = marker in (0xED, 0xFE) or (marker == 0xE2 and data[at + 4 : at + 8] == b"MPF\0")
    return end, [] if telling else [slice(at, end)]


def _kept_of_exif(block: bytes) -> list[Piece]:
    orientation = _turned(block[6:]) if block[:6] == b"Exif\0\0" else _UPRIGHT
    if orientation == _UPRIGHT:
        return []
    body = b"Exif\0\0" + _only_turned(orientation)
    return [b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body]


def _cut_png(data: mmap.mmap) -> list[Piece]:
    """PNG, third edition, section 5: chunks up to the end of the image."""
    kept: list[Piece] = [slice(0, 8)]
    at = 8
    try:
        while True:
            (length,) = struct.unpack_from(">I", data, at)
            kind, end = data[at + 4 : at + 8], at + 12 + length
            if end > len(data):
                raise Broken
            if kind not in _TELLING_CHUNKS:
                kept.append(slice(at, end))
            elif kind == b"eXIf" and (turned := _turned(data[at + 8 : end - 4])) != _UPRIGHT:
                kept.append(_chunk(b"eXIf", _only_turned(turned)))
            at = end
            if kind == b"IEND":
                break
    except (Broken, struct.error):
        kept.append(slice(at, len(data)))
    return _joined([each for each in kept if isinstance(each, bytes) or each.start < each.stop])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _cut_webp(data: mmap.mmap) -> list[Piece]:
    """WebP (RFC 9649): chunks of a RIFF file, whose length is told first."""
    kept: list[Piece] = []
    at = 12
    whole = True
    while at + 8 <= len(data):
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        end = at + 8 + length + length % 2
        if end > len(data):
            kept.append(slice(at, len(data)))
            break
        if kind in (b"EXIF", b"XMP "):
            whole = False
            turned = _turned(data[at + 8 : end].removeprefix(b"Exif\0\0"))
            if kind == b"EXIF" and turned != _UPRIGHT:
                body = _only_turned(turned)
                kept.append(b"EXIF" + struct.pack("<I", len(body)) + body)
        else:
            kept.append(slice(at, end))
        at = end
    if whole:
        return [slice(0, len(data))]
    return _framed(data, kept)


def _framed(data: mmap.mmap, kept: list[Piece]) -> list[Piece]:
    """The chunks with the head of the file, which tells what chunks there are."""
    turned = any(isinstance(each, bytes) for each in kept)
    for number, piece in enumerate(kept):
        if isinstance(piece, slice) and data[piece.start : piece.start + 4] == b"VP8X":
            chunk = bytearray(data[piece])
            chunk[8] = chunk[8] & ~0x0C | (0x08 if turned else 0)
            kept[number] = bytes(chunk)
    length = sum(len(p) if isinstance(p, bytes) else p.stop - p.start for p in kept)
    head = b"RIFF" + struct.pack("<I", length + 4) + b"WEBP"
    return _joined([head, *kept])


_CUTTERS = {"image/jpeg": _cut_jpeg, "image/png": _cut_png, "image/webp": _cut_webp}
