"""The table of files: what was uploaded, by whom, and where its bytes are."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from trialogue.core.creation import CreatesAttachment
from trialogue.core.models.root import Base
from trialogue.core.sql import Id, Utc, key, new_id


class Attachment(CreatesAttachment, Base):
    """A file: an upload of `user_id` until a message takes it, or (`kind`) an avatar.

    `path` and `thumbnail` are places in the storage; a path that is not ours is a file that the
    program keeps itself. From `removed_at` on it is gone, and its bytes go with the next clean-up.
    """

    __tablename__ = "chat_attachments"
    __table_args__ = (
        Index("ix_chat_attachments_unsent", "message_id", "created_at"),
        Index("ix_chat_attachments_removed", "removed_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("chat_workspaces.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("chat_users.id"))
    kind: Mapped[str] = mapped_column(String(16), default="file")
    # No references: they would lock the message and its conversation on MySQL.
    conversation_id: Mapped[str | None] = mapped_column(Id)
    message_id: Mapped[str | None] = mapped_column(Id)
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    mime_type: Mapped[str] = mapped_column(String(127))
    checksum: Mapped[str | None] = mapped_column(key(64))
    path: Mapped[str] = mapped_column(String(1024))
    thumbnail: Mapped[str | None] = mapped_column(String(1024))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)
