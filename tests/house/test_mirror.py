"""The same noun stands on every floor: `tests/core/test_messages.py` is about `core/messages.py`.

Further files about one noun add a word: `test_messages_paging.py`.
"""

import ast

import pytest

from tests.house import tree

FLOORS = ["core", "store", "gate", "live", "http", "ai", "service"]
# Declarations and small tables that are tested where they are used.
UNTESTED = {
    # Of numbers and storing, `posting` is the only user, and its tests are theirs.
    "core": {"arguments", "errors", "limits", "models", "numbering", "wire"},
    "http": {"deps"},
    # The form of an answer; the providers and the demo assistant have it.
    "ai": {"stream"},
    # The inner parts of the hub and of the socket are tested through these two.
    "live": {
        "arrivals",
        "channel",
        "floor",
        "handshake",
        "heal",
        "line",
        "listeners",
        "marks",
        "profiles",
        "ready",
        "writer",
    },
}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def modules(floor: str) -> set[str]:
    """The modules of a floor; a package counts as one, a private one belongs to its neighbour."""
    start = f"{tree.PACKAGE}/{floor}/"
    names = {path.removeprefix(start).split("/")[0] for path in tree.under(start, ".py")}
    return {name.removesuffix(".py") for name in names if not name.startswith("_")}


def has_functions(floor: str, noun: str) -> bool:
    """Whether a module has public functions, or classes with public methods."""
    path = f"{tree.PACKAGE}/{floor}/{noun}.py"
    if path not in tree.files():
        return False
    body = tree.parsed(path).body
    methods = [node for kind in body if isinstance(kind, ast.ClassDef) for node in kind.body]
    return any(
        isinstance(node, FUNCTION) and not node.name.startswith("_") for node in [*body, *methods]
    )


def subjects(floor: str) -> set[str]:
    """What the test files of a floor are about."""
    start = f"tests/{floor}/test_"
    return {path.removeprefix(start).removesuffix(".py") for path in tree.under(start, ".py")}


def is_about(subject: str, noun: str) -> bool:
    return subject == noun or subject.startswith(f"{noun}_")


@pytest.mark.parametrize("floor", FLOORS)
def test_every_test_file_is_about_a_module_of_its_floor(floor: str) -> None:
    nouns = modules(floor)
    strangers = [
        subject for subject in subjects(floor) if not any(is_about(subject, noun) for noun in nouns)
    ]
    assert sorted(strangers) == []


@pytest.mark.parametrize("floor", FLOORS)
def test_every_module_has_tests_under_its_own_name(floor: str) -> None:
    tested = subjects(floor)
    if not tested:
        return  # this floor has no tests yet
    missing = [
        noun
        for noun in modules(floor) - UNTESTED.get(floor, set())
        if has_functions(floor, noun) and not any(is_about(subject, noun) for subject in tested)
    ]
    assert sorted(missing) == []
