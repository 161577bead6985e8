"""A module says in up to five lines what it is for; a folder also says what it may touch."""

import ast

from tests.house import tree

LINES = 5


def test_every_module_begins_with_up_to_five_lines_of_what_it_is_for() -> None:
    wrong = []
    for path in tree.python():
        docstring = ast.get_docstring(tree.parsed(path))
        if docstring is None or len(docstring.splitlines()) > LINES:
            wrong.append(path)
    assert wrong == []


def test_every_folder_of_the_package_says_what_it_may_touch() -> None:
    folders = {path.rsplit("/", 1)[0] for path in tree.under(f"{tree.PACKAGE}/", ".py")}
    rooms = sorted(folder for folder in folders if folder.count("/") == 2)
    assert f"{tree.PACKAGE}/core" in rooms
    silent = [
        folder
        for folder in rooms
        if "May touch:" not in (ast.get_docstring(tree.parsed(f"{folder}/__init__.py")) or "")
    ]
    assert silent == []


def test_every_public_function_and_class_of_the_package_has_a_docstring() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path in tree.under(f"{tree.PACKAGE}/", ".py")
        if not tree.is_generated(path)
        for node in tree.parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []
