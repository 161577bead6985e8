"""What a file is, told by its content and never by its name; and what browsers may show of it."""

from pathlib import Path

from trialogue.core.files import PICTURES

# What a browser shows by itself in a page, and runs no script of.
INLINE = PICTURES | {
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "video/mp4",
    "video/ogg",
    "video/webm",
}
# What may be called by its name when it is saved; all else is mere bytes.
HARMLESS = INLINE | {
    "application/gzip",
    "application/msword",
    "application/pdf",
    "application/zip",
    "application/epub+zip",
    "text/plain",
}
UNKNOWN = "application/octet-stream"
START = 8192  # bytes by which a file is told

_OWN_NAMES = {"audio/x-wav": "audio/wav", "audio/x-flac": "audio/flac", "audio/m4a": "audio/mp4"}
_MARKUP = {b"<svg": "image/svg+xml", b"<html": "text/html", b"<!doctype html": "text/html"}


def detect(path: Path, *, is_text: bool) -> str:
    """The media type of a file; `is_text` says that all of it is sound UTF-8 without NUL."""
    import filetype  # type: ignore[import-untyped]

    with path.open("rb") as file:
        start = file.read(START)
    found: str | None = filetype.guess_mime(start)
    if found is not None:
        return _OWN_NAMES.get(found, found)
    return _of_text(start) if is_text and start else UNKNOWN


def _of_text(start: bytes) -> str:
    """Text, unless a browser would make more of it."""
    lowered = start.lower()
    for mark, kind in _MARKUP.items():
        if mark in lowered:
            return kind
    return "application/xml" if lowered.lstrip().startswith(b"<?xml") else "text/plain"


def served_as(mime_type: str) -> tuple[str, bool]:
    """The media type under which a file is sent, and whether it may be shown in a page."""
    if mime_type in INLINE:
        return mime_type, True
    office = mime_type.startswith("application/vnd.")
    return (mime_type if mime_type in HARMLESS or office else UNKNOWN), False


def is_allowed(mime_type: str, allowed: frozenset[str]) -> bool:
    """Whether a type is among those allowed, as `image/png` or `image/*`; empty: all are."""
    return not allowed or bool({mime_type, f"{mime_type.split('/')[0]}/*"} & allowed)
