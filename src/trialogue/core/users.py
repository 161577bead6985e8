"""Accounts and the directory of people."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol, cast

from sqlalchemy import ColumnElement, Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from trialogue.core import wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.keyed import Keyed
from trialogue.core.limits import now
from trialogue.core.models import ChatUser, Workspace, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import escape_like, insert_new, locked, new_id

Registration = Literal["open", "invite", "closed"]
KEY_MOST = 128  # characters of a folded username; some become as many as 18
RESERVED = frozenset({"all"})  # `@all` mentions everyone


def fold(name: str) -> str:
    """The form in which usernames and e-mail addresses are compared (Unicode 3.13, D146)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def check_username(username: str) -> str:
    """The username in the form in which it is kept; ChatError `invalid` when it is none."""
    if len(username) > KEY_MOST:  # before it is normalized: of marks without end that takes minutes
        raise ChatError("invalid", "A username has 2 to 32 characters.", field="username")
    username = unicodedata.normalize("NFC", username)
    if not 2 <= len(username) <= 32 or len(fold(username)) > KEY_MOST:
        raise ChatError("invalid", "A username has 2 to 32 characters.", field="username")
    if not all(may_stand_in_username(character) for character in username):
        raise ChatError(
            "invalid",
            "A username consists of letters and digits of any script, '_', '.' and '-'.",
            field="username",
        )
    if fold(username) in RESERVED:
        raise ChatError("invalid", f"The username {username} is reserved.", field="username")
    return username


# Letters and marks that are not seen (Unicode: Default_Ignorable_Code_Point): two names that
# look alike must not differ by them.
_UNSEEN = frozenset(
    map(
        chr,
        [
            0x034F,
            *range(0x115F, 0x1161),
            *range(0x17B4, 0x17B6),
            *range(0x180B, 0x1810),
            0x3164,
            *range(0xFE00, 0xFE10),
            0xFFA0,
            *range(0xE0100, 0xE01F0),
        ],
    )
)


def may_stand_in_username(character: str) -> bool:
    """Whether a username may contain this character."""
    # Marks belong to the letters of many scripts (Thai, Hindi); format characters, which
    # would make two names look alike, are category Cf.
    if character in _UNSEEN:
        return False
    return character in "_.-" or unicodedata.category(character)[0] in "LNM"


def check_email(email: str) -> str:
    """A plausible e-mail address; only a mail sent there could say more."""
    local, at, domain = email.strip().rpartition("@")
    plausible = at and local and "." in domain and len(fold(email)) <= 320
    if not plausible or any(c.isspace() for c in email.strip()):
        raise ChatError("invalid", "This is not an e-mail address.", field="email")
    return email.strip()


def register(
    db: Session,
    workspace_id: str,
    *,
    username: str,
    password_hash: str,
    display_name: str | None = None,
    email: str | None = None,
    registration: Registration = "open",
) -> str:
    """Make an account and return its id. The first one in a workspace becomes its owner.

    Raises ChatError `invalid`, `username_taken`, `email_taken`, or `forbidden` when
    registration is closed, or by invite (see `invites.register`).
    """
    username = check_username(username)
    email = check_email(email) if email else None
    lock_accounts(db, workspace_id)  # exactly one of many first accounts becomes the owner
    first = not has_owner(db, workspace_id)
    if registration == "closed" and not first:
        raise ChatError("forbidden", "Registration is closed on this server.")
    if registration == "invite" and not first:
        raise ChatError("forbidden", "Registration is by invitation only on this server.")
    return create(
        db,
        workspace_id,
        username=username,
        password_hash=password_hash,
        display_name=display_name,
        email=email,
        role="owner" if first else "member",
    )


def lock_accounts(db: Session, workspace_id: str) -> None:
    """Let accounts be made, renamed and given roles one after another, until the commit."""
    db.execute(locked(select(Workspace.id).where(Workspace.id == workspace_id)))


def create(
    db: Session,
    workspace_id: str,
    *,
    username: str,
    password_hash: str | None,
    display_name: str | None,
    email: str | None,
    role: wire.WorkspaceRole,
) -> str:
    """Insert a checked account and return its id; `username_taken` or `email_taken`."""
    user_id = _insert(db, username, email, display_name or username, password_hash)
    joined = {"workspace_id": workspace_id, "user_id": user_id, "role": role}
    insert_new(db, WorkspaceMember, {**joined, "created_at": now(db)})
    return user_id


def has_owner(db: Session, workspace_id: str) -> bool:
    """Whether the workspace has an owner already."""
    query = select(WorkspaceMember.user_id).where(
        WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.role == "owner"
    )
    return db.scalar(query.limit(1)) is not None


def _insert(
    db: Session, username: str, email: str | None, display_name: str, password_hash: str | None
) -> str:
    values = {
        "id": new_id(),
        "username": username,
        "username_key": fold(username),
        "email": email,
        "email_key": fold(email) if email else None,
        "display_name": display_name,
        "kind": "human",
        "password_hash": password_hash,
        "created_at": now(db),
    }
    if insert_new(db, ChatUser, values):
        return str(values["id"])
    taken = select(ChatUser.id).where(ChatUser.username_key == values["username_key"])
    if db.scalar(taken) is not None:
        raise ChatError("username_taken", "This username is taken.", field="username")
    raise ChatError("email_taken", "This e-mail address belongs to an account.", field="email")


def select_users(workspace_id: str) -> Select[ChatUser, str]:
    """Users of a workspace with their role there."""
    return (
        select(ChatUser, WorkspaceMember.role)
        .join(WorkspaceMember, WorkspaceMember.user_id == ChatUser.id)
        .where(WorkspaceMember.workspace_id == workspace_id)
    )


class UserRow(Protocol):
    """The columns of a user that others see."""

    id: str
    username: str | None
    display_name: str
    avatar: str | None
    kind: str
    deactivated_at: datetime | None
    last_seen_at: datetime | None
    created_at: datetime


def shown(user: UserRow, role: str) -> wire.User:
    """A user as others see them; who is online is known outside of the core."""
    return wire.User(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        avatar_url=user.avatar,
        kind=cast(wire.UserKind, user.kind),
        role=cast(wire.WorkspaceRole, role),
        is_active=user.deactivated_at is None,
        online=False,
        last_seen_at=user.last_seen_at,
        created_at=user.created_at,
    )


FOUND = Keyed(
    (ChatUser.id,),
    lambda known: (
        select(
            ChatUser.id,
            ChatUser.username,
            ChatUser.display_name,
            ChatUser.avatar,
            ChatUser.kind,
            ChatUser.deactivated_at,
            ChatUser.last_seen_at,
            ChatUser.created_at,
            ChatUser.email,
            ChatUser.locale,
            ChatUser.time_zone,
            WorkspaceMember.role,
        )
        .join(WorkspaceMember, WorkspaceMember.user_id == ChatUser.id)
        .where(known, WorkspaceMember.workspace_id == bindparam("workspace_id"))
    ),
)


def me(db: Session, actor: Actor) -> wire.Me:
    """One's own account."""
    (user,) = FOUND.rows(db, [(actor.user_id,)], workspace_id=actor.workspace_id)
    seen = shown(cast(UserRow, user), user.role)
    fields = {name: getattr(seen, name) for name in wire.User.__dataclass_fields__}
    return wire.Me(**fields, email=user.email, locale=user.locale, time_zone=user.time_zone)


def get(db: Session, actor: Actor, user_id: str) -> wire.User:
    """One user of the workspace; ChatError `not_found`."""
    found = find_many(db, actor.workspace_id, [user_id])
    if not found:
        raise ChatError("not_found", "There is no such user.", field="user_id")
    return found[user_id]


def find_many(db: Session, workspace_id: str, user_ids: Sequence[str]) -> dict[str, wire.User]:
    """Users by id; who is not in the workspace is left out."""
    keys = {(user_id,) for user_id in user_ids}
    rows = FOUND.rows(db, keys, workspace_id=workspace_id)
    return {row.id: shown(cast(UserRow, row), row.role) for row in rows}


def page(
    db: Session, actor: Actor, *, query: str = "", cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.User]:
    """The directory by username; `query` matches the beginning of a username or any part of a
    display name. Deactivated accounts are left out."""
    people = select_users(actor.workspace_id).where(
        ChatUser.deactivated_at.is_(None), ChatUser.username_key.is_not(None)
    )
    if query.strip():
        people = people.where(_matches(query.strip()))
    if cursor is not None:
        (after,) = Cursor.decode(cursor, 1)
        people = people.where(ChatUser.username_key > after)
    rows = db.execute(people.order_by(ChatUser.username_key).limit(limit + 1)).all()
    found = [shown(user, role) for user, role in rows[:limit]]
    more = len(rows) > limit
    last = rows[limit - 1][0].username_key or "" if more else ""
    return wire.Page(found, Cursor.encode(last) if more else None)


def _matches(query: str) -> ColumnElement[bool]:
    escaped = escape_like(fold(query))
    return or_(
        ChatUser.username_key.like(f"{escaped}%", escape="\\"),
        ChatUser.display_name.ilike(f"%{escape_like(query)}%", escape="\\"),
    )


def saw(db: Session, user_ids: Sequence[str], at: datetime) -> None:
    """Keep when users were last connected."""
    present = (ChatUser.id.in_(user_ids), ChatUser.removed_at.is_(None))
    db.execute(update(ChatUser).where(*present).values(last_seen_at=at))


def grant_role(db: Session, workspace_id: str, user_id: str, role: wire.WorkspaceRole) -> None:
    """Give a user a role in the workspace; called by commands of who runs the server."""
    member = (WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id == user_id)
    db.execute(update(WorkspaceMember).where(*member).values(role=role))
