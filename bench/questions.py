"""What people look for in a long history: frequent words and rare ones, Chinese, phrases, rooms."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.archive import Shelf
from bench.texts import Texts
from trialogue.core import index, words

_CHINESE = re.compile("[\u4e00-\u9fff]{4,}")


@dataclass(frozen=True, slots=True)
class Question:
    """A query, in one room or in all."""

    query: str
    room: str | None = None

    def in_index(self, kind: str) -> str:
        """The same in the language of the index itself, for the raw limit."""
        asked = words.ask(self.query)
        found = [*asked.words, *([index.room_word(self.room)] if self.room else [])]
        if kind == "mariadb":
            codes = zip(found, words.coded(found), strict=True)
            return " ".join(f"+{code}{'*' * (each in asked.prefixes)}" for each, code in codes)
        quote, more, both = ('"', "*", " AND ") if kind == "sqlite" else ("'", ":*", " & ")
        return both.join(
            f"{quote}{each}{quote}{more if each in asked.prefixes else ''}" for each in found
        )


class Asker:
    """Someone who looks for things in their own rooms; the same seed asks the same."""

    def __init__(self, seed: int, texts: Texts, shelves: Sequence[Shelf]) -> None:
        self._random = random.Random(seed)
        self._texts = texts
        self._shelves = [shelf for shelf in shelves if shelf.kept]

    def ask(self, kind: str) -> Question:
        """A question of one of `KINDS`."""
        return KINDS[kind](self)

    def _word(self, first: int, end: int) -> str:
        language = self._random.choice((self._texts.english, self._texts.chinese))
        return language[self._random.randrange(first, end)]

    def _message(self, shelf: Shelf | None = None) -> str:
        shelf = shelf or self._random.choice(self._shelves)
        return self._random.choice(shelf.kept)

    def frequent(self) -> Question:
        return Question(self._word(0, 100))

    def rare(self) -> Question:
        return Question(self._word(3_000, len(self._texts.english)))

    def two(self) -> Question:
        """Two words of a message."""
        while True:
            found = self._message().replace("，", " ").split()
            if len(found) >= 2:
                return Question(" ".join(map(_short, self._random.sample(found, 2))))

    def chinese(self) -> Question:
        """Two to four characters out of a sentence."""
        return Question(self._part(self._random.randint(2, 4)))

    def _part(self, length: int) -> str:
        while True:
            if found := _CHINESE.findall(self._message()):
                run = self._random.choice(found)
                start = self._random.randrange(len(run) - length + 1)
                return str(run[start : start + length])

    def phrase(self) -> Question:
        """Neighbouring English words, in quotes."""
        while True:
            found = [each for each in self._message().split() if each.isascii()]
            if len(found) >= 3:
                start = self._random.randrange(len(found) - 1)
                return Question(f'"{" ".join(found[start : start + 2])}"')

    def prefix(self) -> Question:
        """The beginning of an English word."""
        word = self._texts.english[self._random.randrange(5_000)]
        return Question(word[: self._random.randint(3, 4)])

    def in_one_room(self) -> Question:
        """A word of a message, where it was said."""
        shelf = self._random.choice(self._shelves)
        found = self._message(shelf).replace("，", " ").split()
        return Question(_short(self._random.choice(found)), shelf.room)


def _short(found: str) -> str:
    """A word, or the first characters of a Chinese sentence."""
    return found if found.isascii() else found[:4]


KINDS: Mapping[str, Callable[[Asker], Question]] = {
    "a frequent word": Asker.frequent,
    "a rare word": Asker.rare,
    "two words": Asker.two,
    "Chinese": Asker.chinese,
    "a phrase": Asker.phrase,
    "the beginning of a word": Asker.prefix,
    "a word in one room": Asker.in_one_room,
}
