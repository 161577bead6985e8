"""Files on their way into the storage and out of it, whatever storage it is.

A file is stored before the database knows it, and a mark is put beside it before that: so that
whatever is killed in between leaves a mark, by which the clean-up finds it. Synchronous.
"""

import codecs
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from trialogue.core import files
from trialogue.core.errors import ChatError
from trialogue.core.files import Gone, Stored
from trialogue.core.sql import new_id
from trialogue.store import exif, kinds, thumbnails
from trialogue.store.blobs import Blobs, on_disk, private_folder

MARKS = "pending"  # the folder of marks


class Incoming:
    """A file that is being received, into a folder of this machine. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        with on_disk():
            private_folder(folder)
            self.path = folder / new_id()
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._file = os.fdopen(handle, "wb", buffering=0)
        self._sum = hashlib.sha256()
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes; ChatError `unavailable` where the disk takes no more."""
        with on_disk():
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        self._sum.update(data)
        self.size += len(data)
        self._watch_text(data)

    def _watch_text(self, data: bytes, *, final: bool = False) -> None:
        if self._decoder is None:
            return
        try:
            sound = "\0" not in self._decoder.decode(data, final=final)
        except UnicodeDecodeError:
            sound = False
        if not sound:
            self._decoder = None

    def close(self) -> None:
        """All has come."""
        if not self._file.closed:
            self._watch_text(b"", final=True)
            self._file.close()

    @property
    def is_text(self) -> bool:
        """Whether all of it is sound UTF-8 without NUL."""
        return self._decoder is not None

    @property
    def checksum(self) -> str:
        """Its SHA-256, in hexadecimal."""
        return self._sum.hexdigest()

    def strip(self, mime_type: str) -> None:
        """Take from a picture what tells more than it shows."""
        if exif.strip(self.path, mime_type):
            self.size = self.path.stat().st_size
            with self.path.open("rb") as file:
                self._sum = hashlib.file_digest(file, "sha256")

    def discard(self) -> None:
        """Keep nothing of it; what has been taken over already stays."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Files:
    """All files of a server or a program.

    `incoming` is the folder in which they arrive; `allowed` are media types, as `image/*`, that
    may be uploaded, empty for all.
    """

    def __init__(
        self, blobs: Blobs, incoming: Path, *, allowed: frozenset[str] = frozenset()
    ) -> None:
        self.blobs = blobs
        self._incoming = incoming
        self._allowed = allowed

    def receive(self) -> Incoming:
        """Begin to receive a file."""
        return Incoming(self._incoming)

    def store(self, incoming: Incoming, file_name: str, mime_type: str | None = None) -> Stored:
        """Take a file over that has been received, with its thumbnail.

        Its type is what its content says, or what a trusted program does. Raises ChatError
        `unsupported_type`, and `unavailable`; nothing is left behind then.
        """
        with _discarded(incoming), on_disk():
            incoming.close()
            kind = kinds.detect(incoming.path, is_text=incoming.is_text)
            picture = None
            if kind in files.PICTURES:
                picture = thumbnails.look(incoming.path, kind)
                kind = kind if picture is not None else kinds.UNKNOWN
            if not kinds.is_allowed(kind, self._allowed):
                raise ChatError("unsupported_type", f"Files of type {kind} are not taken here.")
            incoming.strip(kind)
            file_id = new_id()
            stored = Stored(
                id=file_id,
                file_name=file_name,
                file_size=incoming.size,
                mime_type=mime_type or kind,
                checksum=incoming.checksum,
                path=files.place(file_id),
                thumbnail=files.place_of_thumbnail(file_id)
                if picture is not None and picture.thumbnail is not None
                else None,
                width=picture.width if picture else None,
                height=picture.height if picture else None,
            )
            self._put(stored, incoming.path, picture.thumbnail if picture else None)
            return stored

    def store_avatar(self, incoming: Incoming) -> Stored:
        """Make an avatar of a picture that has been received.

        Raises ChatError `unsupported_type` where it is no picture that can be shown.
        """
        with _discarded(incoming), on_disk():
            incoming.close()
            kind = kinds.detect(incoming.path, is_text=incoming.is_text)
            made = thumbnails.square(incoming.path, kind)
            if made is None:
                detail = "An avatar is a PNG, JPEG, GIF, WebP or AVIF picture, and not too large."
                raise ChatError("unsupported_type", detail, field="file")
            file_id = new_id()
            stored = Stored(
                id=file_id,
                file_name="avatar.webp",
                file_size=len(made),
                mime_type="image/webp",
                checksum=hashlib.sha256(made).hexdigest(),
                path=files.place(file_id),
                width=thumbnails.AVATAR,
                height=thumbnails.AVATAR,
            )
            self._put(stored, made, None)
            return stored

    def _put(self, stored: Stored, source: Path | bytes, thumbnail: bytes | None) -> None:
        try:
            self.blobs.put(f"{MARKS}/{stored.id}", b"")
            self.blobs.put(stored.path, source)
            if thumbnail is not None:
                self.blobs.put(files.place_of_thumbnail(stored.id), thumbnail)
        except ChatError:
            with suppress(ChatError):  # else the clean-up does
                self.drop(stored.id)
            raise

    def read(self, place: str, start: int, stop: int) -> Iterator[bytes]:
        """Bytes of a file, in pieces."""
        return self.blobs.read(place, start, stop)

    def open_thumbnail(self, place: str | None) -> bytes:
        """A thumbnail as a whole; ChatError `not_found` where there is none."""
        if place is None:
            raise ChatError("not_found", "This file has no thumbnail.")
        return b"".join(self.blobs.read(place, 0, thumbnails.LARGEST))

    def small(self, place: str, mime_type: str, size: int, side: int) -> bytes | None:
        """A picture of `size` bytes as a JPEG of at most `side` pixels; None where it is too
        large, or no sound picture. Raises ChatError `not_found`, `unavailable`."""
        if size > thumbnails.BYTES:
            return None
        incoming = self.receive()
        with _discarded(incoming), on_disk():
            for piece in self.blobs.read(place, 0, size):
                incoming.write(piece)
            incoming.close()
            return thumbnails.small(incoming.path, mime_type, side)

    def settle(self, file_id: str, *, known: bool) -> None:
        """The outcome of what stored a file: the database knows it, or the file goes."""
        if known:
            self.blobs.delete([f"{MARKS}/{file_id}"])
        else:
            self.drop(file_id)

    def drop(self, file_id: str) -> None:
        """Delete a file that the database does not know; its mark goes last."""
        self.blobs.delete([files.place(file_id), files.place_of_thumbnail(file_id)])
        self.blobs.delete([f"{MARKS}/{file_id}"])

    # What the clean-up does --------------------------------------------------------------------

    def delete(self, gone: Iterable[Gone]) -> None:
        """Delete the bytes of files that are gone."""
        self.blobs.delete([place for each in gone for place in each.places])

    def strays(self, before: datetime) -> list[str]:
        """Files stored before a moment, of which it never became known what came of them."""
        marks = self.blobs.listed(MARKS)
        old = [place.rsplit("/", 1)[-1] for place, moment in marks if moment < before]
        return [name for name in old if _is_id(name)]

    def sweep_incoming(self, before: datetime) -> None:
        """Delete what began to arrive before a moment: nobody is sending it any more."""
        with on_disk():
            for path in self._incoming.glob("*") if self._incoming.is_dir() else ():
                with suppress(FileNotFoundError):
                    if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                        path.unlink()


def _is_id(name: str) -> bool:
    """Whether it is a mark of ours: a database of UUIDs refuses to be asked for anything else."""
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


@contextmanager
def _discarded(incoming: Incoming) -> Iterator[None]:
    """Whatever happens, nothing stays where files arrive."""
    try:
        yield
    finally:
        incoming.discard()
