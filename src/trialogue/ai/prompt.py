"""What a model is asked: instructions, turns, settings. Pure, frozen, the same for every provider.

A transcript is not a prompt: `history.py` makes the one from the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

Role = Literal["user", "assistant"]
# Not every provider continues an assistant's unfinished turn (most of OpenAI's and Anthropic's
# newer models refuse it), so all of them are asked in words.
CONTINUE = (
    "Your last message was cut off. Continue it exactly where it stops, as if nothing had happened:"
    " begin with the very next character (a space or a new line where one belongs there), repeat"
    " nothing of it, and say nothing about the interruption."
)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that belongs to a turn. `name` is that of its file, where it has one."""

    data: bytes = field(repr=False)
    mime_type: str
    name: str = ""

    @property
    def note(self) -> str:
        """What is said of it to who cannot see it."""
        return f"[image: {self.name}]" if self.name else "[image]"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one voice said. `name` where several people speak."""

    role: Role
    text: str
    name: str | None = None
    images: tuple[Image, ...] = ()

    @property
    def said(self) -> str:
        """The text, with who said it in front where that matters."""
        return f"{self.name}: {self.text}" if self.name and self.role == "user" else self.text


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a model. `settings` are `temperature`, `max_tokens` and their like;
    `prefill` is the text of an interrupted answer, which the model is asked to continue."""

    instructions: str
    turns: tuple[Turn, ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    prefill: str = ""

    def exchanges(self) -> tuple[Turn, ...]:
        """The turns as every provider takes them: beginning and ending with the user, in turn."""
        turns = self.turns
        if self.prefill:
            turns = (*turns, Turn("assistant", self.prefill), Turn("user", CONTINUE))
        groups = [(role, list(group)) for role, group in groupby(turns, lambda turn: turn.role)]
        if groups and groups[0][0] == "assistant":
            del groups[0]
        return tuple(_joined(role, group) for role, group in groups)

    def blind(self) -> "Prompt":
        """The same for a model that does not see: notes take the place of pictures."""
        return replace(self, turns=tuple(map(_blind, self.turns)))

    @property
    def text(self) -> str:
        """All that is sent, for estimates."""
        return "\n".join((self.instructions, *(turn.text for turn in self.exchanges())))


def _joined(role: Role, turns: Sequence[Turn]) -> Turn:
    text = "\n\n".join(turn.said for turn in turns)
    return Turn(role, text, images=tuple(image for turn in turns for image in turn.images))


def _blind(turn: Turn) -> Turn:
    if not turn.images:
        return turn
    notes = (image.note for image in turn.images)
    return replace(turn, text="\n".join(filter(None, (turn.text, *notes))), images=())
