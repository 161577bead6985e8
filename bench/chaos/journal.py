"""What a client process knows, in files that outlive its death: records of one size, appended.

A kill may cut the last record; it counts as never written.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct
from typing import Generic, NamedTuple, TypeVar

_CHUNK = 4_096  # records read at a time


class Acknowledged(NamedTuple):
    """The server has told a client that its message is stored."""

    client: int
    number: int  # the how manieth of this client, from 0
    seq: int
    message_id: bytes


class Heard(NamedTuple):
    """A client has heard of a message, as an event or after a break; in the order of hearing."""

    client: int  # whose message
    number: int
    seq: int
    rev: int


class Refused(NamedTuple):
    """The server could not take a message just then: it may stand behind later ones."""

    client: int
    number: int


T = TypeVar("T", Acknowledged, Heard, Refused)


class Journal(Generic[T]):
    """One file of records of one kind."""

    def __init__(self, path: Path, kind: type[T], form: str) -> None:
        self.path = path
        self._kind: type[T] = kind
        self._struct = Struct(form)
        self._file = -1

    def open(self) -> "Journal[T]":
        """Append from now on, behind the last whole record."""
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, len(self) * self._struct.size)
        return self

    def write(self, records: Iterable[T]) -> None:
        """Append; once this has returned, the death of the process loses nothing of it."""
        data = b"".join(self._struct.pack(*record) for record in records)
        while data:
            data = data[os.write(self._file, data) :]

    def __len__(self) -> int:
        size = self.path.stat().st_size if self.path.exists() else 0
        return size // self._struct.size

    def __iter__(self) -> Iterator[T]:
        size = self._struct.size
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            while data := file.read(size * _CHUNK):
                whole = data[: len(data) // size * size]
                yield from map(self._kind._make, self._struct.iter_unpack(whole))


class Letters:
    """A file of single letters: how often something happened, whoever died meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, letter: str) -> None:
        """It has happened once more."""
        with self._path.open("ab") as file:
            file.write(letter.encode())

    def count(self, letter: str) -> int:
        """How often."""
        return self._path.read_bytes().count(letter.encode()) if self._path.exists() else 0


def acknowledged(folder: Path, client: int) -> Journal[Acknowledged]:
    """What was acknowledged to a client."""
    return Journal(folder / f"{client}.acknowledged", Acknowledged, "<HII16s")


def heard(folder: Path, client: int) -> Journal[Heard]:
    """What a client has heard of its room."""
    return Journal(folder / f"{client}.heard", Heard, "<HIII")


def refused(folder: Path, client: int) -> Journal[Refused]:
    """What was refused to a client."""
    return Journal(folder / f"{client}.refused", Refused, "<HI")


def letters(folder: Path, process: int) -> Letters:
    """What happened to the clients of a process."""
    return Letters(folder / f"{process}.letters")
