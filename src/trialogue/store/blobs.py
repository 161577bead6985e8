"""Where the bytes of files are: on the local disk, or in any S3-compatible service.

Synchronous: whoever has an event loop calls from a thread. Places are names with slashes; what is
put at one never changes. What fails is ChatError `unavailable`, what is not there `not_found`.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from trialogue.core.errors import ChatError
from trialogue.core.sql import new_id

if TYPE_CHECKING:
    from obstore.store import RetryConfig, S3Config, S3Store

INCOMING = "incoming"  # the folder of what is not whole yet, on this machine
PIECE = 256 * 1024  # bytes that are read at a time
RANGE = 2 * 1024 * 1024  # bytes of one request to S3: a slow reader keeps none of them open
RETRY: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
PART = 8 * 1024 * 1024  # bytes of one part of an upload to S3, two of which are in memory at once


class Blobs(Protocol):
    """A storage of bytes. `kind` is its name for people."""

    kind: str

    def put(self, place: str, source: Path | bytes) -> None:
        """Keep bytes, or a file, which is taken over; whole or not at all."""

    def read(self, place: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in pieces. ChatError `not_found` at once."""

    def delete(self, places: Iterable[str]) -> None:
        """Delete what is at these places; nothing there is fine."""

    def listed(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """What is below a folder: its place, and when it was put there."""

    def check(self) -> None:
        """Ask for a sign of life; ChatError `unavailable` without one."""


@dataclass(frozen=True, slots=True)
class Access:
    """What an S3-compatible service asks for; what is None comes from AWS's own variables.

    `endpoint` is its address, None for AWS itself.
    """

    endpoint: str | None = None
    region: str | None = None
    key: str | None = None
    secret: str | None = field(default=None, repr=False)


def open_storage(location: str, folder: Path, access: Access | None = None) -> Blobs:
    """The storage at a location: `local` (in `folder`), or `s3://bucket/prefix`. Connects to
    nothing. ValueError for any other location."""
    if location == "local":
        return LocalBlobs(folder)
    parts = urlsplit(location)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("must be local, or s3://bucket or s3://bucket/prefix")
    return S3Blobs(parts.netloc, parts.path.strip("/"), access or Access())


def _missing() -> ChatError:
    return ChatError("not_found", "The file is not in the storage.")


@contextmanager
def on_disk() -> Iterator[None]:
    """Say what a disk refuses as an error of ours."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise _missing() from None
    except OSError as error:
        detail = f"The file storage is not available just now: {error.strerror}."
        raise ChatError("unavailable", detail) from error


class LocalBlobs:
    """A folder of this machine, for the owner of the process alone."""

    kind = "local"

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def put(self, place: str, source: Path | bytes) -> None:
        with on_disk():
            target = self._folder / place
            private_folder(target.parent)
            draft = source if isinstance(source, Path) else self._written(source)
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(target)
            _settle(target.parent)

    def _written(self, data: bytes) -> Path:
        # Among the uploads that arrive: what a crash leaves there is swept up.
        draft = self._folder / INCOMING / new_id()
        private_folder(draft.parent)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        except OSError:
            draft.unlink()
            raise
        return draft

    def read(self, place: str, start: int, stop: int) -> Iterator[bytes]:
        with on_disk():
            path = (self._folder / place).resolve()
            if not path.is_relative_to(self._folder):  # a file that the program keeps elsewhere
                raise _missing()
            if not path.is_file():
                raise _missing()
        return self._pieces(path, start, stop)

    def _pieces(self, path: Path, start: int, stop: int) -> Iterator[bytes]:
        with on_disk(), path.open("rb") as file:
            file.seek(start)
            left = stop - start
            while left > 0 and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece

    def delete(self, places: Iterable[str]) -> None:
        for place in places:
            with suppress(ChatError), on_disk():
                (self._folder / place).unlink(missing_ok=True)

    def listed(self, folder: str) -> Iterator[tuple[str, datetime]]:
        root = self._folder / folder
        if not root.is_dir():
            return
        with on_disk():
            for path in sorted(root.rglob("*")):
                with suppress(FileNotFoundError):  # deleted meanwhile
                    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    if path.is_file():
                        yield path.relative_to(self._folder).as_posix(), moment

    def check(self) -> None:
        with on_disk():
            private_folder(self._folder)
        if not os.access(self._folder, os.W_OK):
            raise ChatError("unavailable", f"{self._folder} is not writable for this user.")


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it, for the owner alone."""
    if not folder.is_dir():
        private_folder(folder.parent)  # `parents=True` would make those for everyone
        folder.mkdir(mode=0o700, exist_ok=True)


def _settle(folder: Path) -> None:
    """Let a new name survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class S3Blobs:
    """A bucket of an S3-compatible service, or what is below a prefix of it."""

    kind = "s3"

    def __init__(self, bucket: str, prefix: str, access: Access) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._access = access
        self._opened: S3Store | None = None

    def _store(self) -> "S3Store":
        """The client, made when it is first needed: its library is an extra."""
        if self._opened is None:
            from obstore.store import S3Store

            access = self._access
            given: S3Config = {}
            if access.endpoint:
                given["endpoint"] = access.endpoint
            if access.region:
                given["region"] = access.region
            if access.key and access.secret:
                given["access_key_id"] = access.key
                given["secret_access_key"] = access.secret
            plain = (access.endpoint or "").startswith("http://")
            self._opened = S3Store(
                self._bucket,
                prefix=self._prefix or None,
                config=given,
                client_options={"allow_http": plain, "timeout": "5 minutes"},
                retry_config=RETRY,
            )
        return self._opened

    def put(self, place: str, source: Path | bytes) -> None:
        import obstore

        with _on_service():
            obstore.put(self._store(), place, source, chunk_size=PART, max_concurrency=2)
        if isinstance(source, Path):
            source.unlink(missing_ok=True)

    def read(self, place: str, start: int, stop: int) -> Iterator[bytes]:
        first = self._range(place, start, min(stop, start + RANGE)) if stop > start else b""
        return self._pieces(place, first, start + len(first), stop)

    def _range(self, place: str, start: int, stop: int) -> bytes:
        import obstore

        with _on_service():
            return bytes(obstore.get_range(self._store(), place, start=start, end=stop))

    def _pieces(self, place: str, first: bytes, start: int, stop: int) -> Iterator[bytes]:
        piece = first
        while piece:  # none is left where the object ends before `stop`
            yield piece
            full = len(piece) == RANGE and start < stop
            piece = self._range(place, start, min(stop, start + RANGE)) if full else b""
            start += len(piece)

    def delete(self, places: Iterable[str]) -> None:
        import obstore

        if gone := list(places):
            with _on_service():
                obstore.delete(self._store(), gone)

    def listed(self, folder: str) -> Iterator[tuple[str, datetime]]:
        import obstore

        with _on_service():
            for portion in obstore.list(self._store(), folder):
                for found in portion:
                    yield found["path"], found["last_modified"]

    def check(self) -> None:
        import obstore

        with _on_service():
            # One name at the most; without the right to list nothing could be cleaned up.
            next(iter(obstore.list(self._store(), "pending", chunk_size=1)), None)


@contextmanager
def _on_service() -> Iterator[None]:
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except (NotFoundError, FileNotFoundError, ValueError):  # ValueError: this can be no place
        raise _missing() from None
    except (BaseError, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        raise ChatError(
            "unavailable", f"The file storage is not available just now: {reason}"
        ) from error
