"""Which part of a file is asked for (RFC 9110, sections 13 and 14). Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=\s*([0-9]*)\s*-\s*([0-9]*)\s*")


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` up to `stop`; `partial` where they are not the whole."""

    start: int
    stop: int
    partial: bool


class Unsatisfiable(Exception):
    """No byte that is asked for is there."""


def chosen(headers: Mapping[str, str], size: int, tag: str) -> Part:
    """The part that a request asks for; all of it where it asks for several, for other units, or
    for what it says does not hold any more (If-Range).

    Raises Unsatisfiable.
    """
    whole = Part(0, size, partial=False)
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", tag) != tag:
        return whole
    first, last = found.groups()
    if not first and not last:
        return whole
    if not first:  # the last so many bytes
        length = _number(last)
        if length == 0 or size == 0:
            raise Unsatisfiable
        return Part(max(0, size - length), size, partial=True)
    start, stop = _number(first), min(size, _number(last) + 1) if last else size
    if last and _number(last) < start:
        return whole
    if start >= size:
        raise Unsatisfiable
    return Part(start, stop, partial=True)


def _number(digits: str) -> int:
    """Longer ones are beyond every file, and slow to read."""
    return int(digits[:19])


def is_known(headers: Mapping[str, str], tag: str) -> bool:
    """Whether the one who asks has it already (If-None-Match)."""
    given = headers.get("if-none-match", "")
    tags = {each.strip().removeprefix("W/") for each in given.split(",")}
    return tag in tags or given.strip() == "*"
