"""The one error of the domain. `code` is the contract; the text is for people.

Which HTTP status or close code an error becomes is decided in `http/errors.py` and `live/`.
"""

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
    "gone",
    "too_large",
    "unsupported_type",
    "limited",
    "internal",
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
