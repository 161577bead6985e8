"""How text is cut into words for search, the same way for what is kept and for what is asked.

Scripts that put no spaces between words (Chinese, Japanese, Thai …), and Korean, whose words carry
their particles, are cut into pairs of neighbouring characters; all others into words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from operator import add

MOST = 20_000  # words of one message that are kept
LONGEST = 16  # characters of a word that count; with their codes they fit MySQL's longest of 84
MOST_ASKED = 24  # words of a query that the index is asked for; the text is checked for the others
HEAP = 30  # marks on one letter that count; more have no meaning (UAX 15, Stream-Safe Text)
PREFIX = 3  # characters from which on the last word of a query stands for its continuations

_PAIRED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u0f40-\u0fbc\u1000-\u103f\u1050-\u108f\u1100-\u11ff"
    "\u1780-\u17d3\u3005-\u3007\u3021-\u3029\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# Marks that stand on letters: what `\w` leaves out of Arabic, Hebrew, the scripts of India.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0"
    "\u0900-\u0963\u0971-\u0df3"
)
_RUNS = re.compile(f"([{_PAIRED}]+)|((?:[^\\W_{_PAIRED}]|[{_MARKS}])+)")
_HEAPS = re.compile(rf"[^\w\s]{{{HEAP + 1},}}")
_PLAIN = re.compile("[a-z0-9]+")
_QUOTED = re.compile('["“”„«»「『]([^"“”„«»「」『』]*)["“”«»」』]')


def fold(text: str) -> str:
    """Text without regard to case and to the form of its characters (NFKC, case-folded)."""
    if text.isascii():
        return text.lower()
    # Marks are sorted, which takes the square of their number: minutes for a text of nothing else.
    text = _HEAPS.sub(_thinned, text)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _thinned(found: re.Match[str]) -> str:
    """The same without the marks that nobody could tell apart."""
    kept: list[str] = []
    marks = 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= HEAP:
            kept.append(character)
    return "".join(kept)


def cut(text: str) -> list[str]:
    """The different words of a text, as they are kept."""
    folded = fold(text)
    if folded.isascii():
        plain = dict.fromkeys(word[:LONGEST] for word in _PLAIN.findall(folded))
        return list(plain)[:MOST]
    found: dict[str, None] = {}
    for paired, word in _RUNS.findall(folded):
        if word:
            found[word[:LONGEST]] = None
        else:
            # The last character too, so that each one is the beginning of something kept.
            found.update(dict.fromkeys((*map(add, paired, paired[1:]), paired[-1])))
        if len(found) > MOST:
            break
    return list(found)[:MOST]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for: `words` that must all occur, of which those in `prefixes` may go
    on, and `phrases` that must stand in the folded text as they are."""

    words: tuple[str, ...]
    prefixes: frozenset[str]
    phrases: tuple[str, ...]

    def fits(self, content: str) -> bool:
        """Whether a text that has all words has the phrases too."""
        if not self.phrases:
            return True
        folded = _spaced(fold(content))
        return all(phrase in folded for phrase in self.phrases)


def ask(query: str) -> Asked:
    """What someone asks for: words, "a phrase", and the beginning of a last word."""
    words: dict[str, None] = {}
    prefixes: set[str] = set()
    phrases: list[str] = []
    for quoted in _QUOTED.findall(query):
        _take(fold(quoted), words, prefixes, phrases)
        phrases.append(_spaced(fold(quoted)))
    rest = fold(_QUOTED.sub(" ", query))
    last = _take(rest, words, prefixes, phrases)
    if PREFIX <= len(last) <= LONGEST and rest.endswith(last):
        prefixes.add(last)
    kept = tuple(phrase for phrase in phrases if phrase)
    return Asked(tuple(words)[:MOST_ASKED], frozenset(prefixes), kept)


def _take(text: str, words: dict[str, None], prefixes: set[str], phrases: list[str]) -> str:
    """Collect what a part of a query asks for; returns its last word."""
    last = ""
    for paired, last in _RUNS.findall(text):
        if last:
            words[last[:LONGEST]] = None
            if len(last) > LONGEST or len(words) > MOST_ASKED:
                phrases.append(last)
        elif len(paired) == 1:
            words[paired] = None
            prefixes.add(paired)
        else:
            words.update(dict.fromkeys(map(add, paired, paired[1:])))
            if len(paired) > 2:
                phrases.append(paired)
    return last


def _spaced(text: str) -> str:
    return " ".join(text.split())


def coded(words: Iterable[str]) -> list[str]:
    """Words in letters and digits of ASCII, for MySQL: its cutter would cut them once more, leaves
    out what is shorter than three, and some English words."""
    return ["w_" + "".join(map(_code, word)) for word in words]


def _code(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    units = character.encode("utf-16-be").hex()
    return "".join(f"_{units[start : start + 4]}" for start in range(0, len(units), 4))
