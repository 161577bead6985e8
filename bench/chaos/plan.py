"""What the command hands a client process: whom it plays, where, and by which chance."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import orjson

Way = Literal["socket", "http"]
T = TypeVar("T")

MESSAGES = "/api/v1/conversations/{}/messages"


class Breach(Exception):
    """Something that must never happen has happened; the text says what."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A client: someone who posts `quota` messages to a room, and by socket follows it too."""

    client: int
    way: Way
    token: str
    room: str
    quota: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One client process. About every `cut_every`-th message of a client its line breaks."""

    process: int
    port: int
    folder: str
    seed: str
    cut_every: int
    seats: Sequence[Seat]

    @property
    def path(self) -> Path:
        """The folder in which its clients write down what they know."""
        return Path(self.folder)

    def line(self) -> bytes:
        """As a line for the process."""
        return orjson.dumps(asdict(self)) + b"\n"


def read(line: bytes) -> Plan:
    """The plan in a line."""
    found: dict[str, Any] = orjson.loads(line)
    return Plan(**{**found, "seats": [Seat(**seat) for seat in found["seats"]]})


def name(client: int, number: int) -> str:
    """The `client_id` of a message."""
    return f"{client}-{number}"


def named(client_id: str) -> tuple[int, int]:
    """Whose message it is, and the how manieth."""
    client, _, number = client_id.partition("-")
    return int(client), int(number)


def content(client: int, number: int) -> str:
    """What a message says."""
    return f"message {number} of {client}, which is to be here once"
