"""Messages as JSON that is made once for many readers, and pages made of it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import orjson

from trialogue.core import views, wire
from trialogue.core.pages import Page, Revision, Seen

MOST = 16 * 1024 * 1024  # bytes of all that is kept
OVERHEAD = 600  # bytes that a kept message takes besides its JSON


@dataclass(frozen=True, slots=True)
class Piece:
    """A message as everyone sees it: the beginning of its JSON object, up to what is each
    reader's own."""

    head: bytes
    live: wire.LiveMessage | None


class Pieces:
    """Those made last, for threads that read; what was not asked for longest goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Revision, Piece] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """About how many bytes are kept."""
        return self._size

    def find(self, revisions: Sequence[Revision]) -> dict[str, Piece]:
        """Those that are kept, by the ids of their messages."""
        found: dict[str, Piece] = {}
        with self._lock:
            for revision in revisions:
                piece = self._kept.get(revision)
                if piece is not None:
                    self._kept.move_to_end(revision)
                    found[revision.id] = piece
        return found

    def make(self, live: wire.LiveMessage, revision: Revision | None) -> Piece:
        """A message in JSON, kept for its revision."""
        fields = {name: getattr(live, name) for name in views.SHARED}
        head = orjson.dumps(fields, option=orjson.OPT_UTC_Z)[:-1]
        piece = Piece(head, live if live.reactions or live.reply else None)
        if revision is not None:
            self._keep(revision, piece)
        return piece

    def _keep(self, revision: Revision, piece: Piece) -> None:
        with self._lock:
            if revision in self._kept:
                return
            self._kept[revision] = piece
            self._size += len(piece.head) + OVERHEAD
            while self._size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.head) + OVERHEAD


def encode(page: Page[Piece]) -> bytes:
    """A page as `wire.MessagePage` in JSON."""
    items = [orjson.Fragment(seen.piece.head + _tail(seen)) for seen in page.items]
    told = {"items": items, "has_more": page.has_more, "has_newer": page.has_newer}
    return orjson.dumps(told)


def _tail(seen: Seen[Piece]) -> bytes:
    if seen.piece.live is None:
        return PLAIN[seen.status]
    return _own(seen.reactions, seen.status, seen.feedback)


def _own(
    reactions: Sequence[wire.OwnReaction],
    status: wire.MessageStatus | None,
    feedback: wire.Feedback | None = None,
) -> bytes:
    """The end of a message's JSON object: what is its reader's own."""
    fields = {"reactions": reactions, "status": status, "feedback": feedback}
    return b"," + orjson.dumps(fields, option=orjson.OPT_UTC_Z)[1:]


STATUSES: tuple[wire.MessageStatus | None, ...] = (None, "sent", "delivered", "read")
PLAIN = {status: _own((), status) for status in STATUSES}
