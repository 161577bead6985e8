"""Both languages of the README say the same things in the same order; links lead somewhere."""

import re

import pytest

from tests.house import tree

ENGLISH, CHINESE = "README.md", "README.zh.md"
LINK = re.compile(r"\]\(([^)#]+)\)")


def outline(path: str) -> list[str]:
    """How a page is built: the marks with which its lines begin, without their words."""
    mark = r"^(#+ |```\w*$|- |\| (?:\[[^\]]+\]\([^)]+\)|`[^`]+`))"
    found = re.findall(mark, tree.text(path), re.MULTILINE)
    return [str(one) for one in found]


def commands(path: str) -> list[str]:
    """The lines of its shell blocks, without comments and what the reader fills in."""
    blocks = re.findall(r"```sh\n(.*?)```", tree.text(path), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [re.sub(r"<[^>]+>|\s*#.*", "", line) for line in lines]


def test_both_languages_are_built_alike() -> None:
    assert outline(ENGLISH) == outline(CHINESE)
    assert commands(ENGLISH) == commands(CHINESE)
    links = [set(LINK.findall(tree.text(path))) - {ENGLISH, CHINESE} for path in (ENGLISH, CHINESE)]
    assert links[0] == links[1]


@pytest.mark.parametrize("path", tree.under("", ".md"))
def test_links_between_pages_lead_somewhere(path: str) -> None:
    folder = (tree.ROOT / path).parent
    links = [link for link in LINK.findall(tree.text(path)) if "://" not in link]
    assert [link for link in links if not (folder / link).exists()] == []
