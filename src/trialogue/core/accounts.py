"""Accounts as admins see and change them. Who leaves for good does so in `departures`.

Every change holds the lock of the workspace's accounts, so that the last owner stays whatever
owners do to one another at the same time.
"""

from collections.abc import Mapping
from typing import Literal, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from trialogue.core import (
    departures,
    events,
    logins,
    personal_tokens,
    policy,
    profiles,
    resets,
    users,
    wire,
)
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, Event
from trialogue.core.limits import now
from trialogue.core.models import ChatUser, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import escape_like

State = Literal["active", "deactivated", "removed"]


def page(
    db: Session,
    actor: Actor,
    *,
    query: str = "",
    role: wire.WorkspaceRole | None = None,
    state: State | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> wire.Page[wire.Account]:
    """Accounts in the order of their making; `query` matches any part of username, display name
    or e-mail address. Removed ones only where asked for. ChatError `forbidden`."""
    policy.may_administer(actor)
    people = users.select_users(actor.workspace_id).where(*_in_state(state))
    if query.strip():
        people = people.where(_matches(query.strip()))
    if role is not None:
        people = people.where(WorkspaceMember.role == role)
    if cursor is not None:
        (last,) = Cursor.decode(cursor, 1)
        people = people.where(ChatUser.id > Cursor.id(last))
    rows = db.execute(people.order_by(ChatUser.id).limit(limit + 1)).all()
    found = [_shown(user, role) for user, role in rows[:limit]]
    return wire.Page(found, Cursor.encode(found[-1].id) if len(rows) > limit else None)


def _in_state(state: State | None) -> list[ColumnElement[bool]]:
    people = ChatUser.kind != "assistant"  # those are made and removed as assistants
    if state == "removed":
        return [people, ChatUser.removed_at.is_not(None)]
    present: list[ColumnElement[bool]] = [people, ChatUser.removed_at.is_(None)]
    if state == "active":
        present.append(ChatUser.deactivated_at.is_(None))
    if state == "deactivated":
        present.append(ChatUser.deactivated_at.is_not(None))
    return present


def _matches(query: str) -> ColumnElement[bool]:
    folded = f"%{escape_like(users.fold(query))}%"
    return or_(
        ChatUser.username_key.like(folded, escape="\\"),
        ChatUser.email_key.like(folded, escape="\\"),
        ChatUser.display_name.ilike(f"%{escape_like(query)}%", escape="\\"),
    )


def _shown(user: ChatUser, role: str) -> wire.Account:
    seen = users.shown(user, role)
    fields = {name: getattr(seen, name) for name in wire.User.__dataclass_fields__}
    return wire.Account(
        **fields,
        email=user.email,
        locale=user.locale,
        time_zone=user.time_zone,
        deactivated_at=user.deactivated_at,
        removed_at=user.removed_at,
    )


def get(db: Session, actor: Actor, user_id: str) -> wire.Account:
    """One account; ChatError `forbidden`, `not_found`."""
    policy.may_administer(actor)
    user, role = _find(db, actor.workspace_id, user_id)
    return _shown(user, role)


def _find(db: Session, workspace_id: str, user_id: str) -> tuple[ChatUser, wire.WorkspaceRole]:
    query = users.select_users(workspace_id).where(
        ChatUser.id == user_id, ChatUser.removed_at.is_(None), ChatUser.kind != "assistant"
    )
    row = db.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise ChatError("not_found", "There is no such user.", field="user_id")
    return row[0], cast(wire.WorkspaceRole, row[1])


def _lock(db: Session, actor: Actor) -> Actor:
    """The same actor with the role they have now that no one else can change it."""
    users.lock_accounts(db, actor.workspace_id)
    user, role = _find(db, actor.workspace_id, actor.user_id)
    if user.deactivated_at is not None:
        raise ChatError("forbidden", "Your account has been deactivated.")
    present = Actor(actor.user_id, actor.workspace_id, role, actor.login_id, actor.way)
    policy.may_administer(present)
    return present


def _take(db: Session, actor: Actor, user_id: str) -> tuple[Actor, ChatUser, wire.WorkspaceRole]:
    """An account that the actor may manage, under the lock."""
    present = _lock(db, actor)
    user, role = _find(db, actor.workspace_id, user_id)
    policy.may_manage_account(present, role)
    return present, user, role


def create(
    db: Session,
    actor: Actor,
    *,
    username: str,
    password_hash: str | None,
    display_name: str | None = None,
    email: str | None = None,
    role: wire.WorkspaceRole = "member",
    origin: str = "",
) -> wire.NewAccount:
    """Make an account; one without a password comes with a link to set it. `origin` is where the
    web client is.

    Raises ChatError `forbidden`, `invalid`, `username_taken`, `email_taken`.
    """
    policy.may_give_role(_lock(db, actor), role)
    user_id = users.create(
        db,
        actor.workspace_id,
        username=users.check_username(username),
        password_hash=password_hash,
        display_name=display_name,
        email=users.check_email(email) if email else None,
        role=role,
    )
    reset = create_reset(db, actor, user_id, origin) if password_hash is None else None
    seen = _shown(*_find(db, actor.workspace_id, user_id))
    fields = {name: getattr(seen, name) for name in wire.Account.__dataclass_fields__}
    return wire.NewAccount(**fields, reset=reset)


def change(
    db: Session,
    actor: Actor,
    user_id: str,
    fields: Mapping[str, str | None],
    *,
    role: wire.WorkspaceRole | None = None,
    is_active: bool | None = None,
) -> wire.Account:
    """Change an account; `fields` as in `profiles.change`.

    Raises ChatError `forbidden`, `not_found`, `last_owner`, `invalid`, `username_taken`,
    `email_taken`.
    """
    present, user, old_role = _take(db, actor, user_id)
    profiles.write(db, actor.workspace_id, user_id, fields)
    if role is not None and role != old_role:
        policy.may_give_role(present, role)
        if old_role == "owner":
            _keep_an_owner(db, actor.workspace_id, user_id)
        users.grant_role(db, actor.workspace_id, user_id, role)
        profiles.tell(db, actor.workspace_id, user_id)
    if is_active is not None and is_active != (user.deactivated_at is None):
        _reactivate(db, user) if is_active else _deactivate(db, actor.workspace_id, user)
        db.flush()
        profiles.tell(db, actor.workspace_id, user_id)
    return _shown(*_find(db, actor.workspace_id, user_id))


def _keep_an_owner(db: Session, workspace_id: str, leaver_id: str) -> None:
    others = (
        select(func.count())
        .select_from(WorkspaceMember)
        .join(ChatUser, ChatUser.id == WorkspaceMember.user_id)
        .where(
            WorkspaceMember.workspace_id == workspace_id,
            WorkspaceMember.role == "owner",
            WorkspaceMember.user_id != leaver_id,
            ChatUser.deactivated_at.is_(None),
        )
    )
    if db.scalars(others).one() == 0:
        raise ChatError("last_owner", "This is the last owner; make someone else owner first.")


def _deactivate(db: Session, workspace_id: str, user: ChatUser) -> None:
    """From this commit on nobody acts as this user; what they wrote stays."""
    _keep_an_owner(db, workspace_id, user.id)
    user.deactivated_at = now(db)
    _end(db, user.id)


def _end(db: Session, user_id: str) -> None:
    logins.end_all(db, user_id)
    personal_tokens.revoke_all(db, user_id)
    resets.end_all(db, user_id)
    # Who came in by a gateway or an outside issuer has no login that could end.
    ended = Event("account.state", AccountState(active=False), user_ids=(user_id,))
    events.record(db, ended)


def _reactivate(db: Session, user: ChatUser) -> None:
    user.deactivated_at = None
    revived = Event("account.state", AccountState(active=True), user_ids=(user.id,))
    events.record(db, revived)


def remove(db: Session, actor: Actor, user_id: str) -> None:
    """Remove an account: what it wrote remains, under the name of nobody in particular.

    Raises ChatError `forbidden`, `not_found`, `last_owner`.
    """
    _, user, _ = _take(db, actor, user_id)
    _keep_an_owner(db, actor.workspace_id, user_id)
    _erase(db, actor.workspace_id, user)


def remove_trusted(db: Session, workspace_id: str, user_id: str) -> bool:
    """Remove an account in the name of nobody; tell whether it was there to be removed.

    Raises ChatError `not_found`, and `last_owner`.
    """
    users.lock_accounts(db, workspace_id)
    found = db.execute(users.select_users(workspace_id).where(ChatUser.id == user_id))
    row = found.one_or_none()
    if row is None:
        raise ChatError("not_found", "There is no such user.", field="user_id")
    user, role = row
    if user.removed_at is not None:
        return False
    if role == "owner":
        _keep_an_owner(db, workspace_id, user_id)
    _erase(db, workspace_id, user)
    return True


def _erase(db: Session, workspace_id: str, user: ChatUser) -> None:
    departures.hold(db, user.id)
    if user.deactivated_at is None:
        user.deactivated_at = now(db)
    _end(db, user.id)
    departures.forget(db, user)
    departures.leave_all(db, workspace_id, user.id)
    users.grant_role(db, workspace_id, user.id, "member")
    profiles.tell(db, workspace_id, user.id)


def set_password(db: Session, actor: Actor, user_id: str, password_hash: str) -> None:
    """Give someone a password; all of their logins end. ChatError `forbidden`, `not_found`."""
    _take(db, actor, user_id)
    resets.set_password(db, user_id, password_hash)


def create_reset(db: Session, actor: Actor, user_id: str, origin: str) -> wire.Reset:
    """A one-time link by which someone sets their password; `origin` is where the web client is.

    Raises ChatError `forbidden`, `not_found`, `conflict` for a deactivated account.
    """
    _, user, _ = _take(db, actor, user_id)
    if user.deactivated_at is not None:
        raise ChatError("conflict", "This account is deactivated; reactivate it first.")
    secret, expires_at = resets.create(db, actor.workspace_id, user_id)
    return wire.Reset(f"{origin}/reset?token={secret}", expires_at)
