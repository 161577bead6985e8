"""What the door tells the domain about the world: the time, and the limits that are settings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that an administrator may set; lengths in characters, times in seconds.

    `messages` are people's messages in all; `user_tokens` and `workspace_tokens` what models may
    be given and make in a day, for one person and for all; None without limit.
    """

    message_length: int = 20_000
    edit_window: int = 5 * 60
    session_timeout: int = 15 * 60
    session_idle: int = 5 * 60
    session_messages: int = 1_000
    messages: int | None = None
    user_tokens: int | None = None
    workspace_tokens: int | None = None
    access_token_lifetime: int = 15 * 60
    refresh_token_lifetime: int = 30 * 24 * 3600


def now(db: Session) -> datetime:
    """The time of this transaction, with zone UTC; the same for all its rows."""
    moment: datetime = db.info.setdefault("now", datetime.now(UTC))
    return moment


def limits(db: Session) -> Limits:
    """The limits in force."""
    current: Limits = db.info.setdefault("limits", Limits())
    return current


def seconds(count: float) -> timedelta:
    """A span of time."""
    return timedelta(seconds=count)
