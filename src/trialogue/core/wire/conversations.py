"""Wire types of conversations, their members, sessions and changes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from trialogue.core.wire.messages import LiveMessage, Message
from trialogue.core.wire.people import User

ConversationKind = Literal["direct", "group", "assistant", "support"]
ConversationRole = Literal["owner", "admin", "moderator", "member"]
Notify = Literal["all", "mentions", "none"]


@dataclass(frozen=True, slots=True)
class Member:
    """A user in a conversation. `left_at` is null while a member; `rev` of the last change."""

    user: User
    role: ConversationRole
    joined_at: datetime
    left_at: datetime | None
    read_seq: int
    rev: int


@dataclass(frozen=True, slots=True)
class Membership:
    """What a conversation is to the one who asks: `unread` counts messages after `read_seq`."""

    role: ConversationRole
    read_seq: int
    unread: int
    mentions: int
    notify: Notify
    pinned_at: datetime | None


@dataclass(frozen=True, slots=True)
class LiveConversation:
    """A conversation as every member sees it.

    `last_seq` numbers messages and `last_rev` changes, both from 1 and without gaps. Messages
    before `first_seq` were purged, as `retention_days` (null: the server's) says. `edit_window`:
    seconds in which one may edit and recall one's messages; null: the server's.
    """

    id: str
    kind: ConversationKind
    name: str | None
    description: str | None
    avatar_url: str | None
    public: bool
    created_by: str | None
    created_at: datetime
    archived_at: datetime | None
    last_seq: int
    last_rev: int
    last_message_at: datetime | None
    last_message: LiveMessage | None
    member_count: int
    edit_window: int | None
    first_seq: int
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class Conversation(LiveConversation):
    """A conversation as the one who asks sees it: `me` is null for who is not a member.

    `peer` is the other person of a direct conversation, or the assistant one talks with.
    """

    me: Membership | None
    peer: User | None = None


@dataclass(frozen=True, slots=True)
class OpenConversation(Conversation):
    """A conversation with its newest messages, ascending; `has_more` tells of older ones."""

    messages: list[Message] = field(default_factory=list)
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of activity in a conversation: `active`, `idle` after five minutes without a
    message, `expired` after fifteen (settings), or `closed` by a person."""

    id: str
    conversation_id: str
    state: Literal["active", "idle", "expired", "closed"]
    started_at: datetime
    last_activity_at: datetime
    ended_at: datetime | None
    message_count: int


@dataclass(frozen=True, slots=True)
class LiveChanges:
    """What changed since a `rev`, as the node reads it for all listeners of a conversation.

    `members` holds those who left too, with `left_at`. `rev` is the highest change that is
    fully contained; `more` asks to come again with it; `reload` to start afresh.
    """

    messages: list[LiveMessage]
    members: list[Member]
    reads: dict[str, int]
    delivered: dict[str, int]
    conversation: LiveConversation
    rev: int
    more: bool
    reload: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a `rev`, as one member sees it (see `LiveChanges`)."""

    messages: list[Message]
    members: list[Member]
    reads: dict[str, int]
    delivered: dict[str, int]
    conversation: Conversation
    rev: int
    more: bool
    reload: bool
