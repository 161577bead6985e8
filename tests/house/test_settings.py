"""Every setting stands in `.env.example` with a line of explanation, and nothing else does."""

import re
from collections.abc import Iterator

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from tests.house import tree

NAMED = re.compile(r"^#?([A-Z][A-Z0-9_]+)=", re.MULTILINE)


def read_by_the_server() -> set[str]:
    """The environment variables of `Settings`, by alias or by prefix and name."""
    from trialogue.settings import Settings

    prefix = str(Settings.model_config.get("env_prefix", ""))
    return {
        name.upper()
        for field_name, field in Settings.model_fields.items()
        for name in _names(field_name, field, prefix)
    }


def _names(field_name: str, field: FieldInfo, prefix: str) -> Iterator[str]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        yield from (str(choice) for choice in alias.choices)
    else:
        yield str(alias) if alias else prefix + field_name


def test_the_example_names_exactly_the_settings_that_the_server_reads() -> None:
    if f"{tree.PACKAGE}/settings.py" not in tree.files():
        return
    assert set(NAMED.findall(tree.text(".env.example"))) == read_by_the_server()


def test_every_line_of_the_example_is_explained_above_it() -> None:
    lines = tree.text(".env.example").splitlines()
    named = [number for number, line in enumerate(lines) if NAMED.match(line)]
    assert named
    bare = [lines[number] for number in named if not lines[number - 1].startswith("# ")]
    assert bare == []
