"""What stands nowhere in the tree: hosts of package registries, paths of one machine, who wrote it.

Patterns are written so that they do not find themselves.
"""

import re

from tests.house import tree

REGISTRIES = r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|yarnpk[g]\.com|npmmirro[r]"
MACHINES = r"/roo[t]/|/wor[k]/|/far[m]/|/tm[p]/wt-|/op[t]/(?:pypi|wheels)|\.\./share[d]/"
AUTHORS = (
    r"claud[e] code|\bcode[x]\b|copilo[t]\b|co-authored-b[y]:|\bsubagen[t]|\bcoding agen[t]"
    r"|(?:generated|written) (?:by|with) (?:an |a )?(?:a[i]|llm|language model)\b"
)
ISSUES = r"\bissues? #?\d+\b"
BUILDS = re.compile(
    r"(?:^|/)(?:node_modules|dist|__pycache__|\.venv|data)/|\.(?:db|sqlite3?|pyc|log|tsbuildinfo)$"
    r"|(?:^|/)\.env$|(?:^|/)uv\.lock$"
)


def found(pattern: str, paths: list[str]) -> list[str]:
    """The places where a pattern matches, whatever the case of letters."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path}:{number} {match.group()}"
        for path in paths
        for number, line in enumerate(tree.text(path).splitlines(), start=1)
        if (match := wanted.search(line))
    ]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert found(REGISTRIES, list(tree.files())) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found(MACHINES, list(tree.files())) == []


def test_no_file_says_with_what_it_was_written() -> None:
    assert found(AUTHORS, list(tree.files())) == []


def test_no_file_refers_to_a_number_in_a_tracker() -> None:
    written = [path for path in tree.files() if not tree.is_generated(path)]
    assert found(ISSUES, written) == []


def test_no_data_and_no_builds_are_in_the_tree() -> None:
    assert [path for path in tree.files() if BUILDS.search(path)] == []
