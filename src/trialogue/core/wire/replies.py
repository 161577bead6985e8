"""Wire types of assistants and their replies, of feedback and usage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trialogue.core.wire.people import User

Trigger = Literal["always", "mention", "until_human"]
ReplyState = Literal["queued", "streaming", "done", "interrupted", "failed", "cancelled"]
Finish = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Assistant:
    """An assistant. `providers` is its chain in order, empty for the server's; `context` how much
    history it is given; `settings` are passed to the model; `standard`: the workspace's default."""

    id: str
    user: User
    name: str
    instructions: str
    providers: Sequence[str]
    trigger: Trigger
    context: Mapping[str, object]
    settings: Mapping[str, object]
    standard: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyAttempt:
    """A provider that was asked and did not finish: why, and after how many milliseconds."""

    provider: str
    model: str | None
    error: str
    ms: int


@dataclass(frozen=True, slots=True)
class ReplyUsage:
    """What all attempts took together. `cost` in US dollars, null where a price is not known;
    `estimated` where a provider did not count."""

    input_tokens: int
    output_tokens: int
    cost: float | None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class ReplyError:
    """Why a reply failed: a stable code, a text for people, and when to try again (seconds)."""

    code: str
    detail: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message of an assistant answers, and how it came about. `attempt` rises when the
    text starts over or is continued; `version` when the question is answered anew. `finish` of one
    that is done: `length` where the model was at its longest, so that it can be continued.
    `ended_at`: null while it is promised or written."""

    id: str
    state: ReplyState
    assistant_id: str
    trigger_id: str
    version: int
    attempt: int
    provider: str | None
    model: str | None
    attempts: Sequence[ReplyAttempt]
    usage: ReplyUsage | None
    error: ReplyError | None
    finish: Finish | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The text of a reply so far; what comes after it has offsets from its end on."""

    attempt: int
    text: str


@dataclass(frozen=True, slots=True)
class UsageSum:
    """What the attempts of a day, user, assistant or model (`key`) took together."""

    key: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class UsageLimits:
    """How many tokens a user, and the whole workspace, may use a day (UTC); null: no limit."""

    user_tokens: int | None
    workspace_tokens: int | None


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What was used from `since` to before `until`, grouped by `by`. Costs in US dollars, of what
    has a known price."""

    since: datetime
    until: datetime
    by: Literal["day", "user", "assistant", "model"]
    total: UsageSum
    items: Sequence[UsageSum]
    limits: UsageLimits


@dataclass(frozen=True, slots=True)
class Feedback:
    """How one person rates a reply, 1 to 5."""

    id: str
    message_id: str
    rating: int
    comment: str | None
    created_at: datetime
