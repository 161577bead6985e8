"""`ChatService`: all methods on one door, its transactions and its listeners."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy.orm import Session

from trialogue.core import workspaces
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

if TYPE_CHECKING:
    from trialogue.live.bus.hearing import Hearing
    from trialogue.live.bus.publisher import Publisher

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

    def __init__(
        self,
        announcer: Announcer,
        listener: Callable[[Event], object],
        hearing: "Hearing | None" = None,
    ) -> None:
        self._announcer = announcer
        self._listener = listener
        self._hearing = hearing
        announcer.add(listener)
        if hearing is not None:
            hearing.start()

    def close(self) -> None:
        """Hear no more; doing it twice is doing it once."""
        self._announcer.remove(self._listener)
        if self._hearing is not None and not self._announcer.is_heard:
            self._hearing.stop()

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

    _publisher: "Publisher | None" = None
    _hearing: "Hearing | None" = None

    def __new__(
        cls,
        database_url: str | None = None,
        *,
        limits: Limits | None = None,
        files: str | Path | None = None,
        redis_url: str | None = None,
    ) -> Self:
        """The service of this process where nothing is given."""
        if any(each is not None for each in (database_url, limits, files, redis_url)):
            return super().__new__(cls)
        with _making:
            found = _services.get(_default_url())
            if not isinstance(found, cls):
                found = super().__new__(cls)
                found._connect(_default_url(), None, None, None)
                _services[_default_url()] = found
            return found

    def __init__(
        self,
        database_url: str | None = None,
        *,
        limits: Limits | None = None,
        files: str | Path | None = None,
        redis_url: str | None = None,
    ) -> None:
        """Open the door to a database.

        Args:
            database_url: `sqlite:///chat.db`, `postgresql://…` or `mysql://…`; `DATABASE_URL`
                where left out, or else `sqlite:///chat_app.db`.
            limits: Lengths and times; those of `Limits` where left out.
            files: Where files are stored: a folder, or `s3://bucket/prefix` with the variables
                `TRIALOGUE_S3_…`. Left out, `TRIALOGUE_STORAGE`; or else the folder `files`
                beside the SQLite file, with other databases in `TRIALOGUE_DATA_DIR` (`./data`).
            redis_url: `redis://…`, by which servers on this database hear at once what this
                program commits, and it what they do; `REDIS_URL` where left out, "" for none.

        Raises:
            InvalidError: This is no URL of a database, no place for files, or no address of
                Redis, that is supported.
        """
        if not hasattr(self, "_door"):
            self._connect(database_url or _default_url(), limits, files, redis_url)

    def _connect(
        self, url: str, limits: Limits | None, files: str | Path | None, redis_url: str | None
    ) -> None:
        if redis_url is None:
            redis_url = os.environ.get("REDIS_URL")
        with spoken():
            with _said_of_urls():
                self._door = SynchronousDatabase(url, limits=limits)
            with _said_of_urls("files"):
                self._files = open_files(self._door, files)
            if redis_url:
                self._join_others(redis_url)

    def _join_others(self, redis_url: str) -> None:
        # For those alone who have Redis: nothing of it is loaded otherwise.
        from trialogue.live.bus.hearing import Hearing
        from trialogue.live.bus.publisher import Publisher

        try:
            publisher = Publisher(redis_url, self._workspace_id)
        except ValueError as error:
            raise ChatError("invalid", str(error), field="redis_url") from error
        announcer = self._door.announcer
        announcer.publish = publisher.publish
        self._publisher = publisher
        self._hearing = Hearing(
            redis_url, self._workspace_id, lambda: publisher.mark, announcer.hear
        )

    def _workspace_id(self) -> str:
        found = self._door.read(workspaces.find_default)
        return found or self._door.write(workspaces.ensure_default)

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
        """Hear what this service commits, from now on; with Redis also what servers and other
        programs on the same database do.

        Args:
            listener: Called with an `Event` (`name`, `data`, `conversation_id`, `rev`, …) after
                its commit, in the order of the commits of each conversation, in one of the
                threads that commit: be quick. What it raises is logged. What others commit
                comes in a thread of its own, in the order in which Redis brings it.

        Example:
            >>> heard = []
            >>> with service.listen(lambda event: heard.append(event.name)):
            ...     sent = service.send_message(room.id, ada.id, "Is anyone here?")
            >>> heard
            ['message.created']
        """
        return Subscription(self._door.announcer, listener, self._hearing)

    def close(self) -> None:
        """Close the connections that are not in use, after telling Redis what is left to tell; the
        next call opens others."""
        if self._publisher is not None:
            self._publisher.close()
        self._door.dispose()
