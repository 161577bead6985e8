"""What clients make of their frames, and the judge of what they may hear.

Judged in the moment of writing, against what the database knows in that moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from trialogue.core import wire
from trialogue.live.socket import SocketProtocol

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """A message, as much as the line looks at."""

    rev: int
    seq: int


@dataclass
class Room:
    """A conversation as the database knows it. `spells` are the times of a member: from the
    rev of joining to that of leaving."""

    id: str
    rev: int = 0
    messages: list[Said] = field(default_factory=list)
    members: dict[str, wire.Member] = field(default_factory=dict)
    spells: dict[str, list[list[int]]] = field(default_factory=dict)

    def next(self) -> int:
        self.rev += 1
        return self.rev

    def has(self, user_id: str) -> bool:
        return user_id in self.members and self.members[user_id].left_at is None

    def knew(self, user_id: str, rev: int) -> bool:
        """Whether a user may hear of a change: it is not later than their own leaving."""
        return any(rev <= end for _, end in self.spells.get(user_id, ()))

    @property
    def count(self) -> int:
        return sum(member.left_at is None for member in self.members.values())

    def shown(self, kind: type[Any] = wire.LiveConversation, **more: Any) -> Any:
        return kind(
            id=self.id,
            kind="group",
            name="Room",
            description=None,
            avatar_url=None,
            public=False,
            created_by=None,
            created_at=MOMENT,
            archived_at=None,
            last_seq=len(self.messages),
            last_rev=self.rev,
            last_message_at=None,
            last_message=None,
            member_count=self.count,
            edit_window=None,
            first_seq=1,
            retention_days=None,
            **more,
        )


def member(user_id: str, rev: int, left: bool) -> wire.Member:
    """A membership."""
    user = wire.User(
        id=user_id,
        username=user_id,
        display_name=user_id,
        avatar_url=None,
        kind="human",
        role="member",
        is_active=True,
        online=False,
        last_seen_at=None,
        created_at=MOMENT,
    )
    return wire.Member(user, "member", MOMENT, MOMENT if left else None, 0, rev)


class Pipe:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.protocol: SocketProtocol | None = None
        self.closing = False
        self.refused = False
        self.hear: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        assert not self.closing, "written after the end"
        if data.startswith(b"HTTP/"):
            return
        while data:
            size, start = data[1], 2
            if size >= 126:
                start += 2 if size == 126 else 8
                size = int.from_bytes(data[2:start])
            if data[0] == 0x88:
                self.refused = True
                code = int.from_bytes(data[start : start + 2])
                assert code != 1011, "a fault of the stage or of the line lets nobody in"
            if data[0] == 0x81:
                self.written.append(orjson.loads(data[start : start + size]))
            data = data[start + size :]
        self.hear()

    def end(self) -> None:
        """The peer is gone."""
        if not self.closing:
            self.closing = True
            assert self.protocol is not None
            self.protocol.connection_lost(None)

    close = abort = end

    def is_closing(self) -> bool:
        return self.closing

    def get_extra_info(self, name: str) -> None:
        return None

    def set_write_buffer_limits(self, **limits: int) -> None:
        """Never full."""

    pause_reading = resume_reading = lambda self: None


class Hearer:
    """What a client makes of its frames, and the judge of what it may hear.

    `known` are its conversations with the last change it knows of; `shut` those it was put
    out of on this node, with the rev of the removal.
    """

    def __init__(self, rooms: Mapping[str, Room], user_id: str, pipe: Pipe) -> None:
        self.rooms = rooms
        self.user_id = user_id
        self.pipe = pipe
        self.known: dict[str, int] = {}
        self.shut: dict[str, int] = {}
        self._read = 0
        self.ready = False
        pipe.hear = self.listen  # what a client may hear is judged in the moment of writing

    def listen(self) -> None:
        """Take in what was written since the last time."""
        while self._read < len(self.pipe.written):
            frame = self.pipe.written[self._read]
            self._read += 1
            self._take(frame)

    def _take(self, frame: dict[str, Any]) -> None:
        name, data = frame["event"], frame["data"]
        if name == "ready":
            self.ready = True
            self.known = {each["id"]: each["last_rev"] for each in data["conversations"]}
        elif name == "resync":
            self._resume(data["conversation_id"])
        elif name == "conversation.created":
            present = self.rooms[data["id"]].has(self.user_id)
            assert present or data["last_rev"] >= self.shut.get(data["id"], 0), "told too late"
            self.known[data["id"]] = max(data["last_rev"], self.known.get(data["id"], 0))
        elif name == "changes":
            self._numbered(frame["conversation_id"], data["rev"], data, gap_allowed=True)
        elif "rev" in frame:
            assert data["rev"] == frame["rev"]
            self._numbered(frame["conversation_id"], frame["rev"], frame)

    def _numbered(
        self, room_id: str, rev: int, what: dict[str, Any], *, gap_allowed: bool = False
    ) -> None:
        room = self.rooms[room_id]
        assert self.ready, "before ready"
        if not room.has(self.user_id):  # who is a member may read all of it
            assert rev >= self.shut.get(room_id, 0), f"{self.user_id} hears {rev} after removal"
            assert room.knew(self.user_id, rev), f"{self.user_id} hears {rev}: {room.spells}"
        mine = what.get("data", {}).get("user", {}).get("id") == self.user_id
        if what.get("event") == "member.left" and mine:
            self.known.pop(room_id, None)
            return
        known = self.known.get(room_id)
        if known is None:
            # An unknown conversation is one that was left already, or just entered.
            if room.has(self.user_id):
                assert gap_allowed or (what["event"] == "member.joined" and mine), what
                self.known[room_id] = rev
        elif rev > known:
            assert gap_allowed or rev == known + 1, f"gap from {known} to {rev}"
            self.known[room_id] = rev

    def _resume(self, room_id: str) -> None:
        room = self.rooms[room_id]
        if room.has(self.user_id):
            self.known[room_id] = room.rev
        else:
            self.known.pop(room_id, None)
