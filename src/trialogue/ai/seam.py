"""Joins the continuation of an interrupted answer to its text without saying anything twice. Pure.

Models that are asked to continue often begin with the last words they had said.
"""

SHORTEST = 12  # characters from which on a beginning counts as repeated, not as alike by chance
REACH = 20_000  # characters of what was said in which its repetition is looked for
LETTERS = 6  # of them letters or digits: rows of blanks or dashes do repeat


class Seam:
    """Takes the pieces of a continuation and gives those that are new."""

    def __init__(self, before: str) -> None:
        self._before = before[-REACH:]
        self._held = ""
        self._open = bool(before)

    def take(self, piece: str) -> str:
        """What is new of the answer, now that this piece has come; may be nothing yet."""
        if not self._open:
            return piece
        self._held += piece
        overlap = self._overlap()
        if overlap is None:
            return ""
        self._open = False
        new, self._held = self._held[overlap:], ""
        return new

    def rest(self) -> str:
        """What was held back, once nothing more comes."""
        rest, self._held = self._held, ""
        return rest

    def _overlap(self) -> int | None:
        """How much of what is held has been said before; None while that cannot be told."""
        before, held = self._before, self._held
        start, last = before.find(held[:SHORTEST]), len(before) - SHORTEST
        while 0 <= start <= last:
            length = len(before) - start
            if length <= len(held):
                if held.startswith(before[start:]):
                    # What is shorter has fewer letters still.
                    return length if _counts(before[start:]) else 0
            elif before.startswith(held, start):
                return None
            start = before.find(held[:SHORTEST], start + 1)
        return 0


def _counts(tail: str) -> bool:
    return sum(map(str.isalnum, tail)) >= LETTERS
