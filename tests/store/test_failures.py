"""Which errors are done again, and which mean that the database has failed."""

import sqlite3

from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError

from trialogue.store.failures import is_outage, is_transient, pause


class Deadlock(Exception):
    """As a driver tells it."""

    sqlstate = "40P01"


def test_deadlocks_and_busy_files_are_done_again() -> None:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorname = "SQLITE_BUSY_SNAPSHOT"
    assert is_transient(OperationalError("x", None, Deadlock()))
    assert is_transient(OperationalError("x", None, busy))
    assert not is_transient(OperationalError("x", None, sqlite3.OperationalError("disk full")))


def test_an_outage_is_not_what_a_key_forbids() -> None:
    said = Exception()
    for kind in (OperationalError, InterfaceError, DatabaseError):
        assert is_outage(kind("x", None, said))
    assert not is_outage(IntegrityError("x", None, said))


def test_pauses_grow_and_stay_short() -> None:
    assert all(0 < pause(attempt) <= 0.05 * 2**attempt for attempt in range(4))
