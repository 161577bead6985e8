"""What pictures tell besides what they show is taken from them; the pictures stay as they are."""

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.support.pictures import animation, opened, photo, picture
from trialogue.store import exif

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PLACE = b"Maker of cameras"


def stripped(path: Path, data: bytes, kind: str) -> tuple[bool, bytes]:
    (path / "picture").write_bytes(data)
    changed = exif.strip(path / "picture", TYPES.get(kind, f"image/{kind.lower()}"))
    assert [each.name for each in path.iterdir()] == ["picture"]
    return changed, (path / "picture").read_bytes()


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_nothing_is_left_but_how_it_is_turned(tmp_path: Path, kind: str, turned: int) -> None:
    data = photo(kind, turned=turned)
    assert PLACE in data
    changed, clean = stripped(tmp_path, data, kind)
    assert changed
    assert PLACE not in clean
    notes = opened(clean).getexif()
    assert notes.get_ifd(0x8825) == {}
    assert dict(notes) == ({} if turned == 1 else {0x0112: turned})
    assert opened(clean).tobytes() == opened(data).tobytes()
    assert stripped(tmp_path, clean, kind)[1] == clean


@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_without_notes_stays_byte_for_byte(tmp_path: Path, kind: str) -> None:
    data = picture(kind)
    assert stripped(tmp_path, data, kind) == (False, data)


def test_progressive_pictures_are_gone_through_scan_by_scan(tmp_path: Path) -> None:
    data = picture("JPEG", progressive=True, comment=PLACE, xmp=b"<x>" + PLACE)
    _, clean = stripped(tmp_path, data, "JPEG")
    assert PLACE not in clean
    assert opened(clean).tobytes() == opened(data).tobytes()


def test_what_follows_a_picture_goes(tmp_path: Path) -> None:
    for kind in ("JPEG", "PNG"):
        data = picture(kind)
        assert stripped(tmp_path, data + photo(), kind) == (True, data)


def test_colour_profiles_stay(tmp_path: Path) -> None:
    profile = b"a profile of colours, which says how they look"
    _, clean = stripped(tmp_path, picture("JPEG", icc_profile=profile, comment=b"x"), "JPEG")
    assert opened(clean).info["icc_profile"] == profile


def test_the_words_of_a_png_go(tmp_path: Path) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", PLACE.decode())
    words.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    words.add_text("Long", PLACE.decode() * 100, zip=True)
    data = picture("PNG", pnginfo=words)
    _, clean = stripped(tmp_path, data, "PNG")
    assert clean == picture("PNG")


def test_an_animation_goes_on_moving(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(animation("WEBP"))) as still:
        data = io.BytesIO()
        still.save(data, "WEBP", save_all=True, exif=b"Exif\0\0MM\0*" + PLACE, xmp=PLACE)
    changed, clean = stripped(tmp_path, data.getvalue(), "WEBP")
    assert changed
    assert PLACE not in clean
    assert opened(clean).n_frames == 3


@pytest.mark.parametrize("kind", TYPES)
def test_whatever_is_broken_is_kept_and_nothing_fails(tmp_path: Path, kind: str) -> None:
    data = photo(kind)
    for length in [*range(min(len(data), 400)), len(data) - 1]:
        _, clean = stripped(tmp_path, data[:length], kind)
        assert len(clean) <= length
    for at in range(min(len(data), 300)):
        spoilt = data[:at] + b"\xff" + data[at + 1 :]
        stripped(tmp_path, spoilt, kind)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    assert stripped(tmp_path, animation("GIF"), "GIF") == (False, animation("GIF"))
