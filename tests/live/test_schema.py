"""What the OpenAPI document says of the socket is what is heard and asked on it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from trialogue.live import schema
from trialogue.live.commands import COMMANDS

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "changes.json").read_text())
FRAMES = [
    frame
    for recording in RECORDED.values()
    for case in recording["cases"]
    for frame in case["events"]
]


def test_every_command_and_event_is_described() -> None:
    found = schema.components()
    commands = {reference["$ref"] for reference in found["SocketCommand"]["oneOf"]}
    events = {reference["$ref"] for reference in found["SocketEvent"]["oneOf"]}
    assert len(commands) == len(COMMANDS)
    assert len(events) == len(schema.EVENTS)
    for reference in commands | events:
        assert reference.rpartition("/")[2] in found


def test_the_page_of_the_protocol_names_every_command_and_event() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "protocol.md").read_text()
    for name in (*COMMANDS, *schema.EVENTS):
        assert f"`{name}`" in page, name


def test_no_reference_leads_nowhere() -> None:
    found = schema.components()
    text = json.dumps(found)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= found.keys()


@pytest.mark.parametrize("name", sorted({frame["event"] for frame in FRAMES}))
def test_what_was_heard_is_as_described(name: str) -> None:
    data, numbering, _ = schema.EVENTS[name]
    described: TypeAdapter[Any] = TypeAdapter(data)
    for frame in (frame for frame in FRAMES if frame["event"] == name):
        described.validate_python(frame["data"])
        assert ("rev" in frame) is (numbering == "rev")
        keys = set(data.__dataclass_fields__)  # type: ignore[attr-defined]
        assert set(frame["data"]) == keys
