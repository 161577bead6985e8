"""Conversations: make, find, list, change, archive; settings of one's own; what changed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from trialogue.core import changes, checks, conversations, preferences, trusted, wire
from trialogue.core.errors import ChatError
from trialogue.service.calls import AT_ONCE, Calls, every

NOTIFY: tuple[wire.Notify, ...] = ("all", "mentions", "none")


class Conversations(Calls):
    """The methods of conversations."""

    def create_conversation(
        self,
        name: str | None = None,
        is_group: bool = True,
        description: str | None = None,
        *,
        created_by: str | None = None,
        member_ids: Sequence[str] = (),
        public: bool = False,
        client_id: str | None = None,
        session: Session | None = None,
    ) -> wire.Conversation:
        """Make a conversation. It is empty: add members, or name them here.

        Args:
            name: 1 to 80 characters; a room needs one.
            is_group: A room; False: a conversation for two, who are added later (of whom there is
                only one for each pair: see `open_direct_conversation`).
            description: At most 2 000 characters.
            created_by: The user who makes the room, and owns it; nobody where left out.
            member_ids: First members of a room.
            public: Whether everyone in the workspace may find and join the room.
            client_id: The creator's own id for this; a repeat yields the first one.

        Raises:
            InvalidError: An argument is not of this kind.
            NotFoundError: There is no such user.

        Example:
            >>> service.create_conversation("Lab", is_group=True, description="Notes").name
            'Lab'
        """
        if created_by is not None:
            return self._write(
                session, _create_as, created_by, name, is_group, description, public, member_ids,
                client_id,
            )  # fmt: skip
        return self._write(
            session, _create, name, is_group, description, public, member_ids, client_id
        )

    def open_direct_conversation(
        self, user_id: str, other_id: str, *, session: Session | None = None
    ) -> wire.Conversation:
        """The one conversation of two people, made when it is not there; as `user_id` sees it.

        Raises:
            NotFoundError: There is no such user.

        Example:
            >>> first = service.open_direct_conversation(ada.id, bob.id)
            >>> service.open_direct_conversation(bob.id, ada.id).id == first.id
            True
        """
        return self._write(session, _open_direct, user_id, other_id)

    def get_conversation(
        self, conversation_id: str, *, user_id: str | None = None, session: Session | None = None
    ) -> wire.Conversation:
        """One conversation. With `user_id` as this member sees it: `me` holds their unread count.

        Raises:
            NotFoundError: There is no such conversation, or user.
            ForbiddenError: The user is not a member.

        Example:
            >>> service.get_conversation(room.id, user_id=bob.id).me.unread
            1
        """
        return self._read(session, trusted.get_conversation, conversation_id, user_id)

    def get_user_conversations(
        self, user_id: str, *, session: Session | None = None
    ) -> list[wire.Conversation]:
        """All conversations of a user as they see them, those with the latest activity first.

        Raises:
            NotFoundError: There is no such user.

        Example:
            >>> [each.name for each in service.get_user_conversations(ada.id)]
            ['Room']
        """
        return self._read(session, _of_user, user_id)

    def get_public_conversations(
        self, user_id: str, *, query: str = "", session: Session | None = None
    ) -> list[wire.Conversation]:
        """The public rooms of the workspace, joined or not, whose name has `query` in it.

        Raises:
            NotFoundError: There is no such user.

        Example:
            >>> service.get_public_conversations(ada.id)
            []
        """
        return self._read(session, _public, user_id, query)

    def update_conversation(
        self,
        conversation_id: str,
        actor_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        public: bool | None = None,
        session: Session | None = None,
    ) -> wire.Conversation:
        """Rename, describe, open or close a room, as one of its admins; what is left out stays.

        Raises:
            NotFoundError: There is no such conversation, or user.
            ForbiddenError: The actor is not a member, or no admin.
            ConflictError: It is no room, or archived.

        Example:
            >>> service.update_conversation(room.id, ada.id, name="Salon").name
            'Salon'
        """
        return self._write(session, _change, conversation_id, actor_id, name, description, public)

    def archive_conversation(
        self, conversation_id: str, actor_id: str, *, session: Session | None = None
    ) -> wire.Conversation:
        """Archive a room, as one of its admins: it stays readable and leaves all lists.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: See `update_conversation`.

        Example:
            >>> service.archive_conversation(room.id, ada.id).archived_at is not None
            True
        """
        return self._write(session, _archive, conversation_id, actor_id)

    def update_preferences(
        self,
        conversation_id: str,
        user_id: str,
        *,
        notify: str | None = None,
        pinned: bool | None = None,
        session: Session | None = None,
    ) -> wire.Conversation:
        """Set what a member wants to be told of (`all`, `mentions`, `none`), and whether the
        conversation stays on top of their list.

        Raises:
            InvalidError, NotFoundError: An argument is not of this kind, or nothing has this id.
            ForbiddenError: The user is not a member.

        Example:
            >>> service.update_preferences(room.id, bob.id, notify="none").me.notify
            'none'
        """
        return self._write(session, _prefer, conversation_id, user_id, notify, pinned)

    def get_changes(
        self, conversation_id: str, after: int = 0, *, session: Session | None = None
    ) -> wire.LiveChanges:
        """What changed since the `rev` that someone knows, up to 1 000 changes; `reload` says
        that there are more than that, and that reading afresh is cheaper.

        Raises:
            InvalidError, NotFoundError: `after` is no number, or nothing has this id.

        Example:
            >>> [each.content for each in service.get_changes(room.id, after=0).messages]
            ['Good morning']
        """
        return self._read(session, _changes, conversation_id, after)


def _create_as(
    db: Session,
    created_by: str,
    name: str | None,
    is_group: bool,
    description: str | None,
    public: bool,
    member_ids: Sequence[str],
    client_id: str | None,
) -> wire.Conversation:
    if not is_group:
        detail = "Use open_direct_conversation for a conversation of two people."
        raise ChatError("invalid", detail, field="created_by")
    actor = trusted.actor(db, created_by, "created_by")
    made, _ = conversations.create_group(
        db,
        actor,
        name=None if name is None else checks.name(name, "name"),
        description=None
        if description is None
        else checks.long_text(description, "description", 2000),
        public=public,
        member_ids=[checks.identifier(each, "member_ids") for each in member_ids],
        client_id=None if client_id is None else checks.client_id(client_id),
    )
    return made


def _create(
    db: Session,
    name: str | None,
    is_group: bool,
    description: str | None,
    public: bool,
    member_ids: Sequence[str],
    client_id: str | None,
) -> wire.Conversation:
    if client_id is not None:
        detail = "client_id is the creator's own: name them by created_by."
        raise ChatError("invalid", detail, field="client_id")
    return trusted.create_conversation(
        db,
        name,
        is_group=is_group,
        description=description,
        public=public,
        member_ids=member_ids,
    )


def _open_direct(db: Session, user_id: str, other_id: str) -> wire.Conversation:
    actor = trusted.actor(db, user_id)
    found, _ = conversations.open_direct(db, actor, trusted.actor(db, other_id, "other_id").user_id)
    return found


def _of_user(db: Session, user_id: str) -> list[wire.Conversation]:
    actor = trusted.actor(db, user_id)
    return every(lambda cursor: conversations.page(db, actor, cursor=cursor, limit=AT_ONCE))


def _public(db: Session, user_id: str, query: str) -> list[wire.Conversation]:
    actor, query = trusted.actor(db, user_id), checks.text(query, "query")
    return every(
        lambda cursor: conversations.page_public(
            db, actor, query=query, cursor=cursor, limit=AT_ONCE
        )
    )


def _change(
    db: Session,
    conversation_id: str,
    actor_id: str,
    name: str | None,
    description: str | None,
    public: bool | None,
) -> wire.Conversation:
    conversation_id, actor = trusted.member(db, conversation_id, actor_id, "actor_id")
    named = None if name is None else checks.name(name, "name")
    if description is not None:
        description = checks.long_text(description, "description", 2000)
    return conversations.change(
        db, actor, conversation_id, name=named, description=description, public=public
    )


def _archive(db: Session, conversation_id: str, actor_id: str) -> wire.Conversation:
    conversation_id, actor = trusted.member(db, conversation_id, actor_id, "actor_id")
    return conversations.archive(db, actor, conversation_id)


def _prefer(
    db: Session, conversation_id: str, user_id: str, notify: str | None, pinned: bool | None
) -> wire.Conversation:
    conversation_id, actor = trusted.member(db, conversation_id, user_id)
    chosen = None if notify is None else checks.choice(notify, NOTIFY, "notify")
    return preferences.change(db, actor, conversation_id, notify=chosen, pinned=pinned)


def _changes(db: Session, conversation_id: str, after: int) -> wire.LiveChanges:
    conversation_id, _ = trusted.place(db, conversation_id)
    return changes.since(db, conversation_id, checks.count(after, "after"))
