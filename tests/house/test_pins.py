"""What is installed is pinned with hashes, for every platform, and names no address."""

import json
import re

from tests.house import tree

LOCK = "web/package-lock.json"


def test_python_pins_have_hashes_and_no_addresses() -> None:
    pins = tree.under("requirements/", ".txt")
    assert pins
    for path in pins:
        text = tree.text(path)
        assert re.findall(r"://|--index|--find-links|^-e| @ ", text, re.MULTILINE) == [], path
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert [block for block in blocks if "--hash=sha256:" not in block] == [], path


def test_the_lock_file_of_the_client_knows_every_platform_and_no_addresses() -> None:
    """`npm ci` refuses one that was written beside a `node_modules` of one platform."""
    packages = json.loads(tree.text(LOCK))["packages"]
    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    unhashed = [path for path, entry in packages.items() if path and "integrity" not in entry]
    assert unhashed == []
    asked = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    known = {path.rpartition("node_modules/")[2] for path in packages}
    assert sorted(asked - known) == []
