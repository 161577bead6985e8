"""The tables of assistants: who they are, what they promised, what it cost, how it was liked."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from trialogue.core.models.root import Base
from trialogue.core.sql import Id, LongText, Utc, key, new_id


class Assistant(Base):
    """An assistant; its name and avatar are those of its user. `providers` is its chain, empty
    for the server's; `context` says how much history it is given."""

    __tablename__ = "chat_assistants"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("chat_workspaces.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), unique=True)
    instructions: Mapped[str] = mapped_column(LongText)
    providers: Mapped[list[str]] = mapped_column(JSON, default=list)
    trigger: Mapped[str] = mapped_column(String(16), default="always")
    context: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    settings: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    standard: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)


class Reply(Base):
    """The promise of an answer to one message, made in the transaction that stores it.

    `message_id` is null until a runner claims it; `epoch` rises with every change of who may
    write it, `lease_until` is how long the node that writes it is believed to live.
    """

    __tablename__ = "chat_replies"
    __table_args__ = (
        UniqueConstraint("assistant_id", "trigger_id", "version"),
        Index("ix_chat_replies_lane", "conversation_id", "assistant_id", "state"),
        Index("ix_chat_replies_state", "state", "lease_until"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(Id)
    conversation_id: Mapped[str] = mapped_column(Id)
    assistant_id: Mapped[str] = mapped_column(ForeignKey("chat_assistants.id"))
    trigger_id: Mapped[str] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    asker_id: Mapped[str] = mapped_column(Id)
    message_id: Mapped[str | None] = mapped_column(Id, unique=True)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    node: Mapped[str | None] = mapped_column(key(64))
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    claimed_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class Usage(Base):
    """What one attempt at a model cost, whether it succeeded or not; `cost` in billionths of a
    US dollar, null where the price is not known; `estimated` where the provider did not say."""

    __tablename__ = "chat_usage"
    __table_args__ = (
        Index("ix_chat_usage_user", "user_id", "created_at"),
        Index("ix_chat_usage_workspace", "workspace_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id)
    assistant_id: Mapped[str | None] = mapped_column(Id)
    reply_id: Mapped[str | None] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(16))
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    estimated: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Utc)


class Feedback(Base):
    """One person's rating of one reply, 1 to 5; it can be changed."""

    __tablename__ = "chat_feedback"
    __table_args__ = (UniqueConstraint("message_id", "user_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"))
    rating: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)


class Summary(Base):
    """What an assistant keeps of the messages up to `up_to_seq` that it is not given any more."""

    __tablename__ = "chat_summaries"

    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    assistant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    up_to_seq: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[str] = mapped_column(LongText)
    updated_at: Mapped[datetime] = mapped_column(Utc)
