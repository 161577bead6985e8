"""Members of conversations: list, add, remove, join, leave, roles."""

from sqlalchemy.orm import Session

from trialogue.core import checks, members, trusted, wire
from trialogue.service.calls import AT_ONCE, Calls, every


class Members(Calls):
    """The methods of members."""

    def add_user_to_conversation(
        self,
        conversation_id: str,
        user_id: str,
        role: str = "member",
        *,
        actor_id: str | None = None,
        session: Session | None = None,
    ) -> wire.Member:
        """Add a user to a conversation. What was said before counts as read by them.

        Args:
            role: `admin`, `moderator` or `member` (or a `MemberRole`); `owner` where a room has
                none.
            actor_id: The member who does it, bound by their role, with a notice in the room; left
                out, the program does it, and no notice is written.

        Raises:
            InvalidError, NotFoundError: An argument is not of this kind, or nothing has this id.
            ConflictError: The user is a member already, or the conversation is archived, or one
                of two that has its two.
            ForbiddenError: The actor may not do this.

        Example:
            >>> eve = service.create_user("eve", "Eve")
            >>> service.add_user_to_conversation(room.id, eve.id, "moderator").role
            'moderator'
        """
        return self._write(session, _add, conversation_id, user_id, role, actor_id)

    add_conversation_member = add_user_to_conversation

    def remove_user_from_conversation(
        self,
        conversation_id: str,
        user_id: str,
        *,
        actor_id: str | None = None,
        session: Session | None = None,
    ) -> bool:
        """Take a user out of a room; tell whether they were in it. An owner's room goes to the
        next in rank; an empty room is archived.

        Raises:
            NotFoundError: Nothing has this id.
            ConflictError: It is a conversation of two.
            ForbiddenError: The actor may not do this.

        Example:
            >>> service.remove_user_from_conversation(room.id, bob.id)
            True
        """
        return self._write(session, _remove, conversation_id, user_id, actor_id)

    remove_conversation_member = remove_user_from_conversation

    def get_conversation_members(
        self, conversation_id: str, *, session: Session | None = None
    ) -> list[wire.Member]:
        """The present members.

        Raises:
            NotFoundError: There is no such conversation.

        Example:
            >>> [each.user.username for each in service.get_conversation_members(room.id)]
            ['ada', 'bob']
        """
        return self._read(session, _list, conversation_id)

    def change_member_role(
        self,
        conversation_id: str,
        user_id: str,
        role: str,
        *,
        actor_id: str | None = None,
        session: Session | None = None,
    ) -> wire.Member:
        """Give a member another role; a new `owner` takes the room over, the old one is admin.

        Raises:
            InvalidError, NotFoundError, ForbiddenError, ConflictError: See
                `add_user_to_conversation`.

        Example:
            >>> service.change_member_role(room.id, bob.id, "admin").role
            'admin'
        """
        return self._write(session, _change_role, conversation_id, user_id, role, actor_id)

    def join_conversation(
        self, conversation_id: str, user_id: str, *, session: Session | None = None
    ) -> wire.Member:
        """Join a public room.

        Raises:
            NotFoundError: Nothing has this id, or the room is private.
            ConflictError: The user is a member already, or the room is archived.

        Example:
            >>> hall = service.create_conversation("Hall", public=True)
            >>> service.join_conversation(hall.id, ada.id).role
            'member'
        """
        return self._write(session, _join, conversation_id, user_id)

    def leave_conversation(
        self, conversation_id: str, user_id: str, *, session: Session | None = None
    ) -> None:
        """Leave a room.

        Raises:
            NotFoundError: Nothing has this id.
            ForbiddenError: The user is not a member.
            ConflictError: It is a conversation of two.

        Example:
            >>> service.leave_conversation(room.id, bob.id)
        """
        return self._write(session, _leave, conversation_id, user_id)


def _add(
    db: Session, conversation_id: str, user_id: str, role: str, actor_id: str | None
) -> wire.Member:
    if actor_id is None:
        return trusted.add_member(db, conversation_id, user_id, role)
    chosen = checks.choice(role, trusted.ROLES, "role")
    conversation_id, actor = trusted.member(db, conversation_id, actor_id, "actor_id")
    added = trusted.actor(db, user_id)
    return members.add(db, actor, conversation_id, added.user_id, role=chosen)


def _remove(db: Session, conversation_id: str, user_id: str, actor_id: str | None) -> bool:
    if actor_id is None:
        return trusted.remove_member(db, conversation_id, user_id)
    conversation_id, actor = trusted.member(db, conversation_id, actor_id, "actor_id")
    conversation_id, removed = trusted.member(db, conversation_id, user_id)
    members.remove(db, actor, conversation_id, removed.user_id)
    return True


def _list(db: Session, conversation_id: str) -> list[wire.Member]:
    conversation_id, workspace_id = trusted.place(db, conversation_id)
    return every(
        lambda cursor: members.page_all(
            db, workspace_id, conversation_id, cursor=cursor, limit=AT_ONCE
        )
    )


def _change_role(
    db: Session, conversation_id: str, user_id: str, role: str, actor_id: str | None
) -> wire.Member:
    if actor_id is None:
        return trusted.change_role(db, conversation_id, user_id, role)
    chosen = checks.choice(role, trusted.ROLES, "role")
    conversation_id, actor = trusted.member(db, conversation_id, actor_id, "actor_id")
    conversation_id, changed = trusted.member(db, conversation_id, user_id)
    return members.change_role(db, actor, conversation_id, changed.user_id, chosen)


def _join(db: Session, conversation_id: str, user_id: str) -> wire.Member:
    conversation_id, _ = trusted.place(db, conversation_id)
    return members.join(db, trusted.actor(db, user_id), conversation_id)


def _leave(db: Session, conversation_id: str, user_id: str) -> None:
    conversation_id, leaver = trusted.member(db, conversation_id, user_id)
    members.leave(db, leaver, conversation_id)
