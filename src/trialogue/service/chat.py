"""`ChatService`: all methods on one door, its transactions and its listeners."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session

from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.limits import Limits
from trialogue.service.attachments import Attachments, open_files
from trialogue.service.calls import spoken
from trialogue.service.conversations import Conversations
from trialogue.service.members import Members
from trialogue.service.messages import Messages
from trialogue.service.reads import Reads
from trialogue.service.sessions import Sessions
from trialogue.service.users import Users
from trialogue.store import migrate
from trialogue.store.announcer import Announcer
from trialogue.store.synchronous import SynchronousDatabase

DEFAULT_URL = "sqlite:///chat_app.db"

_services: dict[str, "ChatService"] = {}
_making = threading.Lock()


def _default_url() -> str:
    return os.environ.get("DATABASE_URL") or DEFAULT_URL


def init_chats_db(database_url: str | None = None) -> None:
    """Make all tables, or bring them up to date; what is up to date stays. Several processes may
    call it at once.

    Args:
        database_url: The database; `DATABASE_URL` where left out, or else
            `sqlite:///chat_app.db`.

    Raises:
        InvalidError: This is no URL of a database that is supported.
        StorageError: The database failed.
    """
    with spoken(), _said_of_urls():
        migrate.upgrade(database_url or _default_url())


@contextmanager
def _said_of_urls(field: str = "database_url") -> Iterator[None]:
    try:
        yield
    except ChatError:
        raise
    except ValueError as error:
        raise ChatError("invalid", str(error), field=field) from error


class Subscription:
    """A listener's place; `close()` (or the end of a `with`) gives it up."""

    def __init__(self, announcer: Announcer, listener: Callable[[Event], object]) -> None:
        self._announcer = announcer
        self._listener = listener
        announcer.add(listener)

    def close(self) -> None:
        """Hear no more; doing it twice is doing it once."""
        self._announcer.remove(self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class ChatService(Users, Conversations, Members, Messages, Attachments, Reads, Sessions):
    """A chat in one's own program: synchronous, for any number of threads.

    `ChatService()` is the one service of this process for `DATABASE_URL`; `ChatService(url)` is
    a further one. Nothing connects before the first call, connections are closed at exit, and
    after a fork the child has its own. It is trusted: it needs no password and acts for whoever
    is named, who is bound by the rules.

    Every method takes `session=`, the session of a `transaction()`; without it, it is a
    transaction of its own, done again after a deadlock. A call that fails has changed nothing,
    and raises a RefusedError (a ValueError), or a StorageError (a RuntimeError).
    """

    def __new__(
        cls,
        database_url: str | None = None,
        *,
        limits: Limits | None = None,
        files: str | Path | None = None,
    ) -> Self:
        """The service of this process where no URL is given."""
        if database_url is not None or limits is not None or files is not None:
            return super().__new__(cls)
        with _making:
            found = _services.get(_default_url())
            if not isinstance(found, cls):
                found = super().__new__(cls)
                found._connect(_default_url(), None, None)
                _services[_default_url()] = found
            return found

    def __init__(
        self,
        database_url: str | None = None,
        *,
        limits: Limits | None = None,
        files: str | Path | None = None,
    ) -> None:
        """Open the door to a database.

        Args:
            database_url: `sqlite:///chat.db`, `postgresql://…` or `mysql://…`; `DATABASE_URL`
                where left out, or else `sqlite:///chat_app.db`.
            limits: Lengths and times; those of `Limits` where left out.
            files: Where files are stored: a folder, or `s3://bucket/prefix` with the variables
                `TRIALOGUE_S3_…`. Left out, `TRIALOGUE_STORAGE`; or else the folder `files`
                beside the SQLite file, with other databases in `TRIALOGUE_DATA_DIR` (`./data`).

        Raises:
            InvalidError: This is no URL of a database, or no place for files, that is supported.
        """
        if not hasattr(self, "_door"):
            self._connect(database_url or _default_url(), limits, files)

    def _connect(self, url: str, limits: Limits | None, files: str | Path | None) -> None:
        with spoken(), _said_of_urls():
            self._door = SynchronousDatabase(url, limits=limits)
        with spoken(), _said_of_urls("files"):
            self._files = open_files(self._door, files)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Several calls that are committed together, or not at all; listeners hear of them after
        the commit. It is never repeated: it is your code.

        Pass the session that it gives to every call inside. The session is SQLAlchemy's: your own
        tables may take part in it. Databases let others wait meanwhile, so keep it short.

        Raises:
            TransactionError: Inside another one on the same database, or when a call inside
                leaves out `session=`.
            StorageError: The database failed; nothing was committed.

        Example:
            >>> with service.transaction() as session:
            ...     eve = service.create_user("eve", session=session)
            ...     joined = service.add_conversation_member(room.id, eve.id, session=session)
        """
        with spoken(), self._door.transaction() as session:
            yield session

    def listen(self, listener: Callable[[Event], object]) -> Subscription:
        """Hear what this service commits, from now on.

        Args:
            listener: Called with an `Event` (`name`, `data`, `conversation_id`, `rev`, …) after
                its commit, in the order of the commits of each conversation, in one of the
                threads that commit: be quick. What it raises is logged.

        Example:
            >>> heard = []
            >>> with service.listen(lambda event: heard.append(event.name)):
            ...     sent = service.send_message(room.id, ada.id, "Is anyone here?")
            >>> heard
            ['message.created']
        """
        return Subscription(self._door.announcer, listener)

    def close(self) -> None:
        """Close the connections that are not in use; the next call opens others."""
        self._door.dispose()
