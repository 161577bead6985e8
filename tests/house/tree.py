"""The files of this checkout, as the house tests read them: tracked ones and new ones.

May touch: files and `git ls-files`. What git ignores is not part of the house.
"""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "src/trialogue"


@cache
def files() -> tuple[str, ...]:
    """Paths from the root, sorted; of files that exist."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted({path for path in listed.split("\0") if (ROOT / path).is_file()}))


def under(folder: str, *suffixes: str) -> list[str]:
    """Files below a folder (a prefix that ends in /) with one of the suffixes."""
    return [path for path in files() if path.startswith(folder) and path.endswith(suffixes)]


def is_generated(path: str) -> bool:
    """Whether a program wrote this file, or it is a migration."""
    return ".gen." in path or "/migrations/" in path or path.endswith("-lock.json")


def python() -> list[str]:
    """Python files that people write."""
    return [path for path in files() if path.endswith(".py") and not is_generated(path)]


@cache
def text(path: str) -> str:
    """The text of a file; what is no UTF-8 (pictures) counts as empty."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def parsed(path: str) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text(path), path)
