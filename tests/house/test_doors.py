"""HTTP and the realtime line write no SQL: they ask the database by functions of the core.

Of SQLAlchemy they know one name, the type of the session that such a function takes.
"""

import ast

from tests.house import tree

OUTSIDE = (f"{tree.PACKAGE}/http/", f"{tree.PACKAGE}/live/")


def names_of_sqlalchemy(path: str) -> set[str]:
    """What a file takes from SQLAlchemy, as dotted names."""
    names = set()
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name.split(".")[0] == "sqlalchemy"}


def test_http_and_live_write_no_sql() -> None:
    paths = [path for path in tree.python() if path.startswith(OUTSIDE)]
    assert paths
    known = {"sqlalchemy.orm.Session"}
    assert {path: names for path in paths if (names := names_of_sqlalchemy(path) - known)} == {}
