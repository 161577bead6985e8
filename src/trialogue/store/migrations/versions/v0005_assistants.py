"""Assistants: who they are, their replies, what those cost and how they were liked."""

import sqlalchemy as sa
from alembic import op

from trialogue.core.sql import Id, LongText, Utc, key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "chat_conversations",
        sa.Column("assistant_count", sa.Integer(), server_default="0", nullable=False),
    )
    _assistants()
    _replies()
    _usage()
    _feedback()
    op.create_table(
        "chat_summaries",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("assistant_id", Id, nullable=False),
        sa.Column("up_to_seq", sa.BigInteger(), nullable=False),
        sa.Column("content", LongText, nullable=False),
        sa.Column("updated_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "assistant_id", name=op.f("pk_chat_summaries")),
    )


def _assistants() -> None:
    op.create_table(
        "chat_assistants",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("instructions", LongText, nullable=False),
        sa.Column("providers", sa.JSON(), nullable=False),
        sa.Column("trigger", sa.String(16), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("removed_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["chat_workspaces.id"],
            name=op.f("fk_chat_assistants_workspace_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_assistants_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_assistants")),
        sa.UniqueConstraint("user_id", name=op.f("uq_chat_assistants_user_id")),
    )


def _replies() -> None:
    op.create_table(
        "chat_replies",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("assistant_id", Id, nullable=False),
        sa.Column("trigger_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asker_id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("node", key(64), nullable=True),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("claimed_at", Utc, nullable=True),
        sa.Column("ended_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["assistant_id"],
            ["chat_assistants.id"],
            name=op.f("fk_chat_replies_assistant_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_replies")),
        sa.UniqueConstraint("message_id", name=op.f("uq_chat_replies_message_id")),
        sa.UniqueConstraint(
            "assistant_id",
            "trigger_id",
            "version",
            name=op.f("uq_chat_replies_assistant_id_trigger_id_version"),
        ),
    )
    lane = ["conversation_id", "assistant_id", "state"]
    op.create_index("ix_chat_replies_lane", "chat_replies", lane)
    op.create_index("ix_chat_replies_state", "chat_replies", ["state", "lease_until"])


def _usage() -> None:
    op.create_table(
        "chat_usage",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("assistant_id", Id, nullable=True),
        sa.Column("reply_id", Id, nullable=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_usage")),
    )
    op.create_index("ix_chat_usage_user", "chat_usage", ["user_id", "created_at"])
    op.create_index("ix_chat_usage_workspace", "chat_usage", ["workspace_id", "created_at"])


def _feedback() -> None:
    op.create_table(
        "chat_feedback",
        sa.Column("id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("comment", LongText, nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("updated_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["chat_messages.id"],
            name=op.f("fk_chat_feedback_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_feedback_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_feedback")),
        sa.UniqueConstraint(
            "message_id", "user_id", name=op.f("uq_chat_feedback_message_id_user_id")
        ),
    )
