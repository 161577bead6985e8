"""A file that grows past a few pages has become two nouns; a long function does two things."""

import ast

from tests.house import tree

FILE_LINES = 400
FUNCTION_LINES = 60
WRITTEN = ("src/", "tests/", "bench/", "script/", "deploy/", "web/", ".ci/")
SOURCE = (".py", ".ts", ".tsx", ".js", ".mjs", ".css")


def is_source(path: str) -> bool:
    return path.endswith(SOURCE) or path.startswith(("script/", ".ci/"))


def test_no_file_is_longer_than_400_lines() -> None:
    written = [path for path in tree.files() if path.startswith(WRITTEN) and is_source(path)]
    assert written
    lengths = {path: tree.text(path).count("\n") for path in written if not tree.is_generated(path)}
    assert {path: count for path, count in lengths.items() if count > FILE_LINES} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{path}:{node.lineno} {node.name} has {length} lines"
        for path in tree.python()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []
