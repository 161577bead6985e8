"""One writer a SQLite file inside this process; others wait in the file system."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

_locks: dict[str, threading.Lock] = {}


@contextmanager
def file_lock(url: URL) -> Iterator[None]:
    """Keep other threads from writing to the same SQLite file; nothing for other databases."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        yield
        return
    with _locks.setdefault(str(Path(url.database).resolve()), threading.Lock()):
        yield


def forget_locks() -> None:
    """In the child of a fork: those who held a lock are not there to give it back."""
    _locks.clear()
