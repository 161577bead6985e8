"""The rooms of the web client: sync knows no React, ui no domain, a feature no other feature."""

import json
import re
from pathlib import PurePosixPath
from posixpath import join, normpath

from tests.house import tree

SOURCE = "web/src/"
IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
LANGUAGES = ("en", "zh")


def imports(path: str) -> list[str]:
    """What a file imports: paths from `web/src` for our own, names for packages."""
    return [_resolved(path, target) for target in IMPORT.findall(tree.text(path))]


def _resolved(path: str, target: str) -> str:
    if target.startswith("@/"):
        return target.removeprefix("@/")
    if target.startswith("."):
        return normpath(join(path.removeprefix(SOURCE).rsplit("/", 1)[0], target))
    return target


def room(name: str) -> list[tuple[str, str]]:
    """All imports of a room, as (file, target)."""
    paths = tree.under(f"{SOURCE}{name}/", ".ts", ".tsx")
    return [(file, target) for file in paths for target in imports(file)]


def test_sync_knows_no_react_and_nothing_above_it() -> None:
    above = re.compile(r"react|@tanstack/react|@base-ui|wouter|(?:app|features|ui|widget)/")
    assert [pair for pair in room("sync") if above.match(pair[1])] == []


def test_ui_knows_no_domain() -> None:
    domain = re.compile(r"(?:app|features|sync|widget)/")
    assert [pair for pair in room("ui") if domain.match(pair[1])] == []


def test_a_feature_never_imports_another_nor_the_app() -> None:
    strangers = [
        (file, target)
        for file, target in room("features")
        if target.startswith(("features/", "app/"))
        and target.split("/")[:2] != file.removeprefix(SOURCE).split("/")[:2]
    ]
    assert strangers == []


def test_all_languages_say_the_same_things() -> None:
    if "web/package.json" not in tree.files():
        return
    said = {language: _keys(language) for language in LANGUAGES}
    assert said["en"]
    assert said["en"] == said["zh"]


def _keys(language: str) -> set[str]:
    """The keys of a language's files; the forms of a plural (`_one`, `_other`) count as one."""
    paths = [path for path in tree.under(SOURCE, ".json") if PurePosixPath(path).stem == language]
    assert paths, f"no {language}.json below {SOURCE}"
    return {key for path in paths for key in _flat(json.loads(tree.text(path)))}


def _flat(texts: dict[str, object], start: str = "") -> set[str]:
    keys = set[str]()
    for name, value in texts.items():
        if isinstance(value, dict):
            keys |= _flat(value, f"{start}{name}.")
        else:
            keys.add(start + re.sub(r"_(?:zero|one|two|few|many|other)$", "", name))
    return keys
