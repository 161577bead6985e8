"""What is kept of messages: the words to find them by, limits of their number and their age."""

import sqlalchemy as sa
from alembic import op

from trialogue.core import index, words
from trialogue.core.sql import MYSQL, Id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PORTION = 1_000  # messages read, and kept for search, at a time


def upgrade() -> None:
    op.add_column("chat_workspaces", sa.Column("message_count", sa.BigInteger(), nullable=True))
    op.add_column("chat_conversations", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.add_column(
        "chat_conversations", sa.Column("session_first_seq", sa.BigInteger(), nullable=True)
    )
    op.add_column(
        "chat_tokens", sa.Column("uses", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index("ix_chat_sessions_open", "chat_sessions", ["ended_at", "started_at"])
    op.execute(
        "UPDATE chat_conversations SET session_first_seq = (SELECT first_seq FROM chat_sessions"
        " WHERE chat_sessions.id = chat_conversations.session_id) WHERE session_id IS NOT NULL"
    )
    _search()
    _keep_words()


def _search() -> None:
    op.create_table(
        "chat_search",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("words", index.Words, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_chat_search")),
        sa.UniqueConstraint("message_id", name=op.f("uq_chat_search_message_id")),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        for statement in index.FTS5:
            op.execute(statement)
    elif dialect in MYSQL:
        op.create_index("ix_chat_search_full", "chat_search", ["words"], mysql_prefix="FULLTEXT")
    else:
        op.create_index("ix_chat_search_words", "chat_search", ["words"], postgresql_using="gin")


_MESSAGES = sa.table(
    "chat_messages",
    sa.column("id", Id),
    sa.column("conversation_id", Id),
    sa.column("seq", sa.BigInteger()),
    sa.column("content", sa.Text()),
    sa.column("type", sa.String()),
    sa.column("retracted_at", sa.DateTime()),
)
_SEARCH = sa.table(
    "chat_search",
    sa.column("message_id", Id),
    sa.column("conversation_id", Id),
    sa.column("seq", sa.BigInteger()),
    sa.column("words", index.Words),
)


def _keep_words() -> None:
    """Messages that are there already are found as well. Ids grow with time."""
    connection = op.get_bind()
    column = _MESSAGES.c
    found = sa.select(column.id, column.conversation_id, column.seq, column.content).where(
        column.type != "system", column.retracted_at.is_(None)
    )
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        portion = found.where(column.id > last).order_by(column.id).limit(PORTION)
        rows = connection.execute(portion).all()
        if not rows:
            break
        last = rows[-1].id
        connection.execute(
            _SEARCH.insert(),
            [
                {
                    "message_id": row.id,
                    "conversation_id": row.conversation_id,
                    "seq": row.seq,
                    "words": " ".join(
                        [index.room_word(row.conversation_id), *words.cut(row.content)]
                    ),
                }
                for row in rows
            ],
        )
    if connection.dialect.name == "sqlite":
        op.execute(index.ALL_TO_FTS5)
