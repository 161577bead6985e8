"""Names are the field's words; some words say nothing and are not used."""

import ast
import re
from pathlib import PurePosixPath

from tests.house import tree

EMPTY = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base", "handler"}
PREFIXES = ("do_", "process_")
# The root of all tables, as SQLAlchemy's documents call it, and methods that SQLAlchemy calls.
KNOWN = {"Base", "process_bind_param", "process_result_value"}
SOURCE = (".py", ".ts", ".tsx", ".js", ".css")


def words(name: str) -> set[str]:
    """The words of snake_case, kebab-case and CamelCase names."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def says_nothing(name: str) -> bool:
    return bool(words(name) & EMPTY) or name.lstrip("_").startswith(PREFIXES)


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    folders = ("src/", "tests/", "bench/", "deploy/", "script/", "web/src/", "web/e2e/")
    paths = [path for path in tree.files() if path.startswith(folders) and path.endswith(SOURCE)]
    assert paths
    assert [path for path in paths if any(map(says_nothing, PurePosixPath(path).parts))] == []


def test_no_function_or_class_has_a_name_that_says_nothing() -> None:
    named = [
        f"{path} {node.name}"
        for path in tree.python()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("test_")
        and node.name not in KNOWN
        and says_nothing(node.name)
    ]
    assert named == []


def test_no_function_or_component_of_the_client_has_a_name_that_says_nothing() -> None:
    declared = re.compile(
        r"^\s*(?:export )?(?:default )?(?:async )?(?:function|class|interface|type) (\w+)"
        r"|^(?:export )?const (\w+)",
        re.MULTILINE,
    )
    named = [
        f"{path} {name}"
        for path in tree.under("web/src/", ".ts", ".tsx")
        if not tree.is_generated(path)
        for found in declared.findall(tree.text(path))
        for name in found
        if says_nothing(name)
    ]
    assert named == []
