"""`Model.create(session, …)` and `session_scope(session)`: the models as a library offers them.

`create` does not just add a row: the core gives it its numbers and keys, and refuses what no
rule allows. The core is imported when it is asked, since it stands on the models.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from trialogue.core.errors import in_python
from trialogue.core.sql import savepoint

if TYPE_CHECKING:
    from trialogue.core import models


class Scoped:
    """What all models have."""

    @classmethod
    @contextmanager
    def session_scope(cls, db: Session, /) -> Iterator[Session]:
        """Commit `session` at the end, or roll it back on an error. Inside of `transaction()` it
        is a savepoint: the whole is committed, or not, by the transaction."""
        if "own" in db.info:
            with savepoint(db):
                yield db
            return
        try:
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise


class CreatesUser:
    """`ChatUser.create`."""

    @classmethod
    def create(
        cls,
        db: Session,
        /,
        username: str,
        display_name: str | None = None,
        avatar_url: str | None = None,
        *,
        email: str | None = None,
    ) -> "models.ChatUser":
        """Make a user, as `ChatService.create_user`, and return its row."""
        from trialogue.core import models, trusted

        with in_python(), savepoint(db):
            made = trusted.create_user(db, username, display_name, avatar_url, email)
            return db.get_one(models.ChatUser, made.id)


class CreatesConversation:
    """`Conversation.create`."""

    @classmethod
    def create(
        cls,
        db: Session,
        /,
        name: str | None,
        is_group: bool = True,
        description: str | None = None,
        *,
        public: bool = False,
        member_ids: "tuple[str, ...] | list[str]" = (),
    ) -> "models.Conversation":
        """Make a conversation, as `ChatService.create_conversation`, and return its row."""
        from trialogue.core import models, trusted

        with in_python(), savepoint(db):
            made = trusted.create_conversation(
                db,
                name,
                is_group=is_group,
                description=description,
                public=public,
                member_ids=member_ids,
            )
            return db.get_one(models.Conversation, made.id)


class CreatesMember:
    """`Member.create`."""

    @classmethod
    def create(
        cls, db: Session, /, conversation_id: str, user_id: str, role: str = "member"
    ) -> "models.Member":
        """Add a member, as `ChatService.add_conversation_member`, and return their row."""
        from trialogue.core import models, trusted

        with in_python(), savepoint(db):
            made = trusted.add_member(db, conversation_id, user_id, role)
            conversation_id, _ = trusted.place(db, conversation_id)
            return db.get_one(models.Member, (conversation_id, made.user.id))


class CreatesSession:
    """`ChatSession.create`."""

    @classmethod
    def create(cls, db: Session, /, conversation_id: str) -> "models.ChatSession":
        """Begin a session, as `ChatService.create_session`, and return its row."""
        from trialogue.core import members, models, sessions, trusted

        with in_python(), savepoint(db):
            conversation_id, _ = trusted.place(db, conversation_id)
            made = sessions.begin(db, members.lock(db, conversation_id))
            return db.get_one(models.ChatSession, made.id)


class CreatesMessage:
    """`Message.create`."""

    @classmethod
    def create(
        cls,
        db: Session,
        /,
        conversation_id: str,
        sender_id: str,
        content: str,
        message_type: object = "text",
        parent_id: str | None = None,
        *,
        client_id: str | None = None,
    ) -> "models.Message":
        """Send a message, as `ChatService.send_message`, and return its row."""
        from trialogue.core import models, trusted

        more = (message_type, parent_id, client_id)
        with in_python(), savepoint(db):
            made = trusted.send(db, conversation_id, sender_id, content, *more)
            return db.get_one(models.Message, made.id)


class CreatesAttachment:
    """`Attachment.create`."""

    @classmethod
    def create(
        cls,
        db: Session,
        /,
        message_id: str,
        file_name: str,
        file_size: int,
        mime_type: str,
        file_path: str,
    ) -> "models.Attachment":
        """Attach a file that is there, as `ChatService.add_attachment`, and return its row."""
        from trialogue.core import attachments, models

        with in_python(), savepoint(db):
            made = attachments.add(db, message_id, file_name, file_size, mime_type, file_path)
            return db.get_one(models.Attachment, made.id)


class CreatesReaction:
    """`Reaction.create`."""

    @classmethod
    def create(cls, db: Session, /, message_id: str, user_id: str, emoji: str) -> "models.Reaction":
        """React to a message, as `ChatService.add_reaction`, and return the row."""
        from trialogue.core import models, reactions, trusted

        with in_python(), savepoint(db):
            message = trusted.row_of(db, message_id)
            _, actor = trusted.member(db, message.conversation_id, user_id)
            reactions.add(db, actor, message.id, emoji)
            key = (message.id, reactions.canonical(emoji), actor.user_id)
            return db.get_one(models.Reaction, key)
