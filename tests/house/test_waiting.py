"""Tests wait for what they are about, never for a number of seconds.

Where time itself is the subject (something must not happen for a while), the line says so:
`# sleep: reason` in Python, `// wait: reason` in the browser tests.
"""

import ast
import re

from tests.house import tree

MARK = re.compile(r"# sleep: \S+")
BROWSER = re.compile(r"waitForTimeout\(|setTimeout\(")
BROWSER_MARK = re.compile(r"// wait: \S+")


def sleeps(path: str) -> list[str]:
    """The places where a Python file sleeps without a reason."""
    lines = tree.text(path).splitlines()
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call)
        and _is_sleep(node.func)
        and not _is_zero(node)
        and not any(MARK.search(line) for line in lines[node.lineno - 1 : node.end_lineno])
    ]


def _is_sleep(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name == "sleep"


def _is_zero(call: ast.Call) -> bool:
    """`asyncio.sleep(0)` gives others a turn and waits for nothing."""
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and not call.args[0].value


def test_no_test_sleeps_to_synchronise() -> None:
    paths = tree.under("tests/", ".py")
    assert paths
    assert [place for path in paths for place in sleeps(path)] == []


def test_no_browser_test_sleeps_to_synchronise() -> None:
    paths = [*tree.under("web/e2e/", ".ts"), *tree.under("web/tests/", ".ts", ".tsx")]
    waiting = [
        f"{path}:{number}"
        for path in paths
        for number, line in enumerate(tree.text(path).splitlines(), start=1)
        if BROWSER.search(line) and not BROWSER_MARK.search(line)
    ]
    assert waiting == []
