"""Messages as a mixed team writes them: Chinese, English, and both in one, of made-up words.

Words are as frequent as Zipf's law has it (with Mandelbrot's shift), short ones more than long
ones; the lengths of messages are log-normal. The same seed gives the same texts.
"""

import random
from collections.abc import Callable, Sequence
from itertools import accumulate, islice

WORDS = 30_000  # of each language
CHARACTERS = 3_500  # of Chinese
_SHIFT = 2.7
_ONSETS = [*"bcdfghklmnprstvw", "br", "cl", "dr", "fl", "gr", "pl", "sh", "st", "th", "tr"]
_VOWELS = [*"aeiou", "ai", "ea", "ee", "oo", "ou"]
_CODAS = ["", "", "", *"nrstlm", "ck", "nd", "st"]
_LENGTH = 1.9, 0.8  # of the logarithm of the number of words: half have up to seven
LONGEST = 120  # words


class Texts:
    """A source of messages. `english` and `chinese` are its words, the most frequent first."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.english = _distinct(self._english)
        characters = [chr(0x4E00 + place) for place in range(CHARACTERS)]
        self._random.shuffle(characters)
        self._characters = characters
        self._weights = _weights(CHARACTERS)
        self.chinese = _distinct(self._chinese)
        self._of_words = _weights(WORDS)

    def _english(self, rank: int) -> str:
        syllables = 1 + (rank > 300) + (rank > 3_000 and self._random.random() < 0.5)
        pick = self._random.choice
        return "".join(pick(_ONSETS) + pick(_VOWELS) + pick(_CODAS) for _ in range(syllables))

    def _chinese(self, rank: int) -> str:
        length = self._random.choices((1, 2, 3, 4), (6, 1, 0, 0) if rank < 60 else (1, 14, 4, 1))
        return "".join(
            self._random.choices(self._characters, cum_weights=self._weights, k=length[0])
        )

    def messages(self, count: int) -> list[str]:
        """So many further messages."""
        lengths = [
            min(LONGEST, 1 + int(self._random.lognormvariate(*_LENGTH))) for _ in range(count)
        ]
        english, chinese = (
            iter(self._random.choices(words, cum_weights=self._of_words, k=sum(lengths)))
            for words in (self.english, self.chinese)
        )
        kinds = self._random.choices(("english", "chinese", "mixed"), (4, 4, 2), k=count)
        texts = []
        for kind, length in zip(kinds, lengths, strict=True):
            foreign = {"english": length, "chinese": 0, "mixed": length // 2}[kind]
            own = _sentence(list(islice(chinese, length - foreign)))
            texts.append(" ".join([*([own] if own else []), *islice(english, foreign)]))
        return texts


def _sentence(words: Sequence[str]) -> str:
    """Chinese words with a comma here and there."""
    return "，".join("".join(words[at : at + 6]) for at in range(0, len(words), 6))


def _weights(count: int) -> list[float]:
    return list(accumulate(1 / (rank + _SHIFT) for rank in range(count)))


def _distinct(word: Callable[[int], str]) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found[word(len(found))] = None
    return list(found)
