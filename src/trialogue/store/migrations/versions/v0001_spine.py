"""The spine: people, conversations, messages."""

import sqlalchemy as sa
from alembic import op

from trialogue.core.sql import Id, LongText, Utc, key

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_users",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column("username_key", key(128), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("email_key", key(320), nullable=True),
        sa.Column("display_name", sa.String(length=128), nullable=False),
        sa.Column("avatar", sa.String(length=1024), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("deactivated_at", Utc, nullable=True),
        sa.Column("last_seen_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_chat_users_email_key")),
        sa.UniqueConstraint("username_key", name=op.f("uq_chat_users_username_key")),
    )
    op.create_table(
        "chat_workspaces",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", key(64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_workspaces")),
        sa.UniqueConstraint("key", name=op.f("uq_chat_workspaces_key")),
    )
    op.create_table(
        "chat_conversations",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=True),
        sa.Column("description", LongText, nullable=True),
        sa.Column("avatar", sa.String(length=1024), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("direct_key", key(128), nullable=True),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("client_id", key(128), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_rev", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("parent_message_id", Id, nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.Column("last_message_at", Utc, nullable=True),
        sa.Column("archived_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["chat_users.id"], name=op.f("fk_chat_conversations_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["chat_workspaces.id"],
            name=op.f("fk_chat_conversations_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_conversations")),
        sa.UniqueConstraint(
            "created_by", "client_id", name=op.f("uq_chat_conversations_created_by_client_id")
        ),
        sa.UniqueConstraint("direct_key", name=op.f("uq_chat_conversations_direct_key")),
    )
    op.create_index(
        op.f("ix_chat_conversations_changed_at"), "chat_conversations", ["changed_at"], unique=False
    )
    op.create_index(
        "ix_chat_conversations_public",
        "chat_conversations",
        ["workspace_id", "public"],
        unique=False,
    )
    op.create_table(
        "chat_logins",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("device", sa.String(length=256), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("used_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("revoked_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_logins_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["chat_workspaces.id"], name=op.f("fk_chat_logins_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_logins")),
    )
    op.create_index(op.f("ix_chat_logins_revoked_at"), "chat_logins", ["revoked_at"], unique=False)
    op.create_index(op.f("ix_chat_logins_user_id"), "chat_logins", ["user_id"], unique=False)
    op.create_table(
        "chat_memberships",
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_memberships_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["chat_workspaces.id"], name=op.f("fk_chat_memberships_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_chat_memberships")),
    )
    op.create_index(
        op.f("ix_chat_memberships_user_id"), "chat_memberships", ["user_id"], unique=False
    )
    op.create_table(
        "chat_members",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("joined_at", Utc, nullable=False),
        sa.Column("left_at", Utc, nullable=True),
        sa.Column("read_seq", sa.BigInteger(), nullable=False),
        sa.Column("delivered_seq", sa.BigInteger(), nullable=False),
        sa.Column("visible_from_seq", sa.BigInteger(), nullable=False),
        sa.Column("notify", sa.String(length=16), nullable=False),
        sa.Column("pinned_at", Utc, nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["chat_conversations.id"],
            name=op.f("fk_chat_members_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_members_user_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_chat_members")),
    )
    op.create_index("ix_chat_members_rev", "chat_members", ["conversation_id", "rev"], unique=False)
    op.create_index("ix_chat_members_user", "chat_members", ["user_id", "left_at"], unique=False)
    op.create_table(
        "chat_reads",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("up_to_seq", sa.BigInteger(), nullable=False),
        sa.Column("read_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "user_id"],
            ["chat_members.conversation_id", "chat_members.user_id"],
            name=op.f("fk_chat_reads_conversation_id_user_id"),
        ),
        sa.PrimaryKeyConstraint(
            "conversation_id", "user_id", "up_to_seq", name=op.f("pk_chat_reads")
        ),
    )
    op.create_table(
        "chat_refresh_tokens",
        sa.Column("digest", key(64), nullable=False),
        sa.Column("login_id", Id, nullable=False),
        sa.Column("parent", key(64), nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("used_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["login_id"], ["chat_logins.id"], name=op.f("fk_chat_refresh_tokens_login_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_chat_refresh_tokens")),
    )
    op.create_index(
        op.f("ix_chat_refresh_tokens_login_id"), "chat_refresh_tokens", ["login_id"], unique=False
    )
    op.create_index(
        op.f("ix_chat_refresh_tokens_parent"), "chat_refresh_tokens", ["parent"], unique=False
    )
    op.create_table(
        "chat_sessions",
        sa.Column("id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", Utc, nullable=False),
        sa.Column("last_activity_at", Utc, nullable=True),
        sa.Column("ended_at", Utc, nullable=True),
        sa.Column("first_seq", sa.BigInteger(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["chat_conversations.id"],
            name=op.f("fk_chat_sessions_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_sessions")),
    )
    op.create_index(
        "ix_chat_sessions_conversation",
        "chat_sessions",
        ["conversation_id", "started_at"],
        unique=False,
    )
    op.create_table(
        "chat_messages",
        sa.Column("id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("sender_id", Id, nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("client_id", key(128), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", LongText, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("edited_at", Utc, nullable=True),
        sa.Column("retracted_at", Utc, nullable=True),
        sa.Column("superseded_by", Id, nullable=True),
        sa.Column("meta", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["chat_conversations.id"],
            name=op.f("fk_chat_messages_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["chat_users.id"], name=op.f("fk_chat_messages_sender_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_sessions.id"], name=op.f("fk_chat_messages_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_messages")),
        sa.UniqueConstraint(
            "conversation_id",
            "sender_id",
            "client_id",
            name=op.f("uq_chat_messages_conversation_id_sender_id_client_id"),
        ),
        sa.UniqueConstraint(
            "conversation_id", "seq", name=op.f("uq_chat_messages_conversation_id_seq")
        ),
    )
    op.create_index(
        "ix_chat_messages_rev", "chat_messages", ["conversation_id", "rev"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead.")
