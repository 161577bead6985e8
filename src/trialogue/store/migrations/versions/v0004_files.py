"""Files: uploads, what messages have of them, and avatars."""

import sqlalchemy as sa
from alembic import op

from trialogue.core.sql import Id, Utc, key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_attachments",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.String(127), nullable=False),
        sa.Column("checksum", key(64), nullable=True),
        sa.Column("path", sa.String(1024), nullable=False),
        sa.Column("thumbnail", sa.String(1024), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("removed_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["chat_workspaces.id"],
            name=op.f("fk_chat_attachments_workspace_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["chat_users.id"], name=op.f("fk_chat_attachments_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_attachments")),
    )
    op.create_index("ix_chat_attachments_unsent", "chat_attachments", ["message_id", "created_at"])
    op.create_index("ix_chat_attachments_removed", "chat_attachments", ["removed_at"])
