"""The product's own documents, cut into passages and searched (BM25). Reads files, no network.

In an installed package they lie beside this module (`bundled`), in a checkout in its folders.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trialogue.core import words

_BUNDLED = Path(__file__).parent / "bundled"
_CHECKOUT = Path(__file__).parents[3]
_SOURCES = ("README.md", "README.zh.md", "docs/guide/*.md", "docs/reference/*.md")
_HEADING = re.compile(r"^(#{1,4}) +(.+?) *#*$")
LONGEST = 1_200  # characters of a passage
LEAST = 1.2  # score of a passage that says something: a word that is in less than a third of all
SATURATION, LENGTH = 1.2, 0.6  # BM25's k1 and b
# Words of questions that say nothing about their subject.
_EMPTY = frozenset(
    re.findall(
        "[a-z]+",
        "a an and are as at be by can could do does for from how i if in is it me my of on or our"
        " please should tell that the their there this to was we what when where which who why"
        " will with would you your about have has trialogue",
    )
)
# The same in Chinese, whose words are not apart.
_EMPTY_CHINESE = re.compile(
    "怎么样?|怎样|如何|什么|哪些|哪个|请问|可以|能不能|能否|是否|吗|呢|的|是"
)
# Pictures, HTML, and links into the repository, which lead nowhere from a conversation.
_PICTURE = re.compile(r"^(?:!\[|<|\[English\]|\[中文\]).*$", re.M)
_INNER_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://(?!127|localhost))[^)]*\)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: its file, the headings above it, its Markdown."""

    source: str
    heading: str
    text: str

    @property
    def title(self) -> str:
        """What it is about: its headings, and the name of its file."""
        return f"{Path(self.source).stem} {self.heading}"


def load(folder: Path | None = None) -> tuple[Passage, ...]:
    """The passages of all documents; none where there are no files."""
    root = folder or (_BUNDLED if _BUNDLED.is_dir() else _CHECKOUT)
    files = [file for pattern in _SOURCES for file in sorted(root.glob(pattern))]
    return tuple(
        passage
        for file in files
        for passage in cut(file.relative_to(root).as_posix(), _plain(file))
    )


def _plain(file: Path) -> str:
    return _INNER_LINK.sub(r"\1", _PICTURE.sub("", file.read_text(encoding="utf-8")))


def cut(source: str, text: str) -> Iterable[Passage]:
    """A document's passages: what stands under each heading, in pieces of bounded length."""
    headings: list[str] = []
    lines: list[str] = []
    fenced = False
    for line in [*text.splitlines(), "# "]:
        fenced = fenced != line.startswith("```")
        found = None if fenced else _HEADING.match(line)
        if found is None and line != "# ":
            lines.append(line)
            continue
        yield from _pieces(source, " › ".join(headings), "\n".join(lines).strip())
        lines = []
        if found is not None:
            headings = [*headings[: len(found[1]) - 1], found[2]]


def _pieces(source: str, heading: str, text: str) -> Iterable[Passage]:
    piece = ""
    for part in re.split(r"\n{2,}", text):
        if piece and len(piece) + len(part) > LONGEST:
            yield Passage(source, heading, piece)
            piece = ""
        piece = f"{piece}\n\n{part}" if piece else part
    if piece:
        yield Passage(source, heading, piece)


class Index:
    """Passages by their words. Words are cut as for the search of messages, Chinese in pairs."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        # What a heading says counts as said twice.
        self._words = [
            Counter(words.cut(f"{passage.title}\n{passage.text}"))
            + Counter(words.cut(passage.title))
            for passage in passages
        ]
        self._frequency = Counter(word for counted in self._words for word in counted)
        self._usual = sum(map(len, self._words)) / max(len(self._words), 1)

    def search(self, question: str, most: int = 2) -> list[Passage]:
        """The passages that say most about a question, best first; none that share only a word
        which stands everywhere."""
        question = _EMPTY_CHINESE.sub(" ", question)
        asked = [word for word in words.cut(question) if word not in _EMPTY]
        scored = [
            (self._score(counted, asked), number) for number, counted in enumerate(self._words)
        ]
        best = max(scored, default=(0.0, 0))[0]
        good = [one for one in scored if one[0] >= max(LEAST, best * 0.7)]
        good.sort(key=lambda one: (-one[0], one[1]))
        return [self.passages[number] for _, number in good[:most]]

    def _score(self, counted: Counter[str], asked: Sequence[str]) -> float:
        length = 1 - LENGTH + LENGTH * len(counted) / self._usual
        return sum(
            self._rarity(word) * count * (SATURATION + 1) / (count + SATURATION * length)
            for word in asked
            if (count := counted[word])
        )

    def _rarity(self, word: str) -> float:
        among, having = len(self.passages), self._frequency[word]
        return math.log(1 + (among - having + 0.5) / (having + 0.5))


@cache
def index() -> Index:
    """The index of the product's documents; made when first asked, in some tens of ms."""
    return Index(load())
