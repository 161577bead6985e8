"""Reads a compose file as Compose does: YAML, then variables, then profiles. Touches no Docker."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Service = dict[str, Any]
_NAME = re.compile(r"\w+")


class Required(Exception):
    """A variable is not set that `${NAME:?text}` wants; the text is said."""


def load(path: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """The file with its variables filled in, all profiles together. Variables without a value
    (`NAME:` in an environment) are those of the caller, or are left out."""
    document = _filled(yaml.safe_load(path.read_text()), variables)
    for service in document["services"].values():
        environment = service.get("environment", {})
        given = {name: variables.get(name) for name, value in environment.items() if value is None}
        merged = {**environment, **given}
        service["environment"] = {
            name: value for name, value in merged.items() if value is not None
        }
    return dict(document)


def started(document: Mapping[str, Any], profiles: Sequence[str]) -> dict[str, Service]:
    """The services that `up` starts with these profiles."""
    return {
        name: service
        for name, service in document["services"].items()
        if not service.get("profiles") or set(service["profiles"]) & set(profiles)
    }


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    """Values, not keys, as in Compose."""
    if isinstance(value, dict):
        return {key: _filled(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, variables) for one in value]
    return substituted(value, variables) if isinstance(value, str) else value


def substituted(text: str, variables: Mapping[str, str]) -> str:
    """`$NAME`, `${NAME}`, `${NAME:-else}`, `${NAME:+then}`, `${NAME:?why}`, nested, and `$$`."""
    found = ""
    while "$" in text:
        before, _, text = text.partition("$")
        found += before
        if text.startswith("$"):
            found, text = f"{found}$", text[1:]
        elif text.startswith("{"):
            inner, text = _braced(text)
            found += _value(inner, variables)
        else:
            match = _NAME.match(text)
            assert match, f"a lone $ before {text}"
            found, text = found + variables.get(match[0], ""), text[match.end() :]
    return found + text


def _braced(text: str) -> tuple[str, str]:
    """What stands between the brace that begins a text and its partner, and what follows."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return text[1:place], text[place + 1 :]
    raise AssertionError(f"an open brace in {text}")


def _value(inner: str, variables: Mapping[str, str]) -> str:
    match = re.fullmatch(r"(\w+)(?:(:[-+?])(.*))?", inner, re.DOTALL)
    assert match, f"not known here: ${{{inner}}}"
    name, sign, rest = match.groups()
    value = variables.get(name, "")
    if sign == ":?" and not value:
        raise Required(substituted(rest, variables))
    if sign == ":-" and not value:
        return substituted(rest, variables)
    if sign == ":+":
        return substituted(rest, variables) if value else ""
    return value
