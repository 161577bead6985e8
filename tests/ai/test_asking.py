"""How a chain is asked; that it fails over is tested on whole servers (`e2e/test_replies.py`)."""

import pytest

from trialogue.ai.asking import TITLE_MOST, first_words


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is a lease?", "What is a lease?"),
        ("  two\n lines ", "two lines"),
        ("word " * 30, f"{'word ' * 11}word…"),
        ("租" * 100, "租" * TITLE_MOST + "…"),
        ("", ""),
    ],
)
def test_a_title_is_made_of_the_first_words(question: str, title: str) -> None:
    assert first_words(question) == title
