"""The frozen types that leave the core: HTTP, socket and Python alike (api.md, section 2).

A `Live…` type is what every listener may see, since the same bytes go to all of them; the
type without the prefix adds what depends on who looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

UserKind = Literal["human", "assistant", "contact", "bot"]
WorkspaceRole = Literal["owner", "admin", "agent", "member", "guest"]
ConversationKind = Literal["direct", "group", "assistant", "support"]
ConversationRole = Literal["owner", "admin", "moderator", "member"]
Notify = Literal["all", "mentions", "none"]
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
class Sender:
    """Who wrote a message, as much as is needed to show it."""

    id: str
    username: str | None
    display_name: str
    avatar_url: str | None
    kind: UserKind


@dataclass(frozen=True, slots=True)
class User:
    """A person (or assistant, contact, bot) as others see them.

    `role` is the role in the workspace; `online` is filled in by whoever knows the sockets.
    """

    id: str
    username: str | None
    display_name: str
    avatar_url: str | None
    kind: UserKind
    role: WorkspaceRole
    is_active: bool
    online: bool
    last_seen_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Me(User):
    """One's own account: what only oneself (and admins) may see is added."""

    email: str | None
    locale: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Reset:
    """A link by which a password can be set once, until `expires_at`."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Account(Me):
    """An account as admins see it. A removed one is a placeholder without a username."""

    deactivated_at: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAccount(Account):
    """An account that an admin has made; `reset` where it was made without a password."""

    reset: Reset | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """One of one's own logins. `used_at` is when its tokens were last renewed; `current` is the
    one that asks."""

    id: str
    device: str | None
    address: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A personal access token, without its secret. `used_at` is exact to about a minute."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewPersonalToken(PersonalToken):
    """A new personal access token; `token` is shown this once."""

    token: str


@dataclass(frozen=True, slots=True)
class Invite:
    """A link by which people may register. `uses` is how many it still lets in (null: without
    limit), `used` how many have come; `conversation_id` is the room that it leads into."""

    id: str
    code: str
    url: str
    uses: int | None
    used: int
    conversation_id: str | None
    created_by: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


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

    `peer` is the other person of a direct conversation.
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
class Receipt:
    """Who has read a message, and when their mark first reached it."""

    user: User
    read_at: datetime


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


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list; `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A slice of a history, ascending. `has_more` in the direction asked (older by default);
    `has_newer` only where a page was asked around a message."""

    items: list[Message]
    has_more: bool
    has_newer: bool | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to a login: an access token (JWT, `expires_in` seconds) and a refresh token."""

    user: Me
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 — the name of a scheme


@dataclass(frozen=True, slots=True)
class Online:
    """Ids of users with a live connection."""

    online: list[str]
