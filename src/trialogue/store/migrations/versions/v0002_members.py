"""Everything a member does: tokens, identities, mentions, reactions."""

import sqlalchemy as sa
from alembic import op

from trialogue.core.sql import Id, Utc, key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat_users", sa.Column("time_zone", sa.String(length=64), nullable=True))
    op.add_column("chat_users", sa.Column("removed_at", Utc, nullable=True))
    op.add_column("chat_conversations", sa.Column("edit_window", sa.Integer(), nullable=True))
    op.add_column("chat_conversations", sa.Column("session_started_at", Utc, nullable=True))
    with op.batch_alter_table("chat_reads") as reads:  # SQLite cannot alter a column in place
        reads.alter_column("read_at", existing_type=Utc, nullable=True)
    _tokens()
    _identities()
    _mentions()
    _reactions()


def _tokens() -> None:
    op.create_table(
        "chat_tokens",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", key(64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=True),
        sa.Column("code", key(64), nullable=True),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("used_at", Utc, nullable=True),
        sa.Column("expires_at", Utc, nullable=True),
        sa.Column("revoked_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["chat_conversations.id"],
            name=op.f("fk_chat_tokens_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_tokens_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["chat_workspaces.id"], name=op.f("fk_chat_tokens_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_chat_tokens_digest")),
    )
    op.create_index(op.f("ix_chat_tokens_user_id"), "chat_tokens", ["user_id"])


def _identities() -> None:
    op.create_table(
        "chat_identities",
        sa.Column("issuer", key(255), nullable=False),
        sa.Column("subject", key(255), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_identities_user_id")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_chat_identities")),
    )
    op.create_index(op.f("ix_chat_identities_user_id"), "chat_identities", ["user_id"])


def _mentions() -> None:
    op.create_table(
        "chat_mentions",
        sa.Column("message_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_messages.id"], name=op.f("fk_chat_mentions_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_chat_mentions")),
    )
    op.create_index(
        "ix_chat_mentions_user_id", "chat_mentions", ["user_id", "conversation_id", "seq"]
    )


def _reactions() -> None:
    op.create_table(
        "chat_reactions",
        sa.Column("message_id", Id, nullable=False),
        sa.Column("emoji", key(64), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_messages.id"], name=op.f("fk_chat_reactions_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_reactions_user_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "emoji", "user_id", name=op.f("pk_chat_reactions")),
    )
