"""Each refusal has the close code that tells the client what to do next."""

import pytest

from trialogue.core.errors import ChatError, Code
from trialogue.live import codes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("unauthenticated", 4001),
        ("not_member", 4003),
        ("not_found", 4004),
        ("gone", 4009),
        ("limited", 4429),
        ("unavailable", 1013),
        ("internal", 1013),
    ],
)
def test_a_refusal_becomes_a_close_code(error: Code, code: int) -> None:
    assert codes.of(ChatError(error, "no")) == code
