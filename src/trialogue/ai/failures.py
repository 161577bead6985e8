"""What goes wrong with a provider: a code and a safe text for people, and what to do about it.

The raw answer of a provider is for the log alone. The classes of pydantic-ai are looked at only
once it has raised one of them.
"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["next", "account", "refused", "ours"]
FailureCode = Literal[
    "no_key",
    "not_installed",
    "unauthorized",
    "no_model",
    "limited",
    "account",
    "unavailable",
    "timeout",
    "unreachable",
    "cut",
    "empty",
    "refused",
    "too_long",
    "rejected",
]


@dataclass(frozen=True, slots=True)
class _Meaning:
    verdict: Verdict
    detail: str


MEANINGS: dict[FailureCode, _Meaning] = {
    "no_key": _Meaning("next", "No key is set for this provider."),
    "not_installed": _Meaning("next", "This provider's package is not installed."),
    "unauthorized": _Meaning("next", "The provider does not accept the key."),
    "no_model": _Meaning("next", "The provider does not know this model."),
    "limited": _Meaning("next", "The provider is asked too often just now."),
    "account": _Meaning("account", "The provider's account is out of credit or quota."),
    "unavailable": _Meaning("next", "The provider has a fault or is overloaded."),
    "timeout": _Meaning("next", "The provider did not answer in time."),
    "unreachable": _Meaning("next", "The provider cannot be reached."),
    "cut": _Meaning("next", "The answer broke off."),
    "empty": _Meaning("next", "The model gave an empty answer."),
    "refused": _Meaning("refused", "The provider's content rules do not allow an answer to this."),
    "too_long": _Meaning("ours", "The conversation is too long for this model."),
    "rejected": _Meaning("ours", "The provider did not accept the request."),
}
# Of these a provider counts no tokens: the model was never asked.
UNASKED: frozenset[FailureCode] = frozenset(
    (
        "no_key",
        "not_installed",
        "unauthorized",
        "no_model",
        "limited",
        "account",
        "unreachable",
        "too_long",
        "rejected",
    )
)
# Codes of DashScope, OpenAI and Azure that say more than the HTTP status they come with.
_REFUSALS = ("data_inspection_failed", "datainspectionfailed", "content_filter", "content_policy")
_ACCOUNT = ("arrearage", "insufficient_quota", "billing", "overdue", "creditbalance")
# Statuses below 500 by which a server or a proxy before it says that it did not get to it just now.
_PASSING: dict[int, FailureCode] = {408: "timeout", 409: "unavailable", 425: "unavailable"}


class ProviderFailure(Exception):
    """A provider did not answer. `detail` is short, English and safe to show; `retry_after` are
    the seconds after which the provider wants to be asked again. What to do is the `verdict`:
    `next` link; `account`, the next one too, but not this key again; `refused`, nobody else is
    asked unless a setting says so; `ours`, the request itself is at fault.
    """

    def __init__(
        self, code: FailureCode, detail: str | None = None, *, retry_after: float | None = None
    ) -> None:
        meaning = MEANINGS[code]
        self.code: FailureCode = code
        self.detail = detail or meaning.detail
        super().__init__(self.detail)
        self.verdict = meaning.verdict
        self.retry_after = retry_after

    def __repr__(self) -> str:
        return f"ProviderFailure({self.code!r})"


def named(*names: object) -> FailureCode | None:
    """What a provider's own code or type means, where it is one that decides; else None."""
    for name in names:
        told = name.lower() if isinstance(name, str) else ""
        if any(refusal in told for refusal in _REFUSALS):
            return "refused"
        if any(account in told for account in _ACCOUNT):
            return "account"
    return None


def of(error: Exception) -> ProviderFailure | None:
    """The failure behind what pydantic-ai or its HTTP client raised; None for what is a fault of
    our own code."""
    import httpx2
    from pydantic_ai import exceptions as library

    if isinstance(error, library.ModelAPIError):
        told = named(error.provider_error_code, error.provider_error_type)
        return ProviderFailure(told or _category(error), retry_after=error.retry_after)
    if isinstance(error, library.ContentFilterError):
        return ProviderFailure("refused")
    if isinstance(error, library.UnexpectedModelBehavior | httpx2.HTTPError | httpx2.StreamError):
        return ProviderFailure("cut")
    if isinstance(error, httpx2.InvalidURL):
        return ProviderFailure("unreachable")
    if isinstance(error, library.UserError):
        return ProviderFailure("rejected")
    return None


def _category(error: object) -> FailureCode:
    """The code of one of pydantic-ai's classes; the first that fits, finer ones before coarser."""
    from pydantic_ai import exceptions as library

    classes: tuple[tuple[type[Exception], FailureCode], ...] = (
        (library.ModelQuotaExceededError, "account"),
        (library.ModelRateLimitError, "limited"),
        (library.ModelUnavailableError, "unavailable"),
        (library.ModelServerError, "unavailable"),
        (library.ModelRequestTimeout, "timeout"),
        (library.ModelContextWindowExceededError, "too_long"),
        (library.ModelAuthenticationError, "unauthorized"),
        (library.ModelNotFoundError, "no_model"),
        (library.ModelRequestRejectedError, "rejected"),
    )
    for kind, code in classes:
        if isinstance(error, kind):
            return code
    if isinstance(error, library.ModelConnectionError):
        return _connection(error.phase, timed_out=isinstance(error, library.ModelTimeoutError))
    if isinstance(error, library.ModelHTTPError):
        usual: FailureCode = "unavailable" if error.status_code >= 500 else "rejected"
        return _PASSING.get(error.status_code, usual)
    return "cut"


def _connection(phase: str | None, *, timed_out: bool) -> FailureCode:
    if timed_out:
        return "unreachable" if phase == "connect" else "timeout"
    return "cut" if phase == "read" else "unreachable"
