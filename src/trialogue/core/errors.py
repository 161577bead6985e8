"""The one error of the domain. `code` is the contract; the text is for people.

Which HTTP status or close code an error becomes is decided in `http/errors.py` and `live/`; in
Python it becomes one of the kinds at the end, which are a ValueError or a RuntimeError as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Code = Literal[
    "invalid",
    "bad_request",
    "unauthenticated",
    "invalid_credentials",
    "forbidden",
    "not_member",
    "not_found",
    "conflict",
    "username_taken",
    "email_taken",
    "already_member",
    "last_owner",
    "edit_window_over",
    "quota_reached",
    "gone",
    "too_large",
    "unsupported_type",
    "limited",
    "internal",
    "provider_failed",
    "unavailable",
]


class ChatError(Exception):
    """A rule was broken or a thing is not there: `code` for programs, `detail` for people.

    `field` names the argument at fault where there is one (`"content"`); `retry_after` are
    the seconds after which the same may succeed.
    """

    def __init__(
        self, code: Code, detail: str, *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field
        self.retry_after = retry_after

    def __repr__(self) -> str:
        return f"ChatError({self.code!r}, {self.detail!r})"


class QuotaError(ChatError):
    """All that may be used until tomorrow is used up: `limited`, and asking slower is no help."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__("limited", detail, retry_after=retry_after)


class ProviderError(ChatError):
    """No model provider has answered. `reason` is the code of what went wrong with the last one,
    and `detail` a safe text about it."""

    def __init__(self, reason: str, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__("provider_failed", detail, retry_after=retry_after)
        self.reason = reason


class RefusedError(ChatError, ValueError):
    """A call that is wrong in itself, or that a rule refuses; it has changed nothing."""


class InvalidError(RefusedError):
    """An argument is not what it should be; `field` names it."""


class NotFoundError(RefusedError):
    """There is nothing with this id or name."""


class ConflictError(RefusedError):
    """It is there already, or what is there stands in the way."""


class ForbiddenError(RefusedError):
    """The one who acts may not do this."""


class StorageError(ChatError, RuntimeError):
    """The database failed; `__cause__` is what its driver said."""


class UnavailableError(StorageError):
    """The database cannot be reached, or is too busy; the same call may succeed later."""


class TransactionError(RuntimeError):
    """A call that stands outside of the transaction in whose midst it is made."""


_KINDS: dict[Code, type[ChatError]] = {
    "invalid": InvalidError,
    "bad_request": InvalidError,
    "too_large": InvalidError,
    "unsupported_type": InvalidError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "username_taken": ConflictError,
    "email_taken": ConflictError,
    "already_member": ConflictError,
    "last_owner": ConflictError,
    "gone": ConflictError,
    "internal": StorageError,
    "unavailable": UnavailableError,
}


@contextmanager
def in_python() -> Iterator[None]:
    """Raise errors of the domain as their Python kind; what has none is a ForbiddenError."""
    try:
        yield
    except (RefusedError, StorageError):
        raise
    except ChatError as error:
        kind = _KINDS.get(error.code, ForbiddenError)
        told = kind(error.code, error.detail, field=error.field, retry_after=error.retry_after)
        raise told from error
