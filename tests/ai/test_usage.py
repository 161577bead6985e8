"""An estimate is near what tokenizers count, in every script."""

import pytest

from trialogue.ai.prompt import Image, Prompt, Turn
from trialogue.ai.usage import Usage, estimate, estimated


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("The quick brown fox jumps over the lazy dog.", 9, 14),
        ("今天天气很好,我们去公园散步吧。", 10, 17),
        ("안녕하세요 세계", 6, 10),
        ("Здравствуй, мир", 3, 8),
    ],
)
def test_an_estimate_is_of_the_right_size(text: str, least: int, most: int) -> None:
    assert least <= estimate(text) <= most


def test_all_that_is_sent_is_estimated() -> None:
    short = estimated(Prompt("", (Turn("user", "Hi"),)), "")
    instructed = estimated(Prompt("x" * 400, (Turn("user", "Hi"),)), "yes")
    assert instructed.input_tokens - short.input_tokens == 100
    assert (short.output_tokens, instructed.output_tokens) == (0, 1)
    assert instructed.estimated


def test_a_picture_counts() -> None:
    seen = Prompt("", (Turn("user", "Hi", images=(Image(b"x", "image/png"),)),))
    assert estimated(seen, "").input_tokens > 500


def test_a_count_of_the_provider_is_no_estimate() -> None:
    assert Usage(1, 2, estimated=False).cached_tokens == 0
