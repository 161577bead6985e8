"""The build context: the files of the checkout that .dockerignore lets through. Reads files.

The rules are Docker's: the last pattern that matches a path or a folder above it decides.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of .dockerignore; `lets_in` for one that begins with `!`."""

    pattern: re.Pattern[str]
    lets_in: bool


def rules(text: str) -> list[Rule]:
    """The rules of a .dockerignore."""
    found = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            lets_in = stripped.startswith("!")
            found.append(Rule(_compiled(stripped.removeprefix("!").strip("/")), lets_in))
    return found


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """`**` stands for any number of folders, `*` and `?` stay within one name."""
    parts = []
    for token in re.split(r"(\*\*/|\*\*|\*|\?)", pattern):
        match token:
            case "**/":
                parts.append("(?:.*/)?")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _:
                parts.append(re.escape(token))
    return re.compile("".join(parts))


def is_sent(path: str, known: Sequence[Rule]) -> bool:
    """Whether a file belongs to the context; `path` from the root of the checkout."""
    parents = [str(folder) for folder in PurePosixPath(path).parents if str(folder) != "."]
    sent = True
    for rule in known:
        if any(rule.pattern.fullmatch(one) for one in (path, *parents)):
            sent = rule.lets_in
    return sent


def files(root: Path) -> Iterator[str]:
    """The files of the context of a checkout, from its root. Like Docker it takes the files as
    they lie there, whatever git says of them."""
    known = rules((root / ".dockerignore").read_text())
    for folder, names, found in os.walk(root):
        inside = Path(folder).relative_to(root)
        names[:] = sorted(name for name in names if _may_lead_in(str(inside / name), known))
        for name in sorted(found):
            path = str(inside / name)
            if is_sent(path, known):
                yield path


def _may_lead_in(folder: str, known: Sequence[Rule]) -> bool:
    """Whether a folder may hold files of the context: it is sent, or a rule lets in what is
    below it (such a rule has no wildcards here)."""
    return is_sent(folder, known) or any(
        rule.lets_in and rule.pattern.pattern.replace("\\", "").startswith(f"{folder}/")
        for rule in known
    )
