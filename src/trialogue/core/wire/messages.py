"""Wire types of messages and of what belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trialogue.core.wire.people import Sender, User

MessageRole = Literal["user", "assistant", "system"]
MessageType = Literal["text", "image", "file", "system"]
MessageState = Literal["sent", "queued", "streaming", "done", "interrupted", "failed", "cancelled"]
MessageStatus = Literal["sent", "delivered", "read"]
NoticeEvent = Literal[
    "member.joined",
    "member.added",
    "member.left",
    "member.removed",
    "member.role_changed",
    "conversation.renamed",
    "conversation.described",
    "conversation.opened",
    "conversation.closed",
    "conversation.archived",
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. `width` and `height` in pixels, for images."""

    id: str
    file_name: str
    file_size: int
    mime_type: str
    width: int | None
    height: int | None
    url: str
    thumbnail_url: str | None


@dataclass(frozen=True, slots=True)
class StoredAttachment(Attachment):
    """A file of a message as the program itself sees it: `file_path` and `thumbnail_path` are
    places in the storage, or the path where the program keeps a file itself; `checksum` is its
    SHA-256 in hexadecimal, null for a file that was not read."""

    message_id: str
    file_path: str
    thumbnail_path: str | None
    checksum: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reaction:
    """How many reacted with one emoji."""

    emoji: str
    count: int


@dataclass(frozen=True, slots=True)
class OwnReaction(Reaction):
    """How many reacted with one emoji, and whether oneself is among them."""

    me: bool


@dataclass(frozen=True, slots=True)
class Reacted:
    """Who reacted with what, and when."""

    emoji: str
    user: User
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What a system message records; its sender is who did it.

    `user_id` and `name` are the person it was done to, as they were called then; `value` is the
    new name, description or role.
    """

    event: NoticeEvent
    user_id: str | None = None
    name: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """A message as everyone in the conversation sees it. `content` is Markdown.

    `mentions_all` is set where `@all` names every member; they are not listed in `mentions`.
    `notice` comes with system messages, whose `content` says the same in English.
    """

    id: str
    conversation_id: str
    seq: int
    rev: int
    session_id: str | None
    sender: Sender
    role: MessageRole
    type: MessageType
    state: MessageState
    content: str
    mentions: Sequence[str]
    mentions_all: bool
    notice: Notice | None
    parent_id: str | None
    client_id: str
    attachments: Sequence[Attachment]
    reactions: Sequence[Reaction]
    reply: None
    created_at: datetime
    edited_at: datetime | None
    retracted_at: datetime | None
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class Message(LiveMessage):
    """A message as one member sees it: `status` is told to its sender, null to others."""

    reactions: Sequence[OwnReaction]
    status: MessageStatus | None
    feedback: None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who has read a message, and when their mark first reached it."""

    user: User
    read_at: datetime


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A slice of a history, ascending. `has_more` in the direction asked (older by default);
    `has_newer` only where a page was asked around a message."""

    items: list[Message]
    has_more: bool
    has_newer: bool | None = None
