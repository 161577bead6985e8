"""Arguments of Python callers, which no JSON has been through: what is wrong is ChatError
`invalid` and named. What HTTP and the socket take is in `arguments`, and holds here as well."""

from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TypeVar, cast
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from trialogue.core import arguments
from trialogue.core.errors import ChatError

T = TypeVar("T", bound=str)


def identifier(value: object, field: str) -> str:
    """An id in the form in which it is kept."""
    if isinstance(value, UUID):
        return str(value)
    try:
        return str(UUID(value)) if isinstance(value, str) else _wrong_id(value, field)
    except ValueError:
        return _wrong_id(value, field)


def _wrong_id(value: object, field: str) -> str:
    raise ChatError("invalid", f"{field} must be an id (a UUID), not {_brief(value)}.", field=field)


def text(value: object, field: str) -> str:
    """Text that a database can keep: no NUL, no lone surrogates."""
    return cast(str, _fit(arguments.SoundText, value, field))


def name(value: object, field: str) -> str:
    """A name as people see it: one line of 1 to 80 characters."""
    return cast(str, _fit(arguments.Name, value, field))


def client_id(value: object, field: str = "client_id") -> str:
    """A caller's own id: 1 to 128 characters."""
    return cast(str, _fit(arguments.ClientId, value, field))


def long_text(value: object, field: str, longest: int) -> str:
    """Text of at most so many characters."""
    found = text(value, field)
    if len(found) > longest:
        detail = f"{field} has at most {longest} characters; this one has {len(found)}."
        raise ChatError("invalid", detail, field=field)
    return found


def choice(value: object, options: tuple[T, ...], field: str) -> T:
    """One of some words, or of an enum of them; upper and lower case are the same."""
    word = value.value if isinstance(value, Enum) else value
    for option in options:
        if isinstance(word, str) and word.lower() == option:
            return option
    raise ChatError(
        "invalid", f"{field} is one of {', '.join(options)}, not {_brief(value)}.", field=field
    )


def count(value: object, field: str) -> int:
    """A whole number from 0 on that a database can count to."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    detail = f"{field} must be a whole number from 0 on, not {_brief(value)}."
    raise ChatError("invalid", detail, field=field)


def moment(value: object, field: str) -> datetime:
    """A time: a datetime (without a zone it is local time, as everywhere in Python), or text as
    RFC 3339 has it."""
    if isinstance(value, datetime):
        try:
            return value.astimezone(UTC)
        except (OverflowError, OSError):
            raise ChatError("invalid", f"{field} is out of range.", field=field) from None
    return cast(datetime, _fit(arguments.Moment, value, field, strict=None)).astimezone(UTC)


def _fit(kind: object, value: object, field: str, *, strict: bool | None = True) -> object:
    try:
        return _adapter(kind).validate_python(value, strict=strict)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"]
        reason = reason.removeprefix("Value error, ")
        raise ChatError("invalid", f"{field}: {reason}.", field=field) from None


@cache
def _adapter(kind: object) -> TypeAdapter[object]:
    return TypeAdapter(cast("type[object]", kind))


def _brief(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
