"""Pictures of every kind, sound and otherwise, and how they are sent."""

import io
import struct
import zlib
from typing import Any

import httpx
from PIL import Image

from tests.support.client import Caller

FILES = "/api/v1/attachments"
TURNED = 6  # the camera was held upright: turn it to the right to look at it
PLACE = {1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)}  # GPS tags: London


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), **more: Any) -> bytes:
    """A picture of two colours: red on the left, blue on the right."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    data = io.BytesIO()
    made.save(data, kind, **more)
    return data.getvalue()


def photo(kind: str = "JPEG", size: tuple[int, int] = (900, 300), *, turned: int = TURNED) -> bytes:
    """A picture with the notes of a camera: how it was held, its maker, and where."""
    notes = Image.Exif()
    notes[0x0112] = turned
    notes[0x010F] = "Maker of cameras"
    notes.get_ifd(0x8825).update(PLACE)
    return picture(kind, size, exif=notes.tobytes())


def animation(kind: str = "GIF") -> bytes:
    """Three pictures, one after the other."""
    frames = [Image.new("RGB", (80, 60), colour) for colour in ("red", "green", "blue")]
    data = io.BytesIO()
    frames[0].save(data, kind, save_all=True, append_images=frames[1:], duration=100, loop=0)
    return data.getvalue()


def bomb(side: int = 20_000) -> bytes:
    """A PNG that is small as a file and huge once decoded."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checked = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checked)

    packed = zlib.compressobj(9)
    line = bytes(1 + side * 3)
    pixels = b"".join([*(packed.compress(line) for _ in range(side)), packed.flush()])
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    """A picture as a client reads it."""
    return Image.open(io.BytesIO(data))


def upload(person: Caller, name: str, data: bytes, kind: str | None = None) -> httpx.Response:
    """The answer to an upload; `kind` is what the client says of its type."""
    return person.call("POST", FILES, files={"file": (name, data, kind)})


def uploaded(person: Caller, name: str = "two.png", data: bytes | None = None) -> Any:
    """A file that was taken."""
    answer = upload(person, name, picture() if data is None else data)
    assert answer.status_code == 201, answer.text
    return answer.json()
