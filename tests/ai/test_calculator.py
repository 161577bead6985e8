"""Sums are found in sentences, and nothing but sums is evaluated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.ai import calculator


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("2+2", "4"),
        ("What is (3 + 4) * 12?", "84"),
        ("3 × 4 等于多少", "12"),
        ("7/2", "3.5"),
        ("2^10 = ?", "1024"),
        ("how much is 1,200 * 3", "3600"),
        ("0.1 + 0.2", "0.3"),
        ("-3 + 5", "2"),
    ],
)
def test_a_sum_is_done(text: str, result: str) -> None:
    expression = calculator.find(text)
    assert expression is not None
    assert calculator.evaluate(expression) == result


@pytest.mark.parametrize(
    "text",
    ["", "42", "Hello", "call me at 555-1234 tomorrow please", "1/0", "9**9**9**9", "2026-01-01"],
)
def test_what_is_no_sum_is_none(text: str) -> None:
    assert calculator.find(text) is None


@pytest.mark.parametrize(
    "text", ["__import__('os')", "(1).real + 1", "f(1) + 1", "True + 1", "'a' * 9", "10**99**9"]
)
def test_nothing_else_is_evaluated(text: str) -> None:
    assert calculator.evaluate(text) is None


@given(st.text(alphabet="0123456789+-*/%^()., ×÷", max_size=60))
def test_whatever_is_asked_ends(text: str) -> None:
    found = calculator.find(text)
    assert found is None or calculator.evaluate(found) is not None
