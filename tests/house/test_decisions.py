"""A decision is one page: how things stood, what was decided, what follows, what was weighed."""

import re

from tests.house import tree

FOLDER = "docs/decisions/"
NAME = re.compile(r"^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md$")
PARTS = ["## Context", "## Decision", "## Consequences", "## Weighed"]
LINES = 80


def records() -> list[str]:
    return [path.removeprefix(FOLDER) for path in tree.under(FOLDER, "")]


def test_decisions_are_numbered_from_one_without_gaps() -> None:
    numbers = [int(match[1]) if (match := NAME.match(name)) else name for name in records()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_decision_is_one_page_with_its_four_parts() -> None:
    for name in records():
        lines = tree.text(FOLDER + name).splitlines()
        assert len(lines) <= LINES, name
        assert [line for line in lines if line.startswith("## ")] == PARTS, name
        assert lines[0].startswith("# "), name
