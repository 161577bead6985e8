"""What crosses between nodes arrives as it was sent: every kind of event, whatever is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialogue.core import events
from trialogue.core.events import Event, LoginEnded, Typing
from trialogue.live.bus import codec
from trialogue.live.frames import encode_event
from trialogue.live.schema import EVENTS

KINDS = get_args(events.Data)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))
NUMBERS = st.integers(0, 2**53)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: NUMBERS,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: MOMENTS,
}


@cache
def values(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever a type allows."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{each.name: values(hints[each.name]) for each in fields(hint)})
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, UnionType):
        return st.one_of([values(each) for each in args])
    if origin in (list, Sequence):
        return st.lists(values(args[0]), max_size=3)
    assert origin is dict
    return st.dictionaries(values(args[0]), values(args[1]), max_size=3)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_kind_of_event_arrives_as_it_was_sent(kind: type, data: st.DataObject) -> None:
    ids = st.text(min_size=1, max_size=36)
    event = Event(
        name=data.draw(st.sampled_from(sorted(EVENTS))),
        data=data.draw(values(kind)),
        conversation_id=data.draw(st.none() | ids),
        rev=data.draw(st.none() | NUMBERS),
        at_rev=data.draw(st.none() | NUMBERS),
        user_ids=data.draw(st.none() | st.lists(ids, max_size=3).map(tuple)),
    )
    letter = codec.decode(codec.encode(event))
    assert letter == codec.Letter(event, event.conversation_id)
    assert letter.event is not None
    # Both nodes write the same bytes to their sockets.
    assert encode_event(event.name, letter.event.data) == encode_event(event.name, event.data)


def test_what_is_heard_says_the_same_whoever_carries_it() -> None:
    event = Event("login.ended", LoginEnded("one"), user_ids=("ada",))
    assert codec.letters(event) == [("all", codec.encode(event))]
    event = Event("typing", Typing("ada", True), "room", at_rev=3)
    assert codec.letters(event) == [("room", codec.encode(event))]


def sent(**changes: Any) -> bytes:
    """An event on its way, changed."""
    event = Event("typing", Typing("ada", True), "room", at_rev=3)
    return orjson.dumps(orjson.loads(codec.encode(event)) | changes)


def test_what_a_newer_node_has_added_is_left_out() -> None:
    data = {"user_id": "ada", "typing": True, "mood": "good"}
    event = codec.decode(sent(data=data, urgency=5)).event
    assert event == Event("typing", Typing("ada", True), "room", at_rev=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"user_id": "ada"}},
        {"data": None},
        {"data": []},
        {"kind": "Strange"},
        {"kind": None},
        {"user_ids": 5},
    ],
)
def test_of_what_cannot_be_read_the_conversation_remains(changes: dict[str, Any]) -> None:
    assert codec.decode(sent(**changes)) == codec.Letter(None, "room")
    with pytest.raises(codec.Unreadable):
        codec.decode(sent(**changes, conversation_id=None))


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"5", b"[]", b"{}", b'{"v": 1}'])
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(codec.Unreadable):
        codec.decode(data)


def test_another_version_is_refused() -> None:
    with pytest.raises(codec.Unreadable, match="version 2"):
        codec.decode(sent(v=2))


def test_of_what_is_too_large_only_the_conversation_is_sent() -> None:
    event = Event("typing", Typing("a" * codec.MOST, True), "room", rev=1)
    assert len(codec.encode(event)) < 100
    assert codec.decode(codec.encode(event)) == codec.Letter(None, "room")


def test_data_that_are_no_events_are_not_sent() -> None:
    strange: Any = object()
    with pytest.raises(TypeError, match="object"):
        codec.encode(Event("strange", strange))


@dataclass(frozen=True)
class Loose:
    """A type that says too little."""

    when: datetime | Typing


@dataclass(frozen=True)
class Looser:
    """One that JSON cannot tell from others."""

    what: set[str]


@pytest.mark.parametrize("kind", [Loose, Looser])
def test_a_type_that_cannot_cross_is_found_out_at_once(kind: type) -> None:
    with pytest.raises(TypeError, match="cannot cross"):
        codec._reader(kind)


def test_lists_and_tables_of_things_are_read_in_depth() -> None:
    @dataclass(frozen=True)
    class Deep:
        each: list[datetime]
        by_name: dict[str, datetime]
        default: int = 5

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    found = {"each": [moment.isoformat()], "by_name": {"x": moment.isoformat()}}
    assert codec._reader(Deep)(found) == Deep([moment], {"x": moment})
