"""How many tokens an attempt took: as the provider counted them, or estimated. Pure."""

import math
import re
from dataclasses import dataclass

from trialogue.ai.prompt import Prompt

LETTERS_A_TOKEN = 4  # of Latin text, as OpenAI's tokenizers do on average
# Chinese, Japanese and Korean: about one token each.
_DENSE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97c\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)
IMAGE = 800  # tokens that a picture counts for; providers differ from 85 to 1 600
OVERHEAD = 4  # tokens around each turn


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one attempt. `cached_tokens` are those of the input that came from a cache;
    `estimated` where the provider did not say (an attempt that failed or was stopped)."""

    input_tokens: int
    output_tokens: int
    estimated: bool
    cached_tokens: int = 0


def estimate(text: str) -> int:
    """About how many tokens a text is."""
    if text.isascii():
        return math.ceil(len(text) / LETTERS_A_TOKEN)
    dense = len(_DENSE.findall(text))
    return dense + math.ceil((len(text) - dense) / LETTERS_A_TOKEN)


def estimated(prompt: Prompt, text: str) -> Usage:
    """The usage of an answer whose provider did not say it."""
    turns = prompt.exchanges()
    pictures = sum(len(turn.images) for turn in turns)
    asked = estimate(prompt.text) + OVERHEAD * (len(turns) + 1) + IMAGE * pictures
    return Usage(asked, estimate(text), estimated=True)
