"""Pages of the history for many readers of the same messages.

What everybody sees of a message is read and made once for each of its revisions, and kept by the
caller. A page reads which messages it has, and what is its reader's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import history, messages, views, wire
from trialogue.core.history import Bounds, History
from trialogue.core.keyed import Keyed
from trialogue.core.models import ChatUser, Message
from trialogue.core.policy import Actor

WRITTEN = ("queued", "streaming")  # states in which a text changes without a revision


class Revision(NamedTuple):
    """What decides how a message looks: its `rev`, and its sender's profile."""

    id: str
    rev: int
    username: str | None
    display_name: str
    avatar: str | None
    kind: str


class Place(Protocol):
    """The columns of `REVISIONS`."""

    id: str
    rev: int
    seq: int
    sender_id: str
    username: str | None
    display_name: str
    avatar: str | None
    kind: str


class Piece(Protocol):
    """A message as everyone sees it, in whatever form the caller keeps it."""

    @property
    def live(self) -> wire.LiveMessage | None:
        """The message, where readers may have something of their own with it; else None."""


AnyPiece = TypeVar("AnyPiece", bound=Piece)


class Shelf(Protocol[AnyPiece]):
    """What the caller keeps; called from threads that read."""

    def find(self, revisions: Sequence[Revision]) -> dict[str, AnyPiece]:
        """Those that are kept, by the ids of their messages."""

    def make(self, live: wire.LiveMessage, revision: Revision | None) -> AnyPiece:
        """A message in this form, kept for its revision; None: it may change without one."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[AnyPiece]):
    """A message with what is its reader's own; `reactions` only where it has any."""

    piece: AnyPiece
    status: wire.MessageStatus | None
    reactions: Sequence[wire.OwnReaction] = ()
    feedback: wire.Feedback | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[AnyPiece]):
    """A slice of a history, as `wire.MessagePage`."""

    items: Sequence[Seen[AnyPiece]]
    has_more: bool
    has_newer: bool | None


REVISIONS = History(
    select(
        Message.id,
        Message.rev,
        Message.seq,
        Message.sender_id,
        ChatUser.username,
        ChatUser.display_name,
        ChatUser.avatar,
        ChatUser.kind,
    ).join(ChatUser, ChatUser.id == Message.sender_id)
)
WHOLE = Keyed((Message.id,), lambda known: views.select_messages().where(known))


def page(
    db: Session,
    actor: Actor,
    conversation_id: str,
    shelf: Shelf[AnyPiece],
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> Page[AnyPiece]:
    """As `messages.page`. Only for transactions that do nothing but read: what is kept must be
    committed, for a revision that is rolled back comes again."""
    first = history.visible_from(db, actor, conversation_id)
    bounds = Bounds(first, before=before, after=after, around=around)
    found = REVISIONS.cut(db, conversation_id, bounds, limit)
    places = cast(Sequence[Place], found.rows)
    shown = _shown(db, places, shelf)
    mine = [conversation_id] if any(one.sender_id == actor.user_id for one in places) else []
    marks = messages.others_marks(db, actor.user_id, mine).get(conversation_id, messages.ALONE)
    reader = _Reader(db, actor.user_id, marks, shown.values())
    items = [reader.sees(one, shown[one.id]) for one in places]
    return Page(items, found.has_more, found.has_newer)


def _shown(db: Session, places: Sequence[Place], shelf: Shelf[AnyPiece]) -> Mapping[str, AnyPiece]:
    """The messages by their ids; those that are not kept are read."""
    revisions = {
        one.id: Revision(one.id, one.rev, one.username, one.display_name, one.avatar, one.kind)
        for one in places
    }
    found = shelf.find(list(revisions.values()))
    missing = [(one,) for one in revisions if one not in found]
    for live in views.made(WHOLE.rows(db, missing)):
        found[live.id] = shelf.make(live, None if live.state in WRITTEN else revisions[live.id])
    return found


class _Reader:
    """What is a reader's own of some messages of one conversation."""

    def __init__(
        self, db: Session, user_id: str, marks: messages.Marks, shown: Iterable[Piece]
    ) -> None:
        special = [piece.live for piece in shown if piece.live is not None]
        self._user_id = user_id
        self._marks = marks
        self._reactions = views.own_reactions(db, user_id, special)
        self._feedback = views.own_feedback(db, user_id, special)

    def sees(self, place: Place, piece: AnyPiece) -> Seen[AnyPiece]:
        """A message as this reader sees it."""
        status = self._marks.status(place.seq) if place.sender_id == self._user_id else None
        if piece.live is None:
            return Seen(piece, status)
        own = self._reactions.get(place.id, ()), self._feedback.get(place.id)
        message = views.message_for(piece.live, status, *own)
        return Seen(piece, status, message.reactions, message.feedback)
