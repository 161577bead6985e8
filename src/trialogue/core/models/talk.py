"""The tables of talk: conversations, members, sessions, messages and what is said of them."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from trialogue.core.creation import (
    CreatesConversation,
    CreatesMember,
    CreatesMessage,
    CreatesReaction,
    CreatesSession,
)
from trialogue.core.index import Words, keep_index
from trialogue.core.models.root import Base
from trialogue.core.sql import Id, LongText, Utc, key, new_id


class Conversation(CreatesConversation, Base):
    """A conversation and its counters, which are taken under this row's lock.

    `last_seq` numbers messages, `last_rev` every change that all members may see; both dense.
    Messages before `first_seq` have been purged. `edit_window` is in seconds, null for the
    server's; `retention_days` null for what the server says alone. `assistant_count`: those of
    the members who are assistants, so that posting asks for them only where there are any.
    """

    __tablename__ = "chat_conversations"
    __table_args__ = (
        UniqueConstraint("created_by", "client_id"),
        Index("ix_chat_conversations_public", "workspace_id", "public"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("chat_workspaces.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(128))
    description: Mapped[str | None] = mapped_column(LongText)
    avatar: Mapped[str | None] = mapped_column(String(1024))
    public: Mapped[bool] = mapped_column(Boolean, default=False)
    direct_key: Mapped[str | None] = mapped_column(key(128), unique=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("chat_users.id"))
    client_id: Mapped[str | None] = mapped_column(key(128))
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_rev: Mapped[int] = mapped_column(BigInteger, default=0)
    first_seq: Mapped[int] = mapped_column(BigInteger, default=1)
    member_count: Mapped[int] = mapped_column(Integer, default=0)
    assistant_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    edit_window: Mapped[int | None] = mapped_column(Integer)
    retention_days: Mapped[int | None] = mapped_column(Integer)
    session_id: Mapped[str | None] = mapped_column(Id)
    session_started_at: Mapped[datetime | None] = mapped_column(Utc)
    session_first_seq: Mapped[int | None] = mapped_column(BigInteger)
    parent_id: Mapped[str | None] = mapped_column(Id)
    parent_message_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc, index=True)
    last_message_at: Mapped[datetime | None] = mapped_column(Utc)
    archived_at: Mapped[datetime | None] = mapped_column(Utc)


class Member(CreatesMember, Base):
    """A user in a conversation; the row stays when they leave, with `left_at`.

    `read_seq` and `delivered_seq` only grow, take no rev and no conversation lock.
    """

    __tablename__ = "chat_members"
    __table_args__ = (
        Index("ix_chat_members_user", "user_id", "left_at"),
        Index("ix_chat_members_rev", "conversation_id", "rev"),
    )

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("chat_conversations.id"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    joined_at: Mapped[datetime] = mapped_column(Utc)
    left_at: Mapped[datetime | None] = mapped_column(Utc)
    read_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    delivered_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    visible_from_seq: Mapped[int] = mapped_column(BigInteger, default=1)
    notify: Mapped[str] = mapped_column(String(16), default="all")
    pinned_at: Mapped[datetime | None] = mapped_column(Utc)
    rev: Mapped[int] = mapped_column(BigInteger)


class ChatSession(CreatesSession, Base):
    """A stretch of activity; how many messages it has is derived from its first and last."""

    __tablename__ = "chat_sessions"
    __table_args__ = (
        Index("ix_chat_sessions_conversation", "conversation_id", "started_at"),
        Index("ix_chat_sessions_open", "ended_at", "started_at"),  # what the sweeper looks for
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("chat_conversations.id"))
    state: Mapped[str] = mapped_column(String(16), default="active")
    started_at: Mapped[datetime] = mapped_column(Utc)
    last_activity_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    first_seq: Mapped[int | None] = mapped_column(BigInteger)
    last_seq: Mapped[int | None] = mapped_column(BigInteger)


class Message(CreatesMessage, Base):
    """A message: `seq` is its number in the conversation, `rev` that of its last change.

    `meta` holds what is shown with it, so that a page of history needs no further statement:
    `mentions`, `everyone`, `notice`, `reply`, and `reactions` as counts; null where there is none.
    """

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "sender_id", "client_id"),
        Index("ix_chat_messages_rev", "conversation_id", "rev"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("chat_conversations.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    rev: Mapped[int] = mapped_column(BigInteger)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("chat_sessions.id"))
    sender_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"))
    parent_id: Mapped[str | None] = mapped_column(Id)
    client_id: Mapped[str] = mapped_column(key(128))
    type: Mapped[str] = mapped_column(String(16), default="text")
    state: Mapped[str] = mapped_column(String(16), default="sent")
    content: Mapped[str] = mapped_column(LongText)
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Utc)
    edited_at: Mapped[datetime | None] = mapped_column(Utc)
    retracted_at: Mapped[datetime | None] = mapped_column(Utc)
    superseded_by: Mapped[str | None] = mapped_column(Id)
    meta: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))


EVERYONE = "00000000-0000-0000-0000-000000000000"


class Mention(Base):
    """Someone who is named in a message; `EVERYONE` is one row, however many members there are."""

    __tablename__ = "chat_mentions"
    __table_args__ = (Index("ix_chat_mentions_user_id", "user_id", "conversation_id", "seq"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(BigInteger)


class Reaction(CreatesReaction, Base):
    """One emoji of one person on one message."""

    __tablename__ = "chat_reactions"

    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"), primary_key=True)
    emoji: Mapped[str] = mapped_column(key(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Utc)


class Read(Base):
    """One row each time someone's mark advances: who had read up to where, and when; null where
    it advanced by joining, past what was said without them."""

    __tablename__ = "chat_reads"
    # By way of the member: reference to the conversation itself would, on MySQL, lock it.
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "user_id"],
            ["chat_members.conversation_id", "chat_members.user_id"],
        ),
    )

    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    up_to_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(Utc)


class Searchable(Base):
    """The words of a message that can be found; `n` grows with time, nearly in the order of
    posting. Recalled and system messages have none."""

    __tablename__ = "chat_search"
    __table_args__ = (
        Index("ix_chat_search_words", "words", postgresql_using="gin").ddl_if("postgresql"),
        Index("ix_chat_search_full", "words", mysql_prefix="FULLTEXT").ddl_if("mysql"),
    )

    n: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: Mapped[str] = mapped_column(Id, unique=True)
    conversation_id: Mapped[str] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Words)


keep_index(Searchable)
