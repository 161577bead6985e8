"""Who may do what: one small function per question. No route decides for itself.

A function answers, or raises ChatError; what someone may not know of is `not_found`.
"""

from dataclasses import dataclass
from typing import Literal

from trialogue.core.errors import ChatError
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.wire import WorkspaceRole


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user in a workspace, by one login (null for the trusted library).

    `way` is how they came in: by a password, by a personal access token (`login_id` is then its
    id), or vouched for from outside (a gateway or an issuer; there is no login then).
    """

    user_id: str
    workspace_id: str
    role: WorkspaceRole
    login_id: str | None
    way: Literal["login", "token", "outside"] = "login"


STANDING = {"guest": 0, "member": 1, "agent": 2, "admin": 3, "owner": 4}  # in the workspace
RANK = {"member": 0, "moderator": 1, "admin": 2, "owner": 3}


def stranger(public: bool) -> ChatError:
    """What someone hears of a conversation they are not in: private ones do not exist."""
    if public:
        return ChatError("not_member", "You are not a member of this conversation.")
    return ChatError("not_found", "There is no such conversation.")


def must_be_login(actor: Actor) -> None:
    """Logins are ended, and passwords changed, by someone who has logged in with a password."""
    if actor.way != "login":
        raise ChatError("forbidden", "This needs a login by password.")


def may_manage_tokens(actor: Actor) -> None:
    """A personal token makes no further ones: a stolen one must not outlive its revocation."""
    if actor.way == "token":
        raise ChatError("forbidden", "A personal access token may not manage tokens; log in.")


def may_administer(actor: Actor) -> None:
    """Owners and admins of the workspace administer its accounts and invites."""
    if STANDING[actor.role] < STANDING["admin"]:
        raise ChatError("forbidden", "Only owners and admins of the workspace may do this.")


def may_manage_account(actor: Actor, role: WorkspaceRole) -> None:
    """Owners manage every account; admins those that stand below admin."""
    may_administer(actor)
    if actor.role != "owner" and STANDING[role] >= STANDING["admin"]:
        raise ChatError("forbidden", "Only an owner may manage owners and admins.")


def may_give_role(actor: Actor, role: WorkspaceRole) -> None:
    """Owners give every role; admins those below admin."""
    may_administer(actor)
    if actor.role != "owner" and STANDING[role] >= STANDING["admin"]:
        raise ChatError("forbidden", "Only an owner may make someone owner or admin.")


def may_join(actor: Actor, conversation: Conversation) -> None:
    """Everyone in the workspace but guests may join a public room."""
    if not conversation.public or conversation.workspace_id != actor.workspace_id:
        raise stranger(public=False)
    if actor.role == "guest":
        raise ChatError("forbidden", "Guests join rooms by invitation only.")
    must_be_open(conversation)


def may_create_room(actor: Actor) -> None:
    """Everyone but guests may make rooms."""
    if actor.role == "guest":
        raise ChatError("forbidden", "Guests can't make rooms.")


def may_add(me: Member, conversation: Conversation, role: str) -> None:
    """Every member of a room may add people; a role above member needs a higher one."""
    must_be_room(conversation)
    must_be_open(conversation)
    if RANK[role] > 0 and RANK[role] >= RANK[me.role]:
        raise ChatError("forbidden", f"Only someone above {role} may add people as {role}.")


def may_remove(me: Member, other: Member, conversation: Conversation) -> None:
    """Moderators and above may remove whoever stands below them."""
    must_be_room(conversation)
    if RANK[me.role] < RANK["moderator"] or RANK[other.role] >= RANK[me.role]:
        raise ChatError("forbidden", "Only someone with a higher role may remove this member.")


def may_change_role(me: Member, other: Member, role: str, conversation: Conversation) -> None:
    """Owners give every role; admins those below their own, to members below them."""
    must_be_room(conversation)
    if me.role == "owner" and other.user_id != me.user_id:
        return
    if me.role == "owner":
        raise ChatError("conflict", "Hand the room over to someone else instead.")
    below = RANK[role] < RANK[me.role] and RANK[other.role] < RANK[me.role]
    if RANK[me.role] < RANK["admin"] or not below:
        raise ChatError("forbidden", "Only someone with a higher role may give this role.")


def may_change_settings(me: Member, conversation: Conversation) -> None:
    """Owners and admins of a room may rename, describe, open, close and archive it."""
    must_be_room(conversation)
    if RANK[me.role] < RANK["admin"]:
        raise ChatError("forbidden", "Only the owner and admins of the room may do this.")


def may_archive(me: Member, conversation: Conversation) -> None:
    """Owners and admins of a room archive it, and people what they talk about with assistants."""
    if conversation.kind != "assistant":
        may_change_settings(me, conversation)
    elif me.role != "owner":
        raise ChatError("forbidden", "Only whose conversation it is may do this.")


def may_set_edit_window(me: Member, conversation: Conversation) -> None:
    """Moderators and above decide how long messages of a room may be changed."""
    must_be_room(conversation)
    if RANK[me.role] < RANK["moderator"]:
        raise ChatError("forbidden", "Only moderators and above may do this.")


def may_mention_all(role: str, kind: str) -> bool:
    """Moderators and above may name everyone in a room; from others `@all` is mere text."""
    return kind == "group" and RANK[role] >= RANK["moderator"]


def may_edit(me: Member, message: Message) -> None:
    """One edits one's own messages, and nobody those of the server."""
    if message.type == "system" or message.sender_id != me.user_id:
        raise ChatError("forbidden", "Only who wrote a message may edit it.")


def may_retract(me: Member, message: Message, conversation: Conversation) -> bool:
    """One's own message may be recalled, by moderators of a room also that of others.

    Returns whether it must happen within the edit window.
    """
    if message.type == "system":
        raise ChatError("forbidden", "What the server records cannot be recalled.")
    if message.sender_id == me.user_id:
        return not _moderates(me, conversation)
    if not _moderates(me, conversation):
        raise ChatError("forbidden", "Only who wrote a message, or a moderator, may recall it.")
    return False


def _moderates(me: Member, conversation: Conversation) -> bool:
    return conversation.kind == "group" and RANK[me.role] >= RANK["moderator"]


def must_be_room(conversation: Conversation) -> None:
    """Membership and settings of a direct conversation are fixed."""
    if conversation.kind != "group":
        raise ChatError("conflict", "This is possible in rooms only.")


def must_be_open(conversation: Conversation) -> None:
    """Archived conversations are kept for reading."""
    if conversation.archived_at is not None:
        raise ChatError("conflict", "This conversation is archived.")
