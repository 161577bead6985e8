"""Links are asked in their order until one answers; what was handed out is never taken back."""

import asyncio
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from tests.support.completions import completion
from tests.support.provider import CUT, HOLD, Provider, arrears, fail, inspected, say
from trialogue.ai import chain as chains
from trialogue.ai.chain import NOBODY, Chain
from trialogue.ai.circuit import REST, Circuits
from trialogue.ai.completions import Completion
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.failures import MEANINGS, ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.prices import Prices
from trialogue.ai.prompt import Prompt, Turn
from trialogue.ai.providers import Providers

FIRST, SECOND = Link("openai", "gpt-first"), Link("openai", "gpt-second")
PROMPT = Prompt("", (Turn("user", "Hello"),))


@dataclass
class Outcome:
    """What became of a question."""

    text: str
    failure: ProviderFailure | None
    reasons: list[str]
    attempts: list[tuple[str, str]]


def asked(
    provider: Provider,
    sheet: Completion,
    *,
    circuits: Circuits | None = None,
    named: tuple[str, ...] = (),
    refused_goes_on: bool = False,
) -> Outcome:
    """Put a question to both links, or to those of an assistant."""
    reasons: list[str] = []

    def tell(sheet: Completion, reason: str | None) -> None:
        reasons.extend([] if reason is None else [reason])
        sheet.tell(reason)

    async def play() -> ProviderFailure | None:
        held = Credentials((Credential("openai", "sk-x", provider.url),))
        chain = Chain(
            Providers(held),
            Prices.load(),
            circuits or Circuits(),
            usual=lambda: (FIRST, SECOND),
            refused_goes_on=refused_goes_on,
        )
        try:
            return await chain.ask(sheet, chain.links(named), PROMPT, tell)
        finally:
            await chain.close()

    failure = asyncio.run(play())
    attempts = [(one.model, one.state) for one in sheet.spent]
    return Outcome(sheet.text, failure, reasons, attempts)


@pytest.mark.parametrize("status", [408, 409, 425, 500, 520, 529])
def test_the_second_link_answers_when_the_first_does_not(provider: Provider, status: int) -> None:
    provider.queue(FIRST.model, fail(status))
    outcome = asked(provider, completion())
    assert (outcome.text, outcome.failure) == ("You said: Hello ", None)
    assert outcome.attempts == [(FIRST.model, "failed"), (SECOND.model, "done")]
    assert outcome.reasons == []


@pytest.mark.parametrize(
    ("code", "goes_on"), [("context_length_exceeded", True), ("invalid_request_error", False)]
)
def test_what_is_too_long_for_one_is_asked_elsewhere_what_is_wrong_is_not(
    provider: Provider, code: str, goes_on: bool
) -> None:
    provider.queue(FIRST.model, fail(400, code))
    outcome = asked(provider, completion())
    assert (outcome.failure is None) == goes_on
    assert len(provider.asked()) == (2 if goes_on else 1)


def test_what_may_start_over_does_and_says_why(provider: Provider) -> None:
    provider.queue(FIRST.model, say("Half", CUT))
    outcome = asked(provider, completion(whole=True))
    assert (outcome.text, outcome.reasons) == ("You said: Hello ", ["cut"])


def test_nobody_else_is_asked_while_a_stop_is_being_decided(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def decided(sheet: Completion) -> None:
        if sheet.spent:
            raise asyncio.CancelledError

    monkeypatch.setattr(Completion, "settled", decided)
    provider.queue(FIRST.model, say("Half", CUT))
    with pytest.raises(asyncio.CancelledError):
        asked(provider, completion(whole=True))
    assert [each.model for each in provider.asked()] == [FIRST.model]


def test_what_was_handed_out_is_not_taken_back(provider: Provider) -> None:
    provider.queue(FIRST.model, say("Half", CUT))
    outcome = asked(provider, completion())
    assert outcome.failure is not None
    assert outcome.failure.code == "cut"
    assert (outcome.text, outcome.reasons) == ("Half", [])
    assert [one.model for one in provider.asked()] == [FIRST.model]


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_refusal_is_asked_elsewhere_only_where_the_setting_says_so(
    provider: Provider, goes_on: bool
) -> None:
    provider.queue(FIRST.model, inspected())
    outcome = asked(provider, completion(), refused_goes_on=goes_on)
    assert (outcome.failure is None) == goes_on
    assert len(provider.asked()) == (2 if goes_on else 1)


@pytest.mark.parametrize("waits", [("3", "60"), ("60", "3"), ("3", "")])
def test_of_all_who_say_when_to_ask_again_the_soonest_counts(
    provider: Provider, waits: tuple[str, str]
) -> None:
    for link, wait in zip((FIRST, SECOND), waits, strict=True):
        told = {"retry_after": wait} if wait else {}
        provider.queue(link.model, fail(429, "rate_limit_exceeded", **told))
    circuits = Circuits()
    outcome = asked(provider, completion(), circuits=circuits)
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.failure.retry_after) == ("limited", 3)
    rests = [circuits.reason(link).retry_after for link in (FIRST, SECOND)]
    assert rests == [pytest.approx(float(wait or REST), abs=2) for wait in waits]  # its own


def test_who_rests_may_be_the_one_that_is_asked_again_first(provider: Provider) -> None:
    circuits = Circuits()
    circuits.failed(FIRST, ProviderFailure("limited", retry_after=300))
    provider.queue(SECOND.model, fail(429, "rate_limit_exceeded", retry_after="600"))
    outcome = asked(provider, completion(), circuits=circuits)
    assert outcome.failure is not None
    assert outcome.failure.retry_after == pytest.approx(300, abs=60)


def test_who_is_left_alone_is_not_asked(provider: Provider) -> None:
    circuits = Circuits()
    circuits.failed(FIRST, ProviderFailure("limited", retry_after=600))
    outcome = asked(provider, completion(), circuits=circuits)
    assert outcome.failure is None
    assert [one.model for one in provider.asked()] == [SECOND.model]
    circuits.failed(SECOND, ProviderFailure("limited", retry_after=300))
    outcome = asked(provider, completion(), circuits=circuits)
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.attempts) == ("limited", [])
    assert outcome.failure.retry_after == pytest.approx(300, abs=60)  # of who is asked first again
    assert len(provider.asked()) == 1


def test_who_is_left_alone_is_so_for_a_reason_that_people_are_told(provider: Provider) -> None:
    circuits = Circuits()
    provider.queue(FIRST.model, arrears())
    assert asked(provider, completion(), circuits=circuits).failure is not None
    outcome = asked(provider, completion(), circuits=circuits)
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.attempts) == ("account", [])
    assert outcome.failure.detail == MEANINGS["account"].detail
    assert len(provider.asked()) == 1


def test_an_assistant_s_own_links_go_before_the_server_s() -> None:
    held = Providers(Credentials())
    chain = Chain(held, Prices.load(), Circuits(), usual=lambda: (FIRST,))
    assert chain.links(["openai:gpt-second", "demo"]) == (SECOND, Link("demo"))
    assert chain.links([]) == (FIRST,)


def test_a_link_that_is_not_known_any_more_is_left_out(provider: Provider) -> None:
    with capture_logs() as logs:
        outcome = asked(provider, completion(), named=("nope:x", str(SECOND)))
    assert (outcome.text, outcome.failure) == ("You said: Hello ", None)
    assert outcome.attempts == [(SECOND.model, "done")]
    (told,) = [one for one in logs if one["log_level"] == "warning"]
    assert told["link"] == "nope:x"
    assert "no provider 'nope'" in told["reason"]


def test_where_no_link_is_known_nobody_is_asked_in_their_stead(provider: Provider) -> None:
    outcome = asked(provider, completion(), named=("nope:x", "demo:gpt"))
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.failure.detail) == ("no_key", NOBODY)
    assert (outcome.failure.retry_after, outcome.attempts) == (None, [])
    assert provider.asked() == []


def test_an_answer_without_end_is_ended(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "ANSWER_MOST", 12)
    provider.queue(FIRST.model, say("One ", "two ", "three ", HOLD, "four "))
    sheet = completion()
    outcome = asked(provider, sheet)
    assert (outcome.text, outcome.failure) == ("One two three ", None)
    assert sheet.finish == "length"
    assert outcome.attempts == [(FIRST.model, "done")]
    assert [each.estimated for each in sheet.spent] == [True]
