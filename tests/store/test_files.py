"""Files on their way in and out: marked before they are stored, and never half there."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.pictures import opened, photo, picture
from trialogue.core.errors import ChatError
from trialogue.core.files import Gone
from trialogue.store import thumbnails
from trialogue.store.blobs import LocalBlobs
from trialogue.store.files import MARKS, Files

SOON = timedelta(minutes=1)


class Full(LocalBlobs):
    """A disk that takes no more after a number of files. `taken` are their places in order."""

    def __init__(self, folder: Path, room: int) -> None:
        super().__init__(folder)
        self.room = room
        self.taken: list[str] = []

    def put(self, place: str, source: Path | bytes) -> None:
        if len(self.taken) == self.room:
            raise ChatError("unavailable", "The disk is full.")
        self.taken.append(place)
        super().put(place, source)


@pytest.fixture
def storage(tmp_path: Path) -> Files:
    return Files(LocalBlobs(tmp_path), tmp_path / "incoming")


def left(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.rglob("*") if path.is_file())


def receive(storage: Files, *pieces: bytes):
    incoming = storage.receive()
    for piece in pieces:
        incoming.write(piece)
    return incoming


def test_a_file_is_stored_with_what_is_known_of_it(storage: Files, tmp_path: Path) -> None:
    data = picture()
    stored = storage.store(receive(storage, data[:100], data[100:]), "two.png")
    assert (stored.file_size, stored.mime_type) == (len(data), "image/png")
    assert (stored.width, stored.height) == (900, 300)
    assert stored.checksum == hashlib.sha256(data).hexdigest()
    assert b"".join(storage.read(stored.path, 0, len(data))) == data
    assert storage.open_thumbnail(stored.thumbnail)[:4] == b"RIFF"
    assert MARKS in left(tmp_path)
    storage.settle(stored.id, known=True)
    assert MARKS not in left(tmp_path)
    assert len(left(tmp_path)) == 2
    storage.delete([Gone(stored.id, (stored.path, str(stored.thumbnail)))])
    assert left(tmp_path) == []


def test_the_checksum_is_that_of_what_is_kept(storage: Files) -> None:
    stored = storage.store(receive(storage, photo()), "photo.jpg")
    data = b"".join(storage.read(stored.path, 0, stored.file_size))
    assert stored.file_size == len(data) < len(photo())
    assert stored.checksum == hashlib.sha256(data).hexdigest()


def test_what_the_database_does_not_know_goes(storage: Files, tmp_path: Path) -> None:
    for stored in (
        storage.store(receive(storage, picture()), "two.png"),
        storage.store_avatar(receive(storage, picture())),
    ):
        storage.settle(stored.id, known=False)
    assert left(tmp_path) == []


@pytest.mark.parametrize("room", range(3))
def test_a_storage_that_fails_keeps_nothing(tmp_path: Path, room: int) -> None:
    full = Full(tmp_path, room)
    storage = Files(full, tmp_path / "incoming")
    with pytest.raises(ChatError, match="full"):
        storage.store(receive(storage, picture()), "two.png")
    assert left(tmp_path) == []
    assert [place.split("/")[0] for place in full.taken] == [MARKS, "files"][:room]


def test_types_that_are_not_taken_leave_nothing(tmp_path: Path) -> None:
    storage = Files(LocalBlobs(tmp_path), tmp_path / "incoming", allowed=frozenset({"image/*"}))
    for data in (b"text", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(ChatError) as refused:
            storage.store(receive(storage, data), "a.png")
        assert refused.value.code == "unsupported_type"
    with pytest.raises(ChatError):
        storage.store_avatar(receive(storage, b"text"))
    assert left(tmp_path) == []


def test_text_is_told_across_pieces(storage: Files) -> None:
    word = "你好".encode()
    for pieces, kind in (
        ((word[:1], word[1:]), "text/plain"),
        ((word, word[:1]), "application/octet-stream"),
        ((b"text", b"\0"), "application/octet-stream"),
        ((b"text", b"\xff", b"text"), "application/octet-stream"),
    ):
        assert storage.store(receive(storage, *pieces), "a").mime_type == kind


def test_strays_are_those_whose_outcome_is_not_known(storage: Files) -> None:
    known = storage.store(receive(storage, b"a"), "a")
    storage.settle(known.id, known=True)
    stray = storage.store(receive(storage, b"b"), "b")
    now = datetime.now(UTC)
    assert storage.strays(now - SOON) == []
    assert storage.strays(now + SOON) == [stray.id]


def test_only_marks_are_strays(storage: Files) -> None:
    """A database of UUIDs refuses to be asked for anything else, and the clean-up would stop."""
    stray = storage.store(receive(storage, b"b"), "b")
    storage.blobs.put(f"pending/{stray.id}.half", b"")
    assert storage.strays(datetime.now(UTC) + SOON) == [stray.id]


def test_what_nobody_sends_any_more_goes(storage: Files, tmp_path: Path) -> None:
    incoming = receive(storage, b"half")
    now = datetime.now(UTC)
    storage.sweep_incoming(now - SOON)
    assert incoming.path.exists()
    storage.sweep_incoming(now + SOON)
    assert left(tmp_path) == []
    incoming.discard()
    with pytest.raises(ChatError) as lost:
        storage.store(incoming, "half")
    assert lost.value.code == "not_found"


def test_there_may_be_no_thumbnail(storage: Files) -> None:
    with pytest.raises(ChatError) as refused:
        storage.open_thumbnail(None)
    assert refused.value.code == "not_found"


def test_a_picture_is_read_small_and_nothing_stays_of_it(storage: Files, tmp_path: Path) -> None:
    stored = storage.store(receive(storage, picture("PNG", (1600, 400))), "a.png")
    place, kind, size = stored.path, stored.mime_type, stored.file_size
    small = storage.small(place, kind, size, 800)
    assert opened(small or b"").size == (800, 200)
    assert list((tmp_path / "incoming").iterdir()) == []
    assert storage.small(place, kind, thumbnails.BYTES + 1, 800) is None
    with pytest.raises(ChatError, match="not in the storage"):
        storage.small("files/xx/missing", kind, size, 800)
