"""Small pictures of pictures, of whatever comes as one."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.support.pictures import animation, bomb, opened, photo, picture
from trialogue.store import thumbnails
from trialogue.store.thumbnails import AVATAR, SIDE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "picture"


def look(file: Path, data: bytes, kind: str) -> thumbnails.Picture | None:
    file.write_bytes(data)
    return thumbnails.look(file, f"image/{kind.lower()}")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_every_kind_of_picture_has_a_small_one(file: Path, kind: str) -> None:
    found = look(file, picture(kind, (1600, 400)), kind)
    assert found is not None
    assert (found.width, found.height) == (1600, 400)
    assert found.thumbnail is not None
    small = opened(found.thumbnail)
    assert (small.format, small.size) == ("WEBP", (SIDE, SIDE // 4))
    assert len(found.thumbnail) < thumbnails.LARGEST


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "I;16", "F"])
def test_every_way_of_colours_is_shown(file: Path, mode: str) -> None:
    made = Image.new(mode, (50, 40))
    data = io.BytesIO()
    made.save(data, "JPEG" if mode == "CMYK" else "TIFF" if mode in ("PA", "F") else "PNG")
    kind = "JPEG" if mode == "CMYK" else "PNG"
    found = look(file, data.getvalue(), kind)
    if mode in ("PA", "F"):
        assert found is None  # no picture of this type, whatever the name of the type
    else:
        assert found is not None
        assert found.thumbnail is not None


def test_see_through_pictures_stay_so(file: Path) -> None:
    data = io.BytesIO()
    Image.new("RGBA", (50, 40), (255, 0, 0, 0)).save(data, "PNG")
    found = look(file, data.getvalue(), "PNG")
    assert found is not None
    assert opened(found.thumbnail or b"").mode == "RGBA"


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_stands_as_it_is_to_be_looked_at(file: Path, turned: int) -> None:
    from PIL import ImageOps

    data = photo(size=(80, 60), turned=turned)
    found = look(file, data, "JPEG")
    assert found is not None
    right = ImageOps.exif_transpose(opened(data))
    assert (found.width, found.height) == right.size
    small = opened(found.thumbnail or b"").convert("RGB")
    assert (small.size, dict(small.getexif())) == (right.size, {})
    for place in ((5, 5), (right.width - 5, right.height - 5)):
        pairs = zip(small.getpixel(place), right.getpixel(place), strict=True)
        assert all(abs(one - other) < 40 for one, other in pairs)


def test_of_an_animation_it_is_the_first_picture(file: Path) -> None:
    for kind in ("GIF", "WEBP"):
        found = look(file, animation(kind), kind)
        assert found is not None
        red, _, blue = opened(found.thumbnail or b"").convert("RGB").getpixel((40, 30))
        assert red > 200 > 60 > blue


def test_a_bomb_is_not_decoded(file: Path) -> None:
    found = look(file, bomb(), "PNG")
    assert found == thumbnails.Picture(20_000, 20_000, None)


def test_what_is_cut_off_has_no_small_one(file: Path) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        data = picture(kind, (400, 300))
        found = look(file, data[: len(data) // 2], kind)
        assert found is None or found.thumbnail is None


def test_what_says_it_is_a_picture_and_is_none_is_none(file: Path) -> None:
    assert look(file, b"\x89PNG\r\n\x1a\n<script>", "PNG") is None
    assert look(file, picture("PNG"), "JPEG") is None
    assert look(file, b"text", "svg+xml") is None


def test_an_avatar_is_the_middle_as_a_square(file: Path) -> None:
    file.write_bytes(photo(size=(900, 300)))
    small = opened(thumbnails.square(file, "image/jpeg") or b"").convert("RGB")
    assert small.size == (AVATAR, AVATAR)
    assert small.getpixel((128, 20))[0] > 200  # turned: red is on top
    assert small.getpixel((128, 236))[2] > 200
    file.write_bytes(bomb())
    assert thumbnails.square(file, "image/png") is None
    assert thumbnails.square(file, "text/plain") is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_every_kind_of_picture_becomes_one_that_every_model_takes(file: Path, kind: str) -> None:
    file.write_bytes(picture(kind, (1600, 400)))
    made = thumbnails.small(file, f"image/{kind.lower()}", 800)
    shown = opened(made or b"")
    assert (shown.format, shown.size, shown.mode) == ("JPEG", (800, 200), "RGB")
    whole = thumbnails.small(file, f"image/{kind.lower()}", 2000)
    assert opened(whole or b"").size == (1600, 400)


def test_who_cannot_see_through_is_shown_white(file: Path) -> None:
    Image.new("RGBA", (50, 40), (255, 0, 0, 0)).save(file, "PNG")
    shown = opened(thumbnails.small(file, "image/png", 100) or b"")
    assert min(shown.getpixel((20, 20))) > 250


def test_of_a_bomb_or_a_torn_picture_nothing_is_shown(file: Path) -> None:
    file.write_bytes(bomb())
    assert thumbnails.small(file, "image/png", 100) is None
    file.write_bytes(b"no picture")
    assert thumbnails.small(file, "image/png", 100) is None
