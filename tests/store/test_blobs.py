"""The contract of storages: one class over the local disk and over a real S3 server."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.buckets import Buckets, serving
from trialogue.core.errors import ChatError
from trialogue.store import blobs
from trialogue.store.blobs import PART, Access, Blobs, LocalBlobs, open_storage


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    """A running S3 server."""
    with serving() as made:
        yield made


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty storage of each kind."""
    if request.param == "local":
        return open_storage("local", tmp_path / "files")
    found: Buckets = request.getfixturevalue("buckets")
    return open_storage(f"s3://{found.make()}/below/this", tmp_path, found.access)


def read(storage: Blobs, place: str, start: int = 0, stop: int = 2**40) -> bytes:
    return b"".join(storage.read(place, start, stop))


class TestContract:
    """What holds of every storage."""

    def test_bytes_are_kept_and_read_in_parts(self, storage: Blobs) -> None:
        data = bytes(range(256)) * 20
        storage.put("files/ab/one", data)
        assert read(storage, "files/ab/one", 0, len(data)) == data
        assert read(storage, "files/ab/one", 5, 9) == data[5:9]
        assert read(storage, "files/ab/one") == data  # no more than there is
        assert read(storage, "files/ab/one", 7, 7) == b""

    def test_a_file_is_taken_over_however_large(self, storage: Blobs, tmp_path: Path) -> None:
        source = tmp_path / "source"
        data = os.urandom(1024) * (2 * PART // 1024 + 3)
        source.write_bytes(data)
        storage.put("files/ab/large", source)
        assert not source.exists()
        assert read(storage, "files/ab/large", 0, len(data)) == data

    def test_an_empty_file_is_a_file(self, storage: Blobs, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"")
        storage.put("files/ab/empty", source)
        assert read(storage, "files/ab/empty", 0, 0) == b""
        assert [place for place, _ in storage.listed("files")] == ["files/ab/empty"]

    def test_what_is_not_there_is_not_found_at_once(self, storage: Blobs) -> None:
        for place in ("files/none", "../none", "files"):
            with pytest.raises(ChatError) as refused:
                storage.read(place, 0, 10)
            assert refused.value.code == "not_found"

    def test_deleting_twice_is_deleting_once(self, storage: Blobs) -> None:
        for place in ("files/a", "files/b", "files/c"):
            storage.put(place, b"x")
        storage.delete(["files/a", "files/b", "files/none"])
        storage.delete(["files/a"])
        storage.delete([])
        assert [place for place, _ in storage.listed("files")] == ["files/c"]

    def test_a_folder_is_listed_with_times(self, storage: Blobs) -> None:
        assert list(storage.listed("pending")) == []
        storage.put("pending/one", b"")
        storage.put("pendingelse/two", b"")
        ((place, moment),) = storage.listed("pending")
        assert place == "pending/one"
        assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)

    def test_it_gives_a_sign_of_life(self, storage: Blobs) -> None:
        storage.check()


def test_the_local_storage_is_for_its_owner_alone(tmp_path: Path) -> None:
    storage = LocalBlobs(tmp_path / "files")
    storage.put("files/ab/one", b"x")
    made = list((tmp_path / "files").rglob("*"))
    assert [path.stat().st_mode & 0o077 for path in made] == [0] * len(made)
    assert [path.name for path in made if path.is_file()] == ["one"]
    assert {path.name for path in made if path.is_dir()} == {"files", "ab", "incoming"}


def test_the_local_storage_reads_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "link").symlink_to(tmp_path / "secret")
    storage = LocalBlobs(tmp_path / "files")
    for place in ("../secret", str(tmp_path / "secret"), "link"):
        with pytest.raises(ChatError) as refused:
            storage.read(place, 0, 1)
        assert refused.value.code == "not_found"


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"a file where the folder should be")
    storage = LocalBlobs(tmp_path / "files")
    for attempt in (storage.check, lambda: storage.put("files/one", b"x")):
        with pytest.raises(ChatError):
            attempt()


def test_a_service_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "RETRY", {"max_retries": 0, "retry_timeout": timedelta(seconds=1)})
    nowhere = Access("http://127.0.0.1:9", "us-east-1", "key", "secret")
    storage = open_storage("s3://bucket", tmp_path, nowhere)
    (tmp_path / "source").write_bytes(b"x")
    for attempt in (storage.check, lambda: storage.put("files/one", tmp_path / "source")):
        with pytest.raises(ChatError) as refused:
            attempt()
        assert refused.value.code == "unavailable"
        assert "secret" not in refused.value.detail


def test_a_bucket_has_nothing_outside_of_its_prefix(buckets: Buckets, tmp_path: Path) -> None:
    bucket = buckets.make()
    storage = open_storage(f"s3://{bucket}/chat/files", tmp_path, buckets.access)
    source = tmp_path / "source"
    source.write_bytes(bytes(2 * PART + 1))
    storage.put("files/one", source)
    assert buckets.names(bucket) == ["chat/files/files/one"]
    assert buckets.unfinished(bucket) == 0


@pytest.mark.parametrize("location", ["s3://", "https://example.org/bucket", "disk", "s3:/bucket"])
def test_other_locations_are_refused(location: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        open_storage(location, tmp_path)
