"""The domain is plain functions over a Session: it waits for nobody and knows all its types.

What core may import is a contract of import-linter, in pyproject.toml.
"""

import ast

from tests.house import tree

WAITING = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith


def core() -> list[str]:
    paths = tree.under(f"{tree.PACKAGE}/core/", ".py")
    assert paths
    return paths


def test_core_waits_for_nobody() -> None:
    waiting = [
        f"{path}:{node.lineno}"
        for path in core()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, WAITING)
    ]
    assert waiting == []


def test_core_knows_all_its_types() -> None:
    loose = [
        f"{path}:{node.lineno}"
        for path in core()
        for node in ast.walk(tree.parsed(path))
        if (isinstance(node, ast.Name) and node.id == "Any")
        or (isinstance(node, ast.Attribute) and node.attr == "Any")
    ]
    assert loose == []


def test_the_session_is_called_db() -> None:
    wrong = [
        f"{path}:{argument.lineno} {argument.arg}"
        for path in core()
        for argument in ast.walk(tree.parsed(path))
        if isinstance(argument, ast.arg)
        and isinstance(argument.annotation, ast.Name)
        and argument.annotation.id == "Session"
        and argument.arg != "db"
    ]
    assert wrong == []
