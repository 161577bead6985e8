"""What is wrong with a call is told in a few words, however much is wrong."""

import pytest
from pydantic import ValidationError

from trialogue.core.arguments import LogIn
from trialogue.core.arguments.foreign import CreateCompletion, UIChat
from trialogue.core.arguments.providers import SetProvider

WRONG = [1] * 50_000
MODEL = {"model": "x", "messages": [{"role": "user", "content": WRONG}]}
CHAT = {"id": "x", "messages": [{"role": "user", "parts": WRONG}]}
FIELDS = {str(number): 1 for number in range(50_000)}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (LogIn, FIELDS),
        (CreateCompletion, MODEL),
        (CreateCompletion, {"model": "x", "messages": WRONG[:2_000]}),
        (UIChat, CHAT),
        (UIChat, {"id": "x", "messages": WRONG[:2_000]}),
    ],
)
def test_of_thousands_of_faults_the_first_is_told(
    kind: type[LogIn | CreateCompletion | UIChat], told: dict[str, object]
) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(told)
    assert refused.value.error_count() <= 3


@pytest.mark.parametrize("key", ["sk-…abcd", "sk-a\nb", "sk a", "\u3000", " "])
def test_what_was_copied_with_a_key_is_no_key(key: str) -> None:
    with pytest.raises(ValidationError, match="ASCII"):
        SetProvider(provider="openai", key=key)


def test_blanks_around_a_key_are_left_out() -> None:
    assert SetProvider(provider="openai", key=" sk-abcd\n").key == "sk-abcd"
