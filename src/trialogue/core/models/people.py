"""The tables of people: workspaces, users, and the ways in which they come in."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from trialogue.core.creation import CreatesUser
from trialogue.core.models.root import Base
from trialogue.core.sql import Id, Utc, key, new_id


class Workspace(Base):
    """Those who share rooms and a directory. `generation` rises when a backup is restored.

    `message_count` is kept only where their number is limited, else null.
    """

    __tablename__ = "chat_workspaces"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(key(64), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    settings: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    message_count: Mapped[int | None] = mapped_column(BigInteger)
    generation: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Utc)


class ChatUser(CreatesUser, Base):
    """A person, assistant, contact or bot; users belong to the server, not to a workspace.

    `username_key` and `email_key` are the case-folded forms that must be unique.
    """

    __tablename__ = "chat_users"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(key(128), unique=True)
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(key(320), unique=True)
    display_name: Mapped[str] = mapped_column(String(128))
    avatar: Mapped[str | None] = mapped_column(String(1024))
    kind: Mapped[str] = mapped_column(String(16), default="human")
    password_hash: Mapped[str | None] = mapped_column(String(256))
    locale: Mapped[str | None] = mapped_column(String(16))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Utc)
    deactivated_at: Mapped[datetime | None] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)
    last_seen_at: Mapped[datetime | None] = mapped_column(Utc)


class WorkspaceMember(Base):
    """A user's role in a workspace."""

    __tablename__ = "chat_memberships"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("chat_workspaces.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Utc)


class Login(Base):
    """One login of a user: the family of refresh tokens that came from it."""

    __tablename__ = "chat_logins"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("chat_workspaces.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), index=True)
    device: Mapped[str | None] = mapped_column(String(256))
    address: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc, index=True)


class RefreshToken(Base):
    """A refresh token, kept only as a hash. `used_at` is set when it was traded for another."""

    __tablename__ = "chat_refresh_tokens"

    digest: Mapped[str] = mapped_column(key(64), primary_key=True)
    login_id: Mapped[str] = mapped_column(ForeignKey("chat_logins.id"), index=True)
    parent: Mapped[str | None] = mapped_column(key(64), index=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class Identity(Base):
    """A user as an outside issuer (or a trusted gateway) knows them; never linked by e-mail."""

    __tablename__ = "chat_identities"

    issuer: Mapped[str] = mapped_column(key(255), primary_key=True)
    subject: Mapped[str] = mapped_column(key(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Utc)


class Token(Base):
    """A secret that lets someone in, kept as a hash: `kind` is access, invite or reset.

    `user_id` is whose it is (of an invite: who made it). An invite keeps its `code`, which its
    makers may copy again, and may lead into a conversation; `uses_left` is null without limit,
    `uses` is how many have come in by it.
    """

    __tablename__ = "chat_tokens"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("chat_workspaces.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(key(64), unique=True)
    name: Mapped[str | None] = mapped_column(String(128))
    code: Mapped[str | None] = mapped_column(key(64))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("chat_conversations.id"))
    uses_left: Mapped[int | None] = mapped_column(Integer)
    uses: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
    expires_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)
