"""A reply as an answer: what its end means to whoever waits for it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from trialogue.core import wire
from trialogue.core.errors import ProviderError, QuotaError
from trialogue.http import answers

AT = datetime(2026, 1, 1, tzinfo=UTC)
TRIED = (wire.ReplyAttempt("openai", "gpt", "timeout", 10),)


def final(
    state: wire.ReplyState, error: wire.ReplyError | None, *, tried: bool = False
) -> wire.Message:
    reply = wire.Reply(
        *("1", state, "2", "3", 1, 1, "openai", "gpt"), TRIED if tried else (), None, error
    )
    sender = wire.Sender("4", "helper", "Helper", None, "assistant")
    made = dict.fromkeys(wire.Message.__dataclass_fields__)
    facts = {"id": "5", "state": state, "reply": reply, "sender": sender, "created_at": AT}
    return replace(wire.Message(**{**made, **facts}), content="x")  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_what_ended_well_or_was_stopped_is_an_answer(state: wire.ReplyState) -> None:
    assert answers.failure_of(final(state, None)) is None


def test_a_limit_of_ones_own_is_told_from_that_of_a_provider() -> None:
    error = wire.ReplyError("limited", "Too much.", 60)
    own = answers.failure_of(final("failed", error))
    assert isinstance(own, QuotaError)  # which OpenAI's clients are told as used-up tokens
    assert (own.code, own.detail, own.retry_after) == ("limited", "Too much.", 60)
    theirs = answers.failure_of(final("failed", error, tried=True))
    assert isinstance(theirs, ProviderError)
    assert (theirs.code, theirs.reason) == ("provider_failed", "limited")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, "unavailable"),
        (wire.ReplyError("interrupted", "The server stopped."), "unavailable"),
        (wire.ReplyError("internal", "Something went wrong."), "internal"),
        (wire.ReplyError("timeout", "No answer."), "provider_failed"),
    ],
)
def test_what_broke_off_says_why(error: wire.ReplyError | None, code: str) -> None:
    failure = answers.failure_of(final("interrupted", error, tried=True))
    assert failure is not None
    assert failure.code == code
