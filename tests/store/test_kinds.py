"""What a file is, by its content."""

from pathlib import Path

import pytest

from tests.support.pictures import picture
from trialogue.store import kinds


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture("PNG"), "image/png"),
        (picture("AVIF"), "image/avif"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"MZ\x90\0" + bytes(100), "application/x-msdownload"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), "audio/wav"),
        ("你好".encode(), "text/plain"),
        (b"", "application/octet-stream"),
        (b"\0\1\2\3", "application/octet-stream"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (b"\n <SVG onload='x'>", "image/svg+xml"),
        (b"<!-- --><!DOCTYPE HTML>", "text/html"),
    ],
)
def test_a_file_is_told_by_its_content(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "picture.gif"
    path.write_bytes(data)
    assert kinds.detect(path, is_text=b"\0" not in data) == kind


def test_only_what_runs_nothing_is_shown_in_a_page() -> None:
    assert kinds.served_as("image/png") == ("image/png", True)
    assert kinds.served_as("video/mp4") == ("video/mp4", True)
    assert kinds.served_as("application/pdf") == ("application/pdf", False)
    for kind in ("image/svg+xml", "text/html", "application/xml", "application/x-msdownload"):
        assert kinds.served_as(kind) == (kinds.UNKNOWN, False)


def test_types_are_allowed_by_name_or_by_kind() -> None:
    some = frozenset({"image/*", "text/plain"})
    assert kinds.is_allowed("image/png", some)
    assert kinds.is_allowed("text/plain", some)
    assert not kinds.is_allowed("text/html", some)
    assert kinds.is_allowed("text/html", frozenset())
