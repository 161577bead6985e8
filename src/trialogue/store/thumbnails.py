"""Small pictures of pictures. For threads: at most one picture is decoded at a time.

A picture may be small as a file and huge once decoded: above a number of pixels, which the head
of the file tells, it is not decoded at all. What is made here carries no notes of its original.
"""

import io
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageFile

SIDE = 640  # pixels of a thumbnail's longer side: twice what a page shows
AVATAR = 256  # pixels of an avatar's side
PIXELS = 32_000_000  # beyond that no thumbnail; 128 MB once decoded
# JPEG is decoded small at once; only the coefficients of a progressive one are all in memory.
PIXELS_OF_JPEG = 64_000_000
BYTES = 64 * 1024 * 1024  # of a file that is decoded: some formats are read as a whole
TURNED = range(5, 9)  # orientations (Exif) that change width and height
QUALITY = 80
LARGEST = 2 * 1024 * 1024  # bytes that no thumbnail has

_one_at_a_time = threading.Lock()
if hasattr(os, "register_at_fork"):  # a thread of the parent may hold it, and is not in the child
    os.register_at_fork(after_in_child=lambda: _renew())


def _renew() -> None:
    global _one_at_a_time
    _one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a picture: its size as it is shown, and a small WebP, None where it is too
    large or broken."""

    width: int
    height: int
    thumbnail: bytes | None


def look(path: Path, mime_type: str) -> Picture | None:
    """What is known of a picture of this type; None where not even its head can be read."""
    with _one_at_a_time:
        opened = _open(path, mime_type)
        if opened is None:
            return None
        with opened:
            width, height = opened.size
            if _orientation(opened) in TURNED:
                width, height = height, width
            return Picture(width, height, _made(opened, path, lambda it: _webp(_scaled(it, SIDE))))


def square(path: Path, mime_type: str) -> bytes | None:
    """The middle of a picture as a square WebP; None where it is too large, or no sound picture."""
    with _one_at_a_time:
        opened = _open(path, mime_type)
        if opened is None:
            return None
        with opened:
            return _made(opened, path, lambda it: _webp(_squared(it)))


def small(path: Path, mime_type: str, side: int) -> bytes | None:
    """A picture as a JPEG whose longer side has at most `side` pixels, on white where one sees
    through it: the form that every model takes. None where it is too large or broken."""
    with _one_at_a_time:
        opened = _open(path, mime_type)
        if opened is None:
            return None
        with opened:
            return _made(opened, path, lambda it: _jpeg(_scaled(it, side)))


def _open(path: Path, mime_type: str) -> "ImageFile.ImageFile | None":
    """Its head. By the reader of this type alone: what the file says of itself counts for nothing
    more, and no limit of Pillow's, which the whole process shares, has to be changed."""
    from PIL import (
        AvifImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        WebPImagePlugin,
    )

    readers: dict[str, type[ImageFile.ImageFile]] = {
        "image/avif": AvifImagePlugin.AvifImageFile,
        "image/gif": GifImagePlugin.GifImageFile,
        "image/jpeg": JpegImagePlugin.JpegImageFile,
        "image/png": PngImagePlugin.PngImageFile,
        "image/webp": WebPImagePlugin.WebPImageFile,
    }
    whole = mime_type in ("image/avif", "image/webp")  # these readers take all of it at once
    if mime_type not in readers or (whole and path.stat().st_size > BYTES):
        return None
    try:
        return readers[mime_type](path)
    except Exception:  # noqa: BLE001 — whatever a reader stumbles over, it is no sound picture
        return None


def _orientation(opened: "Image.Image") -> int:
    """As its notes tell. `getexif()` would decode a PNG, however large, to look for them."""
    from PIL import Image

    notes = Image.Exif()
    try:
        notes.load(opened.info.get("exif") or b"")
        return int(notes.get(0x0112, 1))
    except Exception:  # noqa: BLE001 — broken notes are no notes
        return 1


def _made(
    opened: "ImageFile.ImageFile", path: Path, make: Callable[["Image.Image"], bytes]
) -> bytes | None:
    """What is made of a picture, None where that one is too large or broken."""
    most = PIXELS_OF_JPEG if opened.format == "JPEG" else PIXELS
    if opened.width * opened.height > most or path.stat().st_size > BYTES:
        return None
    try:
        return make(opened)
    except Exception:  # noqa: BLE001 — whatever a decoder stumbles over, the file itself is kept
        return None


def _scaled(opened: "Image.Image", side: int) -> "Image.Image":
    opened.draft(None, (side, side))
    small = _plain(opened)
    small.thumbnail((side, side))
    return _upright(small, _orientation(opened))


def _squared(opened: "Image.Image") -> "Image.Image":
    from PIL import ImageOps

    opened.draft(None, (2 * AVATAR, 2 * AVATAR))
    small = ImageOps.fit(_plain(opened), (AVATAR, AVATAR))
    return _upright(small, _orientation(opened))


def _plain(opened: "Image.Image") -> "Image.Image":
    """Decoded, with or without transparency; of an animation the first picture."""
    see_through = opened.has_transparency_data
    return opened.convert("RGBA" if see_through else "RGB")


def _upright(small: "Image.Image", orientation: int) -> "Image.Image":
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return small.transpose(turns[orientation]) if orientation in turns else small


def _webp(small: "Image.Image") -> bytes:
    return _encoded(small, "WEBP", small.info.get("icc_profile") or b"")


def _jpeg(small: "Image.Image") -> bytes:
    from PIL import Image

    profile = small.info.get("icc_profile") or b""
    if small.mode == "RGBA":
        seen = Image.new("RGB", small.size, "white")
        seen.paste(small, mask=small.getchannel("A"))
        small = seen
    return _encoded(small, "JPEG", profile)


def _encoded(small: "Image.Image", form: str, profile: bytes) -> bytes:
    made = io.BytesIO()
    small.info.clear()
    small.save(made, form, quality=QUALITY, icc_profile=profile if len(profile) < 65_536 else b"")
    return made.getvalue()
