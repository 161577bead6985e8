"""Attachments: files of messages, stored by the service or kept by the program itself."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from trialogue.core import attachments, checks, files, wire
from trialogue.core.errors import ChatError
from trialogue.core.files import Stored
from trialogue.service.calls import Calls, spoken
from trialogue.store import blobs
from trialogue.store.blobs import Access
from trialogue.store.files import Files
from trialogue.store.synchronous import SynchronousDatabase

DAY = 86_400


def open_files(door: SynchronousDatabase, location: str | Path | None) -> Files:
    """The files of a program: in a folder, or in a bucket. ValueError for any other location."""
    given = str(location) if location is not None else os.environ.get("TRIALOGUE_STORAGE", "")
    folder = _beside(door)
    if given.startswith("s3://"):
        names = ("ENDPOINT", "REGION", "KEY", "SECRET")
        values = [os.environ.get(f"TRIALOGUE_S3_{name}") or None for name in names]
        return Files(blobs.open_storage(given, folder, Access(*values)), folder / blobs.INCOMING)
    if "://" in given:
        raise ValueError("files must be a folder, or s3://bucket or s3://bucket/prefix")
    if given not in ("", "local"):
        folder = Path(given).resolve()
    return Files(blobs.open_storage("local", folder), folder / blobs.INCOMING)


def _beside(door: SynchronousDatabase) -> Path:
    """Where a server over the same database would keep them by default."""
    if door.url.get_backend_name() == "sqlite" and door.url.database:
        return Path(door.url.database).resolve().parent / "files"
    return Path(os.environ.get("TRIALOGUE_DATA_DIR") or "data").resolve() / "files"


class Attachments(Calls):
    """The methods of attachments."""

    _files: Files

    def add_attachment(
        self,
        message_id: str,
        file_name: str,
        file_size: int,
        mime_type: str,
        file_path: str,
        *,
        session: Session | None = None,
    ) -> wire.StoredAttachment:
        """Attach a file that your program keeps itself. Nothing of it is read, copied or ever
        deleted; a server sends it to members if it lies in its own storage folder.

        Args:
            file_size: In bytes.
            mime_type: A media type, as `application/pdf`.
            file_path: Where it is: a path, or whatever your program finds it by.

        Raises:
            InvalidError: An argument is not of this kind.
            NotFoundError: There is no such message.
            ConflictError: It was recalled, has 10 files, or its conversation is archived.

        Example:
            >>> plan = service.add_attachment(
            ...     message.id, "plan.pdf", 48_213, "application/pdf", "/srv/plans/7.pdf"
            ... )
            >>> plan.file_name, plan.file_path
            ('plan.pdf', '/srv/plans/7.pdf')
        """
        return self._write(
            session,
            attachments.add,
            message_id,
            file_name,
            file_size,
            mime_type,
            str(file_path) if isinstance(file_path, Path) else file_path,
        )

    def save_attachment(
        self,
        message_id: str,
        file_name: str,
        file_data: bytes,
        mime_type: str,
        *,
        session: Session | None = None,
    ) -> wire.StoredAttachment:
        """Store a file and attach it, with a thumbnail if it is a picture. Members see it at
        once. A call, or a transaction, that fails leaves no file; what a crash leaves goes with
        the next `clean_files`, or with that of a server.

        Args:
            file_data: Its bytes. From pictures the notes of cameras are taken.
            mime_type: A media type, as `image/png`.

        Raises:
            InvalidError: An argument is not of this kind.
            NotFoundError: There is no such message.
            ConflictError: It was recalled, has 10 files, or its conversation is archived.
            StorageError: The database or the storage failed.

        Example:
            >>> note = service.save_attachment(message.id, "note.txt", b"See you", "text/plain")
            >>> note.file_size, service.read_attachment(note.id)
            (7, b'See you')
        """
        with spoken():
            if session is None:
                self._door.must_stand_outside("save_attachment")
            name, kind = attachments.check_name(file_name), attachments.check_type(mime_type)
            stored = self._store(name, _bytes(file_data), kind)
        if session is None:
            try:
                return self._write(None, attachments.attach, message_id, stored)
            finally:
                self._settle(stored)
        try:
            made = self._write(session, attachments.attach, message_id, stored)
        except BaseException:  # it is undone already, whatever becomes of the transaction
            self._files.drop(stored.id)
            raise
        self._door.afterwards(session, lambda: self._settle(stored))
        return made

    def _store(self, name: str, data: bytes, kind: str) -> Stored:
        incoming = self._files.receive()
        try:
            incoming.write(data)
        except BaseException:
            incoming.discard()
            raise
        return self._files.store(incoming, name, kind)

    def _settle(self, stored: Stored) -> None:
        """The database is asked: it may have taken a change back, or have done one that it did
        not confirm. What cannot be told now, the clean-up tells."""
        with suppress(ChatError, SQLAlchemyError):
            known = bool(self._door.read(files.known, [stored.id]))
            self._files.settle(stored.id, known=known)

    def get_message_attachments(
        self, message_id: str, *, session: Session | None = None
    ) -> list[wire.StoredAttachment]:
        """The files of a message, in the order of their adding; of a recalled one none.

        Raises:
            NotFoundError: There is no such message.

        Example:
            >>> service.get_message_attachments(message.id)
            []
        """
        return self._read(session, attachments.listed, message_id)

    def read_attachment(self, attachment_id: str, *, session: Session | None = None) -> bytes:
        """The bytes of a file that the service has stored.

        Raises:
            NotFoundError: There is no such attachment, or your program keeps it itself.
            StorageError: The database or the storage failed.

        Example:
            >>> note = service.save_attachment(message.id, "note.txt", b"See you", "text/plain")
            >>> service.read_attachment(note.id)
            b'See you'
        """
        found = self._read(session, attachments.get, attachment_id)
        with spoken():
            return b"".join(self._files.read(found.file_path, 0, found.file_size))

    def delete_attachment(self, attachment_id: str, *, session: Session | None = None) -> bool:
        """Take a file from its message. Tells whether it was there. Its bytes go with the next
        clean-up.

        Raises:
            InvalidError: This is no id.
            ConflictError: Nothing would be left of the message, or its conversation is archived.

        Example:
            >>> note = service.save_attachment(message.id, "note.txt", b"See you", "text/plain")
            >>> service.delete_attachment(note.id), service.delete_attachment(note.id)
            (True, False)
        """
        return self._write(session, attachments.detach, attachment_id)

    def clean_files(self, older_than: float = DAY) -> int:
        """Delete the files that nobody can get any more: those of recalled messages, uploads that
        were never sent, and what a crash has left. Tells how many. A server does it by itself.

        Args:
            older_than: Seconds for which an upload may wait to be sent, and a file for the
                outcome of its transaction.

        Raises:
            InvalidError: An argument is not of this kind.
            StorageError: The database or the storage failed.

        Example:
            >>> service.clean_files()
            0
        """
        with spoken():
            self._door.must_stand_outside("clean_files")
            age = timedelta(seconds=checks.count(int(older_than), "older_than"))
            return _clean(self._door, self._files, datetime.now(UTC) - age)


def _clean(door: SynchronousDatabase, storage: Files, before: datetime) -> int:
    """As `store.keeping` does it for servers."""
    while door.write(files.drop_unsent, before):
        pass
    deleted = 0
    while gone := door.read(files.page_gone):
        storage.delete(gone)
        door.write(files.forget, [each.id for each in gone])
        deleted += len(gone)
    strays = storage.strays(before)
    known = door.read(files.known, strays) if strays else set()
    for file_id in strays:
        storage.settle(file_id, known=file_id in known)
    storage.sweep_incoming(before)
    return deleted + len(strays) - len(known)


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise ChatError("invalid", "file_data must be bytes.", field="file_data")
