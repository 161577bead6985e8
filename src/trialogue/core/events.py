"""What happened: recorded inside a transaction, published by the door after its commit.

An event with a `rev` is numbered: every member may see it and hears it in that order. One
with an `at_rev` is not numbered, but must not overtake the change it names. Events about a
user (`user_ids` set) go to all sockets of those users, whatever conversations they are in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session, SessionTransaction

from trialogue.core import wire


@dataclass(frozen=True, slots=True)
class ReadMark:
    """`read.marked`: how far a member has read and been handed messages; gathered for about a
    second by the line. Marks are merged by maximum: where only the delivered one has moved,
    `read_seq` is 0 and `read_at` null."""

    user_id: str
    read_seq: int
    delivered_seq: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnState:
    """`conversation.me`: one's own state in a conversation, to one's own sockets."""

    notify: wire.Notify
    pinned_at: datetime | None
    read_seq: int
    unread: int
    mentions: int


@dataclass(frozen=True, slots=True)
class ReactionChange:
    """`reaction.changed`: someone reacted or took it back; `count` of this emoji after it."""

    message_id: str
    emoji: str
    user_id: str
    added: bool
    count: int


@dataclass(frozen=True, slots=True)
class Typing:
    """`typing`: someone is writing, or no more; it ends by itself after 6 s."""

    user_id: str
    typing: bool


@dataclass(frozen=True, slots=True)
class ReplyDelta:
    """`reply.delta`: more text of a reply that is being written; `offset` in code points."""

    message_id: str
    attempt: int
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyRestarted:
    """`reply.restarted`: a provider broke; the text starts over, empty, as a new attempt."""

    message_id: str
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReplyQueued:
    """`reply.queued`: never sent as a frame; whoever runs replies has something to do, unless the
    reply was `begun` with its question."""

    reply_id: str
    assistant_id: str
    asker_id: str | None = None
    begun: bool = False


@dataclass(frozen=True, slots=True)
class ReplyStopped:
    """`reply.stopped`: never sent as a frame; who writes it by an earlier epoch is to end."""

    reply_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class LoginEnded:
    """`login.ended`: never sent as a frame; sockets of that login are closed with 4009."""

    login_id: str


@dataclass(frozen=True, slots=True)
class AccountState:
    """`account.state`: never sent as a frame; when it is not `active` any more, all sockets of
    that user are closed with 4009, by whatever way they came in."""

    active: bool


Data = (
    wire.LiveMessage
    | wire.Member
    | wire.LiveConversation
    | wire.Conversation
    | wire.User
    | ReadMark
    | OwnState
    | ReactionChange
    | Typing
    | ReplyDelta
    | ReplyRestarted
    | ReplyQueued
    | ReplyStopped
    | LoginEnded
    | AccountState
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, with its audience: a conversation's members, or named users."""

    name: str
    data: Data
    conversation_id: str | None = None
    rev: int | None = None
    at_rev: int | None = None
    user_ids: tuple[str, ...] | None = None


def record(db: Session, event: Event) -> None:
    """Keep an event for publication after the commit of `db`."""
    db.info.setdefault("events", []).append(event)


def take(db: Session) -> Sequence[Event]:
    """The events recorded so far; the list starts empty again. Called by the door."""
    db.info.pop("event_marks", None)
    events: list[Event] = db.info.pop("events", [])
    return events


@sqlalchemy_event.listens_for(Session, "after_transaction_create")
def _remember_length(db: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = db.info.setdefault("event_marks", {})
        marks[transaction] = len(db.info.get("events", []))


@sqlalchemy_event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(db: Session, transaction: SessionTransaction) -> None:
    """Events of a rolled-back savepoint vanish with it; all of them with the transaction."""
    mark = db.info.get("event_marks", {}).get(transaction, 0)
    del db.info.get("events", [])[mark:]
