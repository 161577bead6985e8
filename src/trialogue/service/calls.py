"""How a method of the service reaches the database: in a transaction of its own, or in the
caller's; and in which words it fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from trialogue.core import wire
from trialogue.core.errors import ChatError, StorageError, UnavailableError, in_python
from trialogue.store.failures import is_outage
from trialogue.store.synchronous import SynchronousDatabase

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

AT_ONCE = 500  # rows that a list is read by
EXTRAS = {"psycopg": "postgresql", "pymysql": "mysql", "redis": "redis", "orjson": "redis"}


class Calls:
    """What all methods of the service stand on: the door, which `ChatService` opens."""

    _door: SynchronousDatabase

    def _write(
        self,
        session: Session | None,
        fn: Callable[Concatenate[Session, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        with spoken():
            if session is None:
                return self._door.write(fn, *args, **kwargs)
            with self._door.join(_checked(session)) as db:
                return fn(db, *args, **kwargs)

    def _read(
        self,
        session: Session | None,
        fn: Callable[Concatenate[Session, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        with spoken():
            if session is None:
                return self._door.read(fn, *args, **kwargs)
            with self._door.join(_checked(session)) as db:
                return fn(db, *args, **kwargs)


def _checked(session: object) -> Session:
    if isinstance(session, Session):
        return session
    raise ChatError("invalid", "session must be a SQLAlchemy Session.", field="session")


@contextmanager
def spoken() -> Iterator[None]:
    """Say what fails as a ValueError or a RuntimeError of ours."""
    with in_python():
        try:
            yield
        except PoolTimeout as error:
            raise UnavailableError("unavailable", f"No connection became free. {error}") from error
        except DBAPIError as error:
            raise _told(error) from error
        except SQLAlchemyError as error:
            raise StorageError("internal", f"The database could not be used: {error}") from error
        except ModuleNotFoundError as error:
            if error.name not in EXTRAS:
                raise
            detail = f"The driver is missing; install trialogue[{EXTRAS[error.name]}]."
            raise StorageError("internal", detail) from error


def _told(error: DBAPIError) -> StorageError:
    said = str(error.orig)
    lowered = said.lower()
    absent = "no such table" in lowered or "does not exist" in lowered or "doesn't exist" in lowered
    if absent and isinstance(error, OperationalError | ProgrammingError) and "chat_" in lowered:
        return StorageError("internal", f"The tables are missing; call init_chats_db(). {said}")
    if is_outage(error):
        return UnavailableError("unavailable", f"The database is not available just now. {said}")
    return StorageError("internal", f"The database failed. {said}")


def every(page: Callable[[str | None], wire.Page[T]]) -> list[T]:
    """All items of a list that the core gives in pages."""
    found = page(None)
    items = list(found.items)
    while found.next_cursor is not None:
        found = page(found.next_cursor)
        items += found.items
    return items
