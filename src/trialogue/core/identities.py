"""Identities: users whom a trusted gateway or an outside issuer vouches for.

They are made on first sight and known by issuer and subject alone. An e-mail address or a name
that an account has already links nobody to it: whoever could claim it would own that account.
"""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import users, wire
from trialogue.core.errors import ChatError
from trialogue.core.limits import now
from trialogue.core.models import ChatUser, Identity, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import insert_new, new_id

GATEWAY = "gateway"  # the issuer of those whom the trusted gateway names
LONGEST = 255  # characters of an issuer or a subject


@dataclass(frozen=True, slots=True)
class Person:
    """Someone as they are vouched for. Names are suggestions for an account that is new."""

    issuer: str
    subject: str
    username: str | None = None
    display_name: str | None = None
    email: str | None = None


def find(db: Session, workspace_id: str, person: Person) -> Actor | None:
    """Who this is, if they have been here before.

    Raises ChatError `gone` when the account has ended, `invalid` for names that are no names.
    """
    _check(person)
    query = (
        select(Identity.user_id, ChatUser.deactivated_at, WorkspaceMember.role)
        .join(ChatUser, ChatUser.id == Identity.user_id)
        .join(WorkspaceMember, WorkspaceMember.user_id == Identity.user_id)
        .where(
            Identity.issuer == person.issuer,
            Identity.subject == person.subject,
            WorkspaceMember.workspace_id == workspace_id,
        )
    )
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    if row.deactivated_at is not None:
        raise ChatError("gone", "This account has been deactivated.")
    role = cast(wire.WorkspaceRole, row.role)
    return Actor(row.user_id, workspace_id, role, None, "outside")


def _check(person: Person) -> None:
    for name in (person.issuer, person.subject):
        if not 1 <= len(name) <= LONGEST or not name.isprintable():
            raise ChatError("invalid", "The name of the user is not sound.", field="user_id")


def admit(db: Session, workspace_id: str, person: Person) -> Actor:
    """Who this is; an account is made on first sight, once, however many come at the same time.

    It is a member's: nobody becomes the owner of a server from outside.
    Raises ChatError as `find` does.
    """
    users.lock_accounts(db, workspace_id)
    known = find(db, workspace_id, person)
    if known is not None:
        return known
    username = _free_username(db, person.username)
    user_id = users.create(
        db,
        workspace_id,
        username=username,
        password_hash=None,
        display_name=_display_name(person) or username,
        email=_free_email(db, person.email),
        role="member",
    )
    names = {"issuer": person.issuer, "subject": person.subject}
    insert_new(db, Identity, {**names, "user_id": user_id, "created_at": now(db)})
    return Actor(user_id, workspace_id, "member", None, "outside")


def _free_username(db: Session, wanted: str | None) -> str:
    """The name that was suggested, if it is one and nobody has it; else one of our making."""
    try:
        username = users.check_username(wanted or "")
    except ChatError:
        username = None
    if username is not None:
        taken = select(ChatUser.id).where(ChatUser.username_key == users.fold(username))
        if db.scalar(taken) is None:
            return username
    return f"user-{new_id()[-12:]}"


def _free_email(db: Session, email: str | None) -> str | None:
    try:
        address = users.check_email(email) if email else None
    except ChatError:
        return None
    if address is None:
        return None
    taken = select(ChatUser.id).where(ChatUser.email_key == users.fold(address))
    return None if db.scalar(taken) is not None else address


def _display_name(person: Person) -> str | None:
    name = (person.display_name or "").strip()[:80]
    return name if name and name.isprintable() else None
