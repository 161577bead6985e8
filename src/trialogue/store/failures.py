"""What a database's errors mean: do it again, or say that the database has failed."""

import random

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

RETRIES = 3
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"  # MySQL tells a deadlock by 40001


def is_transient(error: DBAPIError) -> bool:
    """Whether the same work may succeed if it is simply done again."""
    if getattr(error.orig, "sqlstate", None) in (SERIALIZATION_FAILURE, DEADLOCK):
        return True
    return getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def is_outage(error: DBAPIError) -> bool:
    """Whether the database itself failed, not the work. SQLite has no class of its own for a
    file that is damaged."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def pause(attempt: int) -> float:
    """Seconds to wait before doing it again for the `attempt`th time, from 0; by chance, so that
    two who were in each other's way do not meet again."""
    return float(random.uniform(0.005, 0.05) * 2**attempt)  # noqa: S311
