"""A question to an assistant outside of any conversation, as programs put it. Only what it cost
is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trialogue.core import wire


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that belongs to what was said."""

    data: bytes = field(repr=False)
    mime_type: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said. `name` where the caller tells several people apart."""

    role: Literal["user", "assistant"]
    text: str
    name: str | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is put to an assistant: the caller's `instructions` come after its own, and the
    caller's `settings` before them. `whole`: nobody reads the answer before its end, so that it
    may start over."""

    assistant: wire.Assistant
    said: tuple[Said, ...]
    instructions: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an answer took, with the attempts that failed before it."""

    input: int
    output: int
