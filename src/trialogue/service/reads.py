"""Who has read what: marks, receipts, unread messages, status."""

from sqlalchemy.orm import Session

from trialogue.core import checks, reads, statuses, trusted, wire
from trialogue.service.calls import AT_ONCE, Calls, every
from trialogue.service.vocabulary import MessageStatus


class Reads(Calls):
    """The methods of read marks."""

    def mark_message_as_read(
        self, message_id: str, user_id: str, *, session: Session | None = None
    ) -> bool:
        """Mark a message, and all before it, as read by a member. True: it counts as read now,
        whether or not it did before.

        Raises:
            NotFoundError: Nothing has this id.
            ForbiddenError: The user is not a member.

        Example:
            >>> service.mark_message_as_read(message.id, bob.id)
            True
        """
        return self._write(session, _mark, message_id, user_id)

    mark_message_read = mark_message_as_read

    def mark_conversation_read(
        self,
        conversation_id: str,
        user_id: str,
        seq: int | None = None,
        *,
        session: Session | None = None,
    ) -> None:
        """Mark all messages up to `seq` (all that there are, where left out) as read.

        Raises:
            InvalidError, NotFoundError: An argument is not of this kind, or nothing has this id.
            ForbiddenError: The user is not a member.

        Example:
            >>> service.mark_conversation_read(room.id, bob.id)
            >>> service.get_unread_messages(bob.id, room.id)
            []
        """
        return self._write(session, _mark_up_to, conversation_id, user_id, seq)

    def get_message_read_status(
        self, message_id: str, *, session: Session | None = None
    ) -> list[wire.Receipt]:
        """Which members have read a message, and when their mark first reached it. Its sender is
        left out.

        Raises:
            NotFoundError: There is no such message.

        Example:
            >>> service.mark_message_as_read(message.id, bob.id)
            True
            >>> [each.user.username for each in service.get_message_read_status(message.id)]
            ['bob']
        """
        return self._read(session, _readers, message_id)

    def get_unread_messages(
        self, user_id: str, conversation_id: str, *, session: Session | None = None
    ) -> list[wire.Message]:
        """What a member has not read yet, the earliest first.

        Raises:
            NotFoundError: Nothing has this id.
            ForbiddenError: The user is not a member.

        Example:
            >>> [each.content for each in service.get_unread_messages(bob.id, room.id)]
            ['Good morning']
        """
        return self._read(session, _unread, user_id, conversation_id)

    def update_message_status(
        self, message_id: str, status: MessageStatus | str, *, session: Session | None = None
    ) -> wire.Message:
        """Say that a message was `delivered` to, or `read` by, all other members. As for every
        mark, that holds for all messages before it too.

        Raises:
            InvalidError: There is no such status.
            NotFoundError: There is no such message.
            ConflictError: It would be a step back, or nobody else is in the conversation.

        Example:
            >>> service.update_message_status(message.id, "delivered").status
            'delivered'
        """
        return self._write(session, statuses.advance, message_id, status)


def _mark(db: Session, message_id: str, user_id: str) -> bool:
    message = trusted.row_of(db, message_id)
    conversation_id, reader = trusted.member(db, message.conversation_id, user_id)
    reads.mark(db, reader, conversation_id, message.seq)
    return True


def _mark_up_to(db: Session, conversation_id: str, user_id: str, seq: int | None) -> None:
    conversation_id, reader = trusted.member(db, conversation_id, user_id)
    reads.mark(db, reader, conversation_id, 2**62 if seq is None else checks.count(seq, "seq"))


def _readers(db: Session, message_id: str) -> list[wire.Receipt]:
    message = statuses.get(db, message_id)
    _, workspace_id = trusted.place(db, message.conversation_id)
    return every(
        lambda cursor: reads.readers_of(db, workspace_id, message, cursor=cursor, limit=AT_ONCE)
    )


def _unread(db: Session, user_id: str, conversation_id: str) -> list[wire.Message]:
    conversation_id, reader = trusted.member(db, conversation_id, user_id)
    return every(
        lambda cursor: reads.page_unread(db, reader, conversation_id, cursor=cursor, limit=AT_ONCE)
    )
