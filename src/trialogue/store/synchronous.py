"""The door for programs without an event loop: the library's threads.

A call is a transaction of its own, done again after deadlocks and the like; `transaction()` is
the caller's code and is never repeated. Events are heard after the commit, in this process.
"""

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakSet

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import Pool

from trialogue.core import events
from trialogue.core.errors import TransactionError
from trialogue.core.limits import Limits
from trialogue.core.sql import savepoint
from trialogue.store import engines
from trialogue.store.announcer import Announcer, Ticket
from trialogue.store.failures import RETRIES, is_transient, pause
from trialogue.store.locks import file_lock, forget_locks

P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 60  # seconds that a thread waits for one of the connections
INSIDE = (
    "This call was made inside of transaction() without its session, and would wait for that"
    " transaction for ever. Pass the session: {name}(…, session=session)."
)
ENDED = "The transaction of this session has ended; begin another one with transaction()."


class _Here(threading.local):
    """The databases on which this thread is in the midst of a transaction."""

    def __init__(self) -> None:
        self.databases: set[str] = set()


_here = _Here()


class SynchronousDatabase:
    """The door to one database for any number of threads. Nothing connects before it is used."""

    def __init__(self, url: str, *, limits: Limits | None = None) -> None:
        self.url = engines.parse(url)
        self.limits = limits or Limits()
        self.announcer = Announcer()
        self._identity = _identity(self.url.set(query={}).render_as_string())
        self._lock = threading.Lock()
        self._engines: tuple[Engine, Engine] | None = None
        _doors.add(self)

    def _open(self) -> tuple[Engine, Engine]:
        """The engines that write and read."""
        with self._lock:
            if self._engines is None:
                writing = engines.synchronous(self.url, patience=PATIENCE)
                reading = engines.synchronous_reading(self.url, writing, patience=PATIENCE)
                self._engines = (writing, reading)
            return self._engines

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A real session; commits at the end, rolls back on an error, then tells listeners.

        Raises TransactionError inside another one on the same database.
        """
        self.must_stand_outside("transaction")
        afterwards: list[Callable[[], None]] = []
        try:
            with self._inside(), file_lock(self.url), self._session(self._open()[0]) as db:
                db.info.update(own=True, afterwards=afterwards)
                self.attend(db)
                try:
                    with db.begin():
                        yield db
                finally:
                    db.info["ended"] = True
        finally:
            _run(afterwards)
        self.announcer.tell()

    def _session(self, engine: Engine) -> Session:
        return Session(engine, expire_on_commit=False, info={"limits": self.limits})

    @contextmanager
    def _inside(self) -> Iterator[None]:
        _here.databases.add(self._identity)
        try:
            yield
        finally:
            _here.databases.discard(self._identity)

    def must_stand_outside(self, name: str) -> None:
        """TransactionError in the midst of a transaction of this thread on this database."""
        if self._identity in _here.databases:
            raise TransactionError(INSIDE.format(name=name))

    def write(
        self, fn: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `fn(db, …)` in a transaction of its own; again after deadlocks and the like, so it
        must not touch the world."""
        self.must_stand_outside(fn.__name__)
        for attempt in range(RETRIES + 1):
            try:
                with self.transaction() as db:
                    result = fn(db, *args, **kwargs)
            except DBAPIError as error:
                if attempt == RETRIES or not is_transient(error):
                    raise
                time.sleep(pause(attempt))
                continue
            return result
        raise AssertionError("unreachable")

    def read(
        self, fn: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `fn(db, …)` in a transaction that only reads, and sees one moment."""
        self.must_stand_outside(fn.__name__)
        with self._session(self._open()[1]) as db, db.begin():
            return fn(db, *args, **kwargs)

    @contextmanager
    def join(self, db: Session) -> Iterator[Session]:
        """A call inside the transaction of `db`, which its caller commits. What fails is undone
        alone, so that the caller may go on."""
        if db.info.get("ended"):
            raise TransactionError(ENDED)
        self.attend(db)
        with savepoint(db):
            yield db

    def attend(self, db: Session) -> None:
        """Tell listeners of what this session commits: one of ours, or one of the caller's own."""
        if "attended" not in db.info:
            db.info["attended"] = _Attendance(self.announcer, db)
            db.info.setdefault("limits", self.limits)

    def afterwards(self, db: Session, work: Callable[[], None]) -> None:
        """Run something when the transaction of `db` has ended, however it did."""
        db.info.setdefault("afterwards", []).append(work)

    def dispose(self) -> None:
        """Close all connections that are not in use."""
        for engine in self._engines or ():
            engine.dispose()

    def prepare_fork(self) -> None:
        """SQLite's connections must not be carried into another process, not even to be closed."""
        if self.url.get_backend_name() == "sqlite":
            self.dispose()

    def renew(self) -> None:
        """In the child of a fork: the parent's connections are left alone, and never closed."""
        for engine in self._engines or ():
            _of_parent.append(engine.pool)
            engine.dispose(close=False)
        self._lock = threading.Lock()
        self.announcer.renew()


class _Attendance:
    """Watches one session's commits."""

    def __init__(self, announcer: Announcer, db: Session) -> None:
        self._announcer = announcer
        self._ticket: Ticket | None = None
        self._committed = False
        event.listen(db, "before_commit", self._expect)
        event.listen(db, "after_commit", self._confirm)
        event.listen(db, "after_transaction_end", self._settle)

    def _expect(self, db: Session) -> None:
        if not db.in_nested_transaction():
            self._ticket = self._announcer.expect(events.take(db))

    def _confirm(self, db: Session) -> None:
        self._committed = not db.in_nested_transaction()

    def _settle(self, db: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is not None:
            return
        db.info.pop("now", None)  # the next transaction has a time of its own
        if "own" not in db.info:  # else when the door has let go of everything
            _run(db.info.get("afterwards", []))
        ticket, committed = self._ticket, self._committed
        self._ticket, self._committed = None, False
        if ticket is None:
            return
        self._announcer.settle(ticket, committed=committed)
        if "own" not in db.info:  # the door tells when its own session has let go of all locks
            self._announcer.tell()


def _run(works: list[Callable[[], None]]) -> None:
    """Each of them once."""
    while works:
        works.pop(0)()


def _identity(text: str) -> str:
    """Two doors to one database must know it: a relative path is where it leads to."""
    url = engines.parse(text)
    if url.get_backend_name() == "sqlite" and url.database:
        return str(Path(url.database).resolve())
    return f"{url.get_backend_name()} {url.host} {url.port} {url.database}"


_doors: WeakSet[SynchronousDatabase] = WeakSet()
_of_parent: list[Pool] = []


def _before_fork() -> None:
    for door in list(_doors):
        door.prepare_fork()


def _in_child() -> None:
    forget_locks()
    _here.databases.clear()
    for door in list(_doors):
        door.renew()


def _at_exit() -> None:
    for door in list(_doors):
        door.dispose()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_before_fork, after_in_child=_in_child)
atexit.register(_at_exit)
