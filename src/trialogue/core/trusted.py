"""What only the trusted library asks: it acts for whoever is named, without a login, and where
nobody is named, for the program itself. Who is named is bound by every rule. The program stands
outside of all roles, and leaves no notice, but is bound by what is true for all: no second
membership, nothing new in what is archived, marks only grow.
"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import (
    checks,
    conversations,
    kept,
    members,
    messages,
    policy,
    posting,
    profiles,
    users,
    views,
    wire,
    workspaces,
)
from trialogue.core.errors import ChatError
from trialogue.core.models import (
    ChatUser,
    Conversation,
    Member,
    Message,
    Workspace,
    WorkspaceMember,
)
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft, Posted

TYPES: tuple[wire.MessageType, ...] = ("text", "image", "file", "system")
ROLES: tuple[wire.ConversationRole, ...] = ("member", "moderator", "admin", "owner")


def actor(db: Session, user_id: str, field: str = "user_id") -> Actor:
    """Someone as the one who acts; ChatError `not_found`, `forbidden` when deactivated."""
    user_id = checks.identifier(user_id, field)
    query = (
        select(WorkspaceMember.workspace_id, WorkspaceMember.role, ChatUser.deactivated_at)
        .join(ChatUser, ChatUser.id == WorkspaceMember.user_id)
        .join(Workspace, Workspace.id == WorkspaceMember.workspace_id)
        .where(
            ChatUser.id == user_id,
            ChatUser.removed_at.is_(None),
            Workspace.key == workspaces.DEFAULT,
        )
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise ChatError("not_found", f"There is no user {user_id}.", field=field)
    if row.deactivated_at is not None:
        raise ChatError("forbidden", f"The account {user_id} is deactivated.", field=field)
    return Actor(user_id, row.workspace_id, cast(wire.WorkspaceRole, row.role), None)


def place(db: Session, conversation_id: str) -> tuple[str, str]:
    """The canonical id of a conversation that is there, and its workspace; ChatError
    `not_found`."""
    conversation_id = checks.identifier(conversation_id, "conversation_id")
    query = select(Conversation.workspace_id).where(Conversation.id == conversation_id)
    workspace_id = db.scalar(query)
    if workspace_id is None:
        detail = f"There is no conversation {conversation_id}."
        raise ChatError("not_found", detail, field="conversation_id")
    return conversation_id, workspace_id


def member(
    db: Session, conversation_id: str, user_id: str, field: str = "user_id"
) -> tuple[str, Actor]:
    """The canonical id of a conversation, and one of its members as the one who acts.

    Raises ChatError `not_found` for what is not there, `not_member`, `forbidden`.
    """
    conversation_id, _ = place(db, conversation_id)
    found = actor(db, user_id, field)
    must_be_member(db, conversation_id, found.user_id, field)
    return conversation_id, found


def must_be_member(db: Session, conversation_id: str, user_id: str, field: str) -> None:
    """ChatError `not_member`, in words that hide nothing: who asks here may know everything."""
    if not members.is_in(db, conversation_id, user_id):
        detail = f"The user {user_id} is not a member of the conversation {conversation_id}."
        raise ChatError("not_member", detail, field=field)


def create_user(
    db: Session,
    username: str,
    display_name: str | None = None,
    avatar_url: str | None = None,
    email: str | None = None,
) -> wire.User:
    """Make an account without a password, as a member of the workspace.

    Raises ChatError `invalid`, `username_taken`, `email_taken`.
    """
    username = users.check_username(checks.text(username, "username"))
    shown = None if display_name is None else checks.name(display_name, "display_name")
    avatar = None if avatar_url is None else checks.long_text(avatar_url, "avatar_url", 1024)
    mail = None if email is None else users.check_email(checks.long_text(email, "email", 254))
    checked = profiles.check_avatar(avatar) if avatar else None
    workspace_id = workspaces.ensure_default(db)
    users.lock_accounts(db, workspace_id)
    user_id = users.create(
        db,
        workspace_id,
        username=username,
        password_hash=None,
        display_name=shown,
        email=mail,
        role="member",
    )
    if checked is not None:
        db.get_one(ChatUser, user_id).avatar = checked
        db.flush()
    return users.find_many(db, workspace_id, [user_id])[user_id]


def get_user(db: Session, user_id: str) -> wire.User:
    """One account, a removed one as its placeholder; ChatError `not_found`."""
    user_id = checks.identifier(user_id, "user_id")
    return _user(db, ChatUser.id == user_id, f"There is no user {user_id}.", "user_id")


def get_user_by_username(db: Session, username: str) -> wire.User:
    """The account of this name, without regard to case; ChatError `not_found`."""
    key = users.fold(checks.text(username, "username"))
    detail = f"There is no user named {username}."
    return _user(db, ChatUser.username_key == key, detail, "username")


def _user(db: Session, which: object, missing: str, field: str) -> wire.User:
    query = (
        select(ChatUser, WorkspaceMember.role)
        .join(WorkspaceMember, WorkspaceMember.user_id == ChatUser.id)
        .join(Workspace, Workspace.id == WorkspaceMember.workspace_id)
        .where(Workspace.key == workspaces.DEFAULT, which)  # type: ignore[arg-type]
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise ChatError("not_found", missing, field=field)
    return users.shown(row[0], row[1])


def create_conversation(
    db: Session,
    name: str | None,
    *,
    is_group: bool = True,
    description: str | None = None,
    public: bool = False,
    member_ids: Sequence[str] = (),
) -> wire.Conversation:
    """Make a conversation that nobody owns: a room, or one for two that has no two yet.

    Raises ChatError `invalid`, and `not_found` for members who are not there.
    """
    called = None if name is None else checks.name(name, "name")
    if is_group and called is None:
        raise ChatError("invalid", "A room needs a name.", field="name")
    about = None if description is None else checks.long_text(description, "description", 2000)
    others = list(dict.fromkeys(checks.identifier(each, "member_ids") for each in member_ids))
    if not is_group and (others or public):
        detail = "A conversation of two starts empty; add the two, or open_direct_conversation."
        raise ChatError("invalid", detail, field="member_ids" if others else "public")
    workspace_id = workspaces.ensure_default(db)
    members.check_known(db, Actor("", workspace_id, "owner", None), others)
    facts = {"kind": "group" if is_group else "direct", "name": called, "description": about}
    conversation_id = conversations.insert(db, workspace_id, None, {**facts, "public": public})
    if conversation_id is None:
        raise AssertionError("a fresh id was taken")
    if others:
        conversation = members.lock(db, conversation_id)
        members.found(db, conversation, dict.fromkeys(others, "member"))
    for user_id in others:
        members.announce(db, conversation_id, workspace_id, user_id)
    return views.conversations(db, workspace_id, None, [conversation_id])[conversation_id]


def get_conversation(
    db: Session, conversation_id: str, user_id: str | None = None
) -> wire.Conversation:
    """A conversation; as one of its members sees it where one is named."""
    if user_id is not None:
        conversation_id, viewer = member(db, conversation_id, user_id)
        return conversations.get(db, viewer, conversation_id)
    conversation_id, workspace_id = place(db, conversation_id)
    return views.conversations(db, workspace_id, None, [conversation_id])[conversation_id]


def add_member(db: Session, conversation_id: str, user_id: str, role: object) -> wire.Member:
    """Add a person in the name of nobody; the second one makes a pair of a direct conversation.

    Raises ChatError `invalid`, `not_found`, `already_member`, `conflict`.
    """
    chosen = checks.choice(role, ROLES, "role")
    conversation_id, _ = place(db, conversation_id)
    added = actor(db, user_id)
    conversation = members.lock(db, conversation_id)
    policy.must_be_open(conversation)
    row = db.get(Member, (conversation_id, added.user_id), populate_existing=True)
    if row is not None and row.left_at is None:
        detail = f"The user {added.user_id} is a member already."
        raise ChatError("already_member", detail, field="user_id")
    if conversation.kind == "direct":
        _pair(db, conversation, added.user_id, chosen)
    else:
        policy.must_be_room(conversation)
        if chosen == "owner":
            _must_lack_owner(db, conversation_id)
    return members.enter(db, conversation, added.user_id, chosen)


def _pair(db: Session, conversation: Conversation, user_id: str, role: str) -> None:
    """One for two takes two, and two have only one."""
    if role != "member":
        raise ChatError("invalid", "A direct conversation knows no roles.", field="role")
    if conversation.direct_key is not None or conversation.member_count > 1:
        raise ChatError("conflict", "A direct conversation has two members.")
    query = select(Member.user_id).where(Member.conversation_id == conversation.id)
    first = db.scalar(query)
    if first is None:
        return
    key = conversations.key_of_pair(conversation.workspace_id, first, user_id)
    other = db.scalar(select(Conversation.id).where(Conversation.direct_key == key))
    if other is not None:
        detail = f"These two have a direct conversation already: {other}."
        raise ChatError("conflict", detail, field="user_id")
    conversation.direct_key = key


def _must_lack_owner(db: Session, conversation_id: str) -> None:
    query = select(Member.user_id).where(
        Member.conversation_id == conversation_id,
        Member.role == "owner",
        Member.left_at.is_(None),
    )
    if db.scalar(query.limit(1)) is not None:
        raise ChatError("conflict", "This room has an owner; change_member_role hands it over.")


def remove_member(db: Session, conversation_id: str, user_id: str) -> bool:
    """Take a person out of a room in the name of nobody; tell whether they were in it.

    Raises ChatError `not_found`, `conflict` for direct conversations.
    """
    conversation_id, _ = place(db, conversation_id)
    leaver = get_user(db, user_id)
    conversation = members.lock(db, conversation_id)
    policy.must_be_room(conversation)
    row = db.get(Member, (conversation_id, leaver.id), populate_existing=True)
    if row is None or row.left_at is not None:
        return False
    members.depart(db, conversation, row)
    return True


def change_role(db: Session, conversation_id: str, user_id: str, role: object) -> wire.Member:
    """Give a member another role in the name of nobody; a new owner makes the old one admin.

    Raises ChatError `invalid`, `not_found`, `not_member`, `conflict`.
    """
    chosen = checks.choice(role, ROLES, "role")
    conversation_id, changed = member(db, conversation_id, user_id)
    conversation = members.lock(db, conversation_id)
    policy.must_be_room(conversation)
    row = members.present(db, conversation_id, changed.user_id)
    query = select(Member).where(
        Member.conversation_id == conversation_id,
        Member.role == "owner",
        Member.left_at.is_(None),
        Member.user_id != changed.user_id,
    )
    if chosen == "owner" and (before := db.scalars(query).one_or_none()) is not None:
        members.set_role(db, conversation, before, "admin")
    return members.set_role(db, conversation, row, chosen)


def author(db: Session, message_id: str) -> tuple[str, Actor]:
    """A message's id and who wrote it, to act as them.

    Raises ChatError `not_found`, `not_member` when they have left, `forbidden`.
    """
    message = row_of(db, message_id)
    sender = actor(db, message.sender_id, "message_id")
    must_be_member(db, message.conversation_id, sender.user_id, "message_id")
    return message.id, sender


def row_of(db: Session, message_id: str) -> Message:
    """A message's row; ChatError `not_found`."""
    message_id = checks.identifier(message_id, "message_id")
    found = db.get(Message, message_id, populate_existing=True)
    if found is None:
        raise ChatError("not_found", f"There is no message {message_id}.", field="message_id")
    return found


def recall(db: Session, message_id: str) -> bool:
    """Recall a message in the name of nobody, at any time; tell whether it still stood.

    Raises ChatError `not_found`, `forbidden` for a notice, `conflict` where it is archived.
    """
    found = row_of(db, message_id)
    conversation = members.lock(db, found.conversation_id)
    message = row_of(db, found.id)
    if kept.meta(message.meta).get("notice"):
        raise ChatError("forbidden", "What the server records cannot be recalled.")
    if message.retracted_at is not None:
        return False
    policy.must_be_open(conversation)
    messages.recall(db, conversation, message)
    return True


def send(
    db: Session,
    conversation_id: str,
    sender_id: str,
    content: str,
    message_type: object = "text",
    parent_id: str | None = None,
    client_id: str | None = None,
) -> wire.Message:
    """Post a message as a member; `system` ones are the word of the program.

    Raises ChatError `invalid`, `not_found`, `not_member`, `conflict`.
    """
    conversation_id = checks.identifier(conversation_id, "conversation_id")
    sender = actor(db, sender_id, "sender_id")
    draft = Draft(
        conversation_id,
        sender.user_id,
        sender.workspace_id,
        checks.text(content, "content"),
        None if client_id is None else checks.client_id(client_id),
        None if parent_id is None else checks.identifier(parent_id, "parent_id"),
        type=checks.choice(message_type, TYPES, "message_type"),
    )
    outcome = posting.post(db, [draft], wait=True)[0]
    if isinstance(outcome, Posted):
        return outcome.message
    if isinstance(outcome, ChatError) and outcome.code in ("not_found", "not_member"):
        place(db, conversation_id)
        must_be_member(db, conversation_id, sender.user_id, "sender_id")
    raise outcome if isinstance(outcome, ChatError) else AssertionError(outcome)
