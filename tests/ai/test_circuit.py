"""Who has failed is left alone, tried by one, and asked again when it answers."""

from hypothesis import given
from hypothesis import strategies as st

from trialogue.ai.circuit import ACCOUNT_REST, LONGEST, PATIENCE, PROBE, REST, Circuits
from trialogue.ai.failures import MEANINGS, FailureCode, ProviderFailure
from trialogue.ai.links import Link

GPT, MINI, QWEN = Link("openai", "gpt"), Link("openai", "mini"), Link("alibaba", "qwen")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def failing(circuits: Circuits, link: Link, code: FailureCode, times: int = 1) -> None:
    for _ in range(times):
        circuits.failed(link, ProviderFailure(code))


def test_some_faults_are_forgiven_and_then_the_link_rests() -> None:
    circuits = Circuits(clock := Clock())
    failing(circuits, GPT, "unavailable", PATIENCE - 1)
    assert circuits.allows(GPT)
    failing(circuits, GPT, "cut")
    assert not circuits.allows(GPT)
    assert circuits.allows(MINI)
    clock.now += REST
    assert circuits.allows(GPT)


def test_an_answer_makes_good_for_earlier_faults() -> None:
    circuits = Circuits(Clock())
    failing(circuits, GPT, "timeout", PATIENCE - 1)
    circuits.succeeded(GPT)
    failing(circuits, GPT, "timeout", PATIENCE - 1)
    assert circuits.allows(GPT)
    circuits.succeeded(GPT)
    assert circuits.states() == []


def test_one_alone_tries_again() -> None:
    circuits = Circuits(clock := Clock())
    failing(circuits, GPT, "unauthorized")
    assert not circuits.allows(GPT)
    clock.now += REST
    assert [circuits.allows(GPT) for _ in range(3)] == [True, False, False]
    circuits.succeeded(GPT)
    assert all(circuits.allows(GPT) for _ in range(3))


def test_why_and_how_long_one_rests_is_known_also_while_one_tries() -> None:
    circuits = Circuits(clock := Clock())

    def told(link: Link) -> tuple[FailureCode, float | None]:
        reason = circuits.reason(link)
        return reason.code, reason.retry_after

    assert told(GPT) == ("unavailable", 1.0)
    circuits.failed(GPT, ProviderFailure("limited", retry_after=40.0))
    clock.now += 10
    assert told(GPT) == ("limited", 30.0)
    clock.now += 30
    assert circuits.allows(GPT)
    assert told(GPT) == ("limited", 1.0)
    failing(circuits, MINI, "account")
    assert told(GPT) == told(MINI) == ("account", ACCOUNT_REST)  # which holds it up for longer


def test_who_fails_the_trial_rests_twice_as_long() -> None:
    circuits = Circuits(clock := Clock())
    failing(circuits, GPT, "unauthorized")
    clock.now += REST
    assert circuits.allows(GPT)
    failing(circuits, GPT, "unavailable")
    clock.now += REST
    assert not circuits.allows(GPT)
    clock.now += REST
    assert circuits.allows(GPT)


def test_a_trial_that_tells_nothing_is_forgotten() -> None:
    circuits = Circuits(clock := Clock())
    failing(circuits, GPT, "unauthorized")
    clock.now += REST
    assert circuits.allows(GPT)
    circuits.released(GPT)
    assert circuits.allows(GPT)
    clock.now += PROBE - 1
    assert not circuits.allows(GPT)
    clock.now += 1
    assert circuits.allows(GPT)


def test_a_provider_says_when_it_wants_to_be_asked_again() -> None:
    circuits = Circuits(clock := Clock())
    circuits.failed(GPT, ProviderFailure("limited", retry_after=2.0))
    clock.now += 1.9
    assert not circuits.allows(GPT)
    clock.now += 0.1
    assert circuits.allows(GPT)


def test_an_unpaid_account_closes_the_whole_key() -> None:
    circuits = Circuits(clock := Clock())
    failing(circuits, GPT, "account")
    assert not circuits.allows(GPT)
    assert not circuits.allows(MINI)
    assert circuits.allows(QWEN)
    clock.now += LONGEST
    assert [circuits.allows(MINI), circuits.allows(GPT)] == [True, False]
    circuits.succeeded(MINI)
    assert circuits.allows(GPT)


def test_a_new_key_is_tried_at_once() -> None:
    circuits = Circuits(Clock())
    failing(circuits, GPT, "account")
    failing(circuits, MINI, "unauthorized")
    failing(circuits, QWEN, "unauthorized")
    circuits.forget("openai")
    assert circuits.allows(GPT)
    assert circuits.allows(MINI)
    assert not circuits.allows(QWEN)


def test_our_own_faults_and_refusals_count_as_answers() -> None:
    circuits = Circuits(Clock())
    for code in ("refused", "too_long", "rejected", "empty", "no_key", "not_installed"):
        failing(circuits, GPT, code, 10)  # type: ignore[arg-type]
    assert circuits.allows(GPT)
    assert circuits.states() == []


def test_the_demo_assistant_is_always_there() -> None:
    circuits = Circuits(Clock())
    failing(circuits, Link("demo"), "unavailable", 10)
    assert circuits.allows(Link("demo"))


def test_administrators_see_what_rests_and_why() -> None:
    circuits = Circuits(clock := Clock())
    failing(circuits, QWEN, "account")
    failing(circuits, GPT, "unavailable", PATIENCE)
    failing(circuits, MINI, "cut")
    shown = [(one.name, one.state, one.faults, one.code) for one in circuits.states()]
    assert shown == [
        ("alibaba", "open", 1, "account"),
        ("openai:gpt", "open", PATIENCE, "unavailable"),
        ("openai:mini", "closed", 1, "cut"),
    ]
    assert circuits.states()[1].retry_in == REST
    clock.now += REST
    assert circuits.states()[1].state == "half_open"


EVENTS = st.sampled_from(["ask", "wait", "succeed", *MEANINGS])


@given(st.lists(EVENTS, max_size=40))
def test_a_link_always_comes_back(events: list[FailureCode]) -> None:
    circuits = Circuits(clock := Clock())
    for event in events:
        if event in MEANINGS:
            circuits.failed(GPT, ProviderFailure(event))
        elif event == "wait":  # type: ignore[comparison-overlap]
            clock.now += 10
        elif event == "ask":
            circuits.allows(GPT)
        else:
            circuits.succeeded(GPT)
    clock.now += 3_600 + PROBE
    assert circuits.allows(GPT)
    circuits.succeeded(GPT)
    assert circuits.allows(GPT)
    assert circuits.allows(GPT)
