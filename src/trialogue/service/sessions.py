"""Sessions: a conversation's activity cut into stretches. Sending begins them by itself."""

from sqlalchemy.orm import Session

from trialogue.core import checks, members, sessions, trusted, wire
from trialogue.core.errors import ChatError
from trialogue.core.models import ChatSession, Conversation
from trialogue.service.calls import AT_ONCE, Calls, every


class Sessions(Calls):
    """The methods of sessions. `session=` is SQLAlchemy's, as everywhere."""

    def create_session(
        self, conversation_id: str, *, session: Session | None = None
    ) -> wire.Session:
        """Begin a session; the one that was under way ends.

        Raises:
            NotFoundError: There is no such conversation.
            ConflictError: It is archived.

        Example:
            >>> service.create_session(room.id).state
            'active'
        """
        return self._write(session, _create, conversation_id)

    def get_session(self, session_id: str, *, session: Session | None = None) -> wire.Session:
        """One session.

        Raises:
            NotFoundError: There is no such session.

        Example:
            >>> service.get_session(message.session_id).message_count
            1
        """
        return self._read(session, _get, session_id)

    def get_active_session(
        self, conversation_id: str, *, session: Session | None = None
    ) -> wire.Session | None:
        """The session under way, or None.

        Raises:
            NotFoundError: There is no such conversation.

        Example:
            >>> service.get_active_session(room.id).id == message.session_id
            True
        """
        return self._read(session, _active, conversation_id)

    def get_conversation_sessions(
        self, conversation_id: str, *, session: Session | None = None
    ) -> list[wire.Session]:
        """All sessions of a conversation, the latest first.

        Raises:
            NotFoundError: There is no such conversation.

        Example:
            >>> len(service.get_conversation_sessions(room.id))
            1
        """
        return self._read(session, _list, conversation_id)

    def end_session(self, session_id: str, *, session: Session | None = None) -> bool:
        """End a session; tell whether it was still under way.

        Raises:
            NotFoundError: There is no such session.

        Example:
            >>> service.end_session(message.session_id), service.end_session(message.session_id)
            (True, False)
        """
        return self._write(session, _end, session_id)


def _create(db: Session, conversation_id: str) -> wire.Session:
    conversation_id, _ = trusted.place(db, conversation_id)
    return sessions.begin(db, members.lock(db, conversation_id))


def _find(db: Session, session_id: str) -> ChatSession:
    session_id = checks.identifier(session_id, "session_id")
    try:
        return sessions.find(db, session_id)
    except ChatError:
        detail = f"There is no session {session_id}."
        raise ChatError("not_found", detail, field="session_id") from None


def _get(db: Session, session_id: str) -> wire.Session:
    found = _find(db, session_id)
    return sessions.shown(db, found, db.get_one(Conversation, found.conversation_id))


def _active(db: Session, conversation_id: str) -> wire.Session | None:
    conversation_id, _ = trusted.place(db, conversation_id)
    return sessions.find_active(db, conversation_id)


def _list(db: Session, conversation_id: str) -> list[wire.Session]:
    conversation_id, _ = trusted.place(db, conversation_id)
    return every(
        lambda cursor: sessions.page_all(db, conversation_id, cursor=cursor, limit=AT_ONCE)
    )


def _end(db: Session, session_id: str) -> bool:
    found = _find(db, session_id)
    return sessions.finish(db, members.lock(db, found.conversation_id), found)
