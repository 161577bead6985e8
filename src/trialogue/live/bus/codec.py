"""Events as bytes, for other processes: compact, typed, and with a version.

Pure. How each type is read back is derived from its annotations when this module is imported; a
type that cannot cross fails there, and not when it is first sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson

from trialogue.core import events
from trialogue.core.events import Event
from trialogue.live.bus.topics import FOR_ALL, topics_of

VERSION = 1  # raised when older nodes would misunderstand what newer ones send
MOST = 256 * 1024  # bytes; of what is larger only the conversation is named, and read anew

Decode = Callable[[Any], Any]


class Unreadable(ValueError):
    """This is nothing that a node of ours has sent, or of another version."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What came: an event, or the conversation that is to be looked at instead."""

    event: Event | None
    conversation_id: str | None


def letters(event: Event) -> list[tuple[str, bytes]]:
    """What is sent of an event, by topic. Raises TypeError as `encode` does."""
    topics = topics_of(event)
    if event.user_ids is None or topics == (FOR_ALL,):
        return [(topic, encode(event)) for topic in topics]
    # One for each user: a node may hear the topics of several.
    return [(user_id, encode(replace(event, user_ids=(user_id,)))) for user_id in topics]


def encode(event: Event) -> bytes:
    """An event with its data. Raises TypeError for data of a type that is not in `events.Data`."""
    kind = type(event.data).__name__
    if kind not in _READERS:
        raise TypeError(f"{kind} is no data of an event")
    envelope = {"v": VERSION, "conversation_id": event.conversation_id}
    numbers = {"rev": event.rev, "at_rev": event.at_rev, "user_ids": event.user_ids}
    whole = {**envelope, "name": event.name, **numbers, "kind": kind, "data": event.data}
    data = orjson.dumps(whole)
    return data if len(data) <= MOST else orjson.dumps(envelope)


def decode(data: bytes) -> Letter:
    """The reverse. What a newer node has added is left out; of what cannot be read at all the
    conversation remains. Raises Unreadable where there is not even that."""
    try:
        found = orjson.loads(data)
        version, conversation_id = found["v"], found["conversation_id"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"not an event: {error!r}") from None
    if version != VERSION:
        raise Unreadable(f"an event of version {version}")
    try:
        return Letter(_event(found), conversation_id)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if conversation_id is None:
            raise Unreadable(f"not an event: {error!r}") from None
        return Letter(None, conversation_id)


def _event(found: Mapping[str, Any]) -> Event:
    user_ids = found["user_ids"]
    return Event(
        name=found["name"],
        data=_READERS[found["kind"]](found["data"]),
        conversation_id=found["conversation_id"],
        rev=found["rev"],
        at_rev=found["at_rev"],
        user_ids=None if user_ids is None else tuple(user_ids),
    )


@cache
def _reader(kind: type) -> Decode:
    """How an object of a dataclass is made of its JSON."""
    hints = get_type_hints(kind)
    plan = [
        (field.name, _decoder(hints[field.name]), _is_required(field)) for field in fields(kind)
    ]

    def make(found: Mapping[str, Any]) -> Any:
        values = {}
        for name, read, required in plan:
            if name in found:
                values[name] = found[name] if read is None else read(found[name])
            elif required:
                raise KeyError(name)
        return kind(**values)

    return make


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _decoder(hint: Any) -> Decode | None:
    """How a value of a type is read; None where JSON has it as it is."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in (str, int, float, bool, object, NoneType, Any) or origin is Literal:
        return None
    if hint is datetime:
        return datetime.fromisoformat
    if is_dataclass(hint):
        return _reader(hint)  # type: ignore[arg-type]
    if origin in (Union, UnionType):
        return _optional([each for each in args if each is not NoneType])
    if origin in (list, Sequence):
        return _each(args[0])
    if origin in (dict, Mapping):
        return _values(args[1])
    raise TypeError(f"a value of type {hint} cannot cross")


def _optional(hints: Sequence[Any]) -> Decode | None:
    readers = [_decoder(hint) for hint in hints]
    if all(reader is None for reader in readers):
        return None
    if len(readers) != 1 or (one := readers[0]) is None:
        raise TypeError(f"a value of one of the types {hints} cannot cross")
    return lambda value: None if value is None else one(value)


def _each(hint: Any) -> Decode | None:
    one = _decoder(hint)
    return None if one is None else lambda value: [one(each) for each in value]


def _values(hint: Any) -> Decode | None:
    one = _decoder(hint)
    return None if one is None else lambda value: {key: one(each) for key, each in value.items()}


_READERS: dict[str, Decode] = {kind.__name__: _reader(kind) for kind in get_args(events.Data)}
