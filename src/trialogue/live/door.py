"""The database as the realtime line sees it: a door that is handed in, and nothing more."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.orm import Session

P = ParamSpec("P")
T = TypeVar("T")


class Door(Protocol):
    """Runs functions of the core in a transaction, away from the event loop."""

    def read(
        self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[T]:
        """The result of `fn(db, …)`, which only reads."""

    def write(
        self, fn: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[T]:
        """The result of `fn(db, …)`, committed and its events published."""

    def now(self) -> datetime:
        """The time, with zone UTC."""
