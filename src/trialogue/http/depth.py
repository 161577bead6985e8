"""How deep JSON is nested, found out before it is parsed, and without following it."""

from itertools import accumulate, count
from operator import gt

MOST = 64  # levels; messages have 5, the deepest documents of other programs about 10

_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = bytes.maketrans(b"[{]}", b"\x02\x02\x00\x00")


def is_too_deep(document: bytes) -> bool:
    """Whether a JSON document has more than `MOST` levels. Of what is no JSON nothing is said.

    All of it runs in loops written in C: 1 MB takes 1 to 10 ms (timeit).
    """
    if document.count(b"[") + document.count(b"{") <= MOST:
        return False
    unescaped = document.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_of_texts = b"".join(unescaped.split(b'"')[::2])
    # After n brackets the sum is n more than the level that they lead to.
    steps = outside_of_texts.translate(_STEPS, _OTHERS)
    return any(map(gt, accumulate(steps), count(MOST + 1)))
