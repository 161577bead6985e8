"""Messages: send, read, edit, recall; reactions to them."""

from datetime import datetime

from sqlalchemy.orm import Session

from trialogue.core import checks, messages, reactions, statuses, trusted, wire
from trialogue.service.calls import AT_ONCE, Calls, every
from trialogue.service.vocabulary import MessageType


class Messages(Calls):
    """The methods of messages."""

    def send_message(
        self,
        conversation_id: str,
        sender_id: str,
        content: str,
        message_type: MessageType | str = MessageType.TEXT,
        parent_id: str | None = None,
        *,
        client_id: str | None = None,
        session: Session | None = None,
    ) -> wire.Message:
        """Send a message as a member of the conversation.

        Args:
            content: Markdown, 1 to 20 000 characters, not only white space. `@username` names a
                member.
            message_type: A `MessageType` or its text. `system` is the word of the program: nobody
                can edit it, and it names nobody.
            parent_id: The message of the same conversation that this one answers.
            client_id: The sender's own id for it, 1 to 128 characters; a repeat, at any time,
                yields the first message and no second one.

        Raises:
            InvalidError: An argument is not of this kind.
            NotFoundError: There is no such conversation or user.
            ForbiddenError: The sender is not a member, or deactivated.
            ConflictError: The conversation is archived.

        Example:
            >>> sent = service.send_message(room.id, bob.id, "Morning, @ada", parent_id=message.id)
            >>> sent.seq, ada.id in sent.mentions
            (2, True)
        """
        return self._write(
            session,
            trusted.send,
            conversation_id,
            sender_id,
            content,
            message_type,
            parent_id,
            client_id,
        )

    def get_message(self, message_id: str, *, session: Session | None = None) -> wire.Message:
        """One message, with the status that is told to its sender.

        Raises:
            NotFoundError: There is no such message.

        Example:
            >>> service.get_message(message.id).content
            'Good morning'
        """
        return self._read(session, statuses.get, message_id)

    def get_conversation_messages(
        self,
        conversation_id: str,
        limit: int = 50,
        offset: int = 0,
        before_time: datetime | str | None = None,
        *,
        session: Session | None = None,
    ) -> list[wire.Message]:
        """The history of a conversation, the newest first; recalled messages are there without
        their text.

        Args:
            limit: How many at most; there is no cap.
            offset: How many of the newest to leave out.
            before_time: Only what was sent before this: a datetime (without a zone it is local
                time), or text as RFC 3339 has it.

        Raises:
            InvalidError: An argument is not of this kind.
            NotFoundError: There is no such conversation.

        Example:
            >>> [each.content for each in service.get_conversation_messages(room.id, limit=10)]
            ['Good morning']
            >>> service.get_conversation_messages(room.id, before_time="2020-01-01T00:00:00Z")
            []
        """
        return self._read(session, _history, conversation_id, limit, offset, before_time)

    def get_messages_page(
        self,
        conversation_id: str,
        user_id: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 50,
        session: Session | None = None,
    ) -> wire.MessagePage:
        """A slice of the history by `seq`, as a member sees it, in ascending order: the newest,
        or those before, after or around a number. It costs the same however deep it lies.

        Raises:
            InvalidError, NotFoundError: An argument is not of this kind, or nothing has this id.
            ForbiddenError: The user is not a member.

        Example:
            >>> service.get_messages_page(room.id, bob.id, after=0).items[0].seq
            1
        """
        return self._read(session, _page, conversation_id, user_id, before, after, around, limit)

    def edit_message(
        self,
        message_id: str,
        content: str,
        *,
        actor_id: str | None = None,
        session: Session | None = None,
    ) -> wire.Message:
        """Give a message another text, as its sender, within the edit window.

        Args:
            actor_id: Who edits it; its sender where left out, the only one who may.

        Raises:
            InvalidError: The text is empty or too long.
            NotFoundError: There is no such message.
            ForbiddenError: The edit window is over, the actor is not its sender, the sender has
                left, or it is a system message.
            ConflictError: It has been recalled, or the conversation is archived.

        Example:
            >>> service.edit_message(message.id, "Good evening").content
            'Good evening'
        """
        return self._write(session, _edit, message_id, content, actor_id)

    def delete_message(
        self, message_id: str, *, actor_id: str | None = None, session: Session | None = None
    ) -> bool:
        """Recall a message: its text is gone for everyone, its place stays. Tells whether it
        still stood.

        Args:
            actor_id: Who recalls it: its sender within the edit window, or a moderator. Left out,
                the program does, at any time.

        Raises:
            NotFoundError: There is no such message.
            ForbiddenError: The actor may not do this, or it is a notice of the server.
            ConflictError: The conversation is archived.

        Example:
            >>> service.delete_message(message.id), service.delete_message(message.id)
            (True, False)
        """
        return self._write(session, _delete, message_id, actor_id)

    def add_reaction(
        self, message_id: str, user_id: str, emoji: str, *, session: Session | None = None
    ) -> wire.Message:
        """React to a message with one emoji; doing it twice is doing it once.

        Raises:
            InvalidError: It is not one emoji.
            NotFoundError: Nothing has this id.
            ForbiddenError: The user is not a member.
            ConflictError: The message was recalled, or has 50 kinds of emoji already.

        Example:
            >>> service.add_reaction(message.id, bob.id, "👍").reactions[0].count
            1
        """
        return self._write(session, _react, message_id, user_id, emoji)

    def remove_reaction(
        self, message_id: str, user_id: str, emoji: str, *, session: Session | None = None
    ) -> wire.Message:
        """Take a reaction back; without one nothing happens.

        Raises:
            InvalidError, NotFoundError, ForbiddenError, ConflictError: See `add_reaction`.

        Example:
            >>> service.remove_reaction(message.id, bob.id, "👍").reactions
            []
        """
        return self._write(session, _take_back, message_id, user_id, emoji)

    def get_message_reactions(
        self, message_id: str, *, session: Session | None = None
    ) -> list[wire.Reacted]:
        """Who reacted with what, the earliest first.

        Raises:
            NotFoundError: There is no such message.

        Example:
            >>> service.get_message_reactions(message.id)
            []
        """
        return self._read(session, _reactions, message_id)


def _history(
    db: Session,
    conversation_id: str,
    limit: int,
    offset: int,
    before_time: datetime | str | None,
) -> list[wire.Message]:
    conversation_id, _ = trusted.place(db, conversation_id)
    return messages.newest(
        db,
        conversation_id,
        limit=checks.count(limit, "limit"),
        offset=checks.count(offset, "offset"),
        before_time=None if before_time is None else checks.moment(before_time, "before_time"),
    )


def _page(
    db: Session,
    conversation_id: str,
    user_id: str,
    before: int | None,
    after: int | None,
    around: int | None,
    limit: int,
) -> wire.MessagePage:
    conversation_id, reader = trusted.member(db, conversation_id, user_id)
    given = {"before": before, "after": after, "around": around}
    bounds = {name: None if at is None else checks.count(at, name) for name, at in given.items()}
    limit = max(1, checks.count(limit, "limit"))
    return messages.page(db, reader, conversation_id, **bounds, limit=limit)


def _edit(db: Session, message_id: str, content: str, actor_id: str | None) -> wire.Message:
    if actor_id is None:
        message_id, editor = trusted.author(db, message_id)
    else:
        message = trusted.row_of(db, message_id)
        _, editor = trusted.member(db, message.conversation_id, actor_id, "actor_id")
        message_id = message.id
    return messages.edit(db, editor, message_id, checks.text(content, "content"))


def _delete(db: Session, message_id: str, actor_id: str | None) -> bool:
    if actor_id is None:
        return trusted.recall(db, message_id)
    message = trusted.row_of(db, message_id)
    stood = message.retracted_at is None
    _, actor = trusted.member(db, message.conversation_id, actor_id, "actor_id")
    messages.retract(db, actor, message.id)
    return stood


def _react(db: Session, message_id: str, user_id: str, emoji: str) -> wire.Message:
    message = trusted.row_of(db, message_id)
    _, actor = trusted.member(db, message.conversation_id, user_id)
    return reactions.add(db, actor, message.id, checks.text(emoji, "emoji"))


def _take_back(db: Session, message_id: str, user_id: str, emoji: str) -> wire.Message:
    message = trusted.row_of(db, message_id)
    _, actor = trusted.member(db, message.conversation_id, user_id)
    return reactions.remove(db, actor, message.id, checks.text(emoji, "emoji"))


def _reactions(db: Session, message_id: str) -> list[wire.Reacted]:
    message = trusted.row_of(db, message_id)
    _, workspace_id = trusted.place(db, message.conversation_id)
    return every(
        lambda cursor: reactions.page_all(
            db, workspace_id, message.id, cursor=cursor, limit=AT_ONCE
        )
    )
