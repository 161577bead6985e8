"""Logins: who is here, proven by a password, a refresh token or an access token."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from trialogue.core import events, policy, tokens, users, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, LoginEnded
from trialogue.core.limits import limits, now, seconds
from trialogue.core.models import ChatUser, Login, RefreshToken, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import fetch, locked, new_id
from trialogue.core.tokens import Claims

GRACE = 30  # seconds in which a spent refresh token may come again: a lost answer, two tabs


@dataclass(frozen=True, slots=True)
class Account:
    """What is needed to check a password; `is_at_home` where a login came from before."""

    user_id: str
    password_hash: str | None
    is_at_home: bool


def find_account(db: Session, name: str, address: str | None = None) -> Account | None:
    """The account with this username or e-mail address, unless it is deactivated."""
    folded = users.fold(name.strip())
    query = select(ChatUser.id, ChatUser.password_hash).where(
        or_(ChatUser.username_key == folded, ChatUser.email_key == folded),
        ChatUser.deactivated_at.is_(None),
    )
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    before = select(Login.id).where(Login.user_id == row.id, Login.address == address)
    return Account(row.id, row.password_hash, db.scalar(before.limit(1)) is not None)


def open_login(
    db: Session,
    workspace_id: str,
    user_id: str,
    key: str,
    *,
    checked: str | None = None,
    device: str | None = None,
    address: str | None = None,
) -> wire.Grant:
    """A new login for a user whose identity has been proven; `key` signs the access token.

    `checked` is the hash that a password was compared with. Raises ChatError
    `invalid_credentials` where it holds no more: whoever changed it meanwhile has ended all
    logins, or the account.
    """
    if checked is not None:
        _must_hold(db, user_id, checked)
    moment = now(db)
    login = Login(
        id=new_id(),
        workspace_id=workspace_id,
        user_id=user_id,
        device=device[:256] if device else None,
        address=address[:64] if address else None,
        created_at=moment,
        used_at=moment,
        expires_at=moment + seconds(limits(db).refresh_token_lifetime),
    )
    db.add(login)
    db.flush()
    return _grant(db, login, key, parent=None)


def _must_hold(db: Session, user_id: str, checked: str) -> None:
    columns = select(ChatUser.password_hash, ChatUser.deactivated_at)
    row = db.execute(locked(columns.where(ChatUser.id == user_id))).one()
    if row.password_hash != checked or row.deactivated_at is not None:
        raise ChatError("invalid_credentials", "The username or the password is wrong.")


def _grant(db: Session, login: Login, key: str, *, parent: str | None) -> wire.Grant:
    lifetime = limits(db).access_token_lifetime
    secret = tokens.new_secret("trr")
    _forget_old(db, login)
    db.add(
        RefreshToken(
            digest=tokens.digest(secret), login_id=login.id, parent=parent, created_at=now(db)
        )
    )
    db.flush()
    claims = Claims(user_id=login.user_id, login_id=login.id)
    return wire.Grant(
        user=users.me(db, _actor(db, login)),
        access_token=tokens.sign(claims, key, issued=now(db), lifetime=lifetime),
        refresh_token=secret,
        expires_in=lifetime,
    )


def _forget_old(db: Session, login: Login) -> None:
    """Drop tokens of a login that are so old that they would be refused anyway."""
    oldest = now(db) - seconds(limits(db).refresh_token_lifetime)
    old = (RefreshToken.login_id == login.id, RefreshToken.created_at < oldest)
    db.execute(delete(RefreshToken).where(*old))


def _actor(db: Session, login: Login) -> Actor:
    query = select(WorkspaceMember.role).where(
        WorkspaceMember.workspace_id == login.workspace_id,
        WorkspaceMember.user_id == login.user_id,
    )
    role = cast(wire.WorkspaceRole, db.scalars(query).one())
    return Actor(login.user_id, login.workspace_id, role, login.id)


def refresh(db: Session, secret: str, key: str) -> wire.Grant | ChatError:
    """Trade a refresh token for a new pair.

    A spent token that comes again revokes its whole family, except within 30 s while its
    successor is unused. The error is returned, not raised: the revocation must be committed.
    """
    spent = tokens.digest(secret)
    login_id = db.scalar(select(RefreshToken.login_id).where(RefreshToken.digest == spent))
    refused = ChatError("unauthenticated", "This refresh token is not valid; log in again.")
    if login_id is None:
        return refused
    login = db.scalars(locked(select(Login).where(Login.id == login_id))).one()
    token = db.get_one(RefreshToken, spent, populate_existing=True)
    account = db.get_one(ChatUser, login.user_id)
    if login.revoked_at or login.expires_at <= now(db) or account.deactivated_at:
        return refused
    if token.used_at is not None and not _may_come_again(db, token, token.used_at):
        _end(db, login)
        return refused
    token.used_at = token.used_at or now(db)
    login.used_at = now(db)
    login.expires_at = now(db) + seconds(limits(db).refresh_token_lifetime)
    return _grant(db, login, key, parent=spent)


def _may_come_again(db: Session, token: RefreshToken, used_at: datetime) -> bool:
    if now(db) - used_at > seconds(GRACE):
        return False
    used_successors = select(func.count()).where(
        RefreshToken.parent == token.digest, RefreshToken.used_at.is_not(None)
    )
    return db.scalars(used_successors).one() == 0


def end(db: Session, actor: Actor) -> None:
    """Log out: the login's tokens are refused and its sockets closed from this commit on.

    Raises ChatError `forbidden` to who came in by something else than a login.
    """
    policy.must_be_login(actor)
    if actor.login_id is not None:
        login = db.scalars(locked(select(Login).where(Login.id == actor.login_id))).one()
        _end(db, login)


def end_by_refresh_token(db: Session, secret: str) -> None:
    """Log out by refresh token, when the access token has run out already."""
    query = select(RefreshToken.login_id).where(RefreshToken.digest == tokens.digest(secret))
    login_id = db.scalar(query)
    if login_id is not None:
        _end(db, db.scalars(locked(select(Login).where(Login.id == login_id))).one())


def end_one(db: Session, actor: Actor, login_id: str) -> None:
    """End a login of one's own, perhaps the present one.

    Raises ChatError `not_found`, or `forbidden` to who came in by something else than a login.
    """
    policy.must_be_login(actor)
    query = select(Login).where(Login.id == login_id, *_living(db, actor.user_id))
    login = db.scalars(locked(query)).one_or_none()
    if login is None:
        raise ChatError("not_found", "There is no such login.")
    _end(db, login)


def end_all(db: Session, user_id: str, *, but: str | None = None) -> None:
    """End all logins of a user, or all but one."""
    query = select(Login).where(*_living(db, user_id)).order_by(Login.id)
    for login in db.scalars(locked(query)):
        if login.id != but:
            _end(db, login)


def _living(db: Session, user_id: str) -> tuple[ColumnElement[bool], ...]:
    return Login.user_id == user_id, Login.revoked_at.is_(None), Login.expires_at > now(db)


def page(
    db: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Login]:
    """One's own logins that have not ended, the newest first.

    Raises ChatError `forbidden` to who came in by something else than a login.
    """
    policy.must_be_login(actor)
    query = select(Login).where(*_living(db, actor.user_id))
    if cursor is not None:
        (last,) = Cursor.decode(cursor, 1)
        query = query.where(Login.id < Cursor.id(last))
    rows = db.scalars(query.order_by(Login.id.desc()).limit(limit + 1)).all()
    found = [_shown(login, actor) for login in rows[:limit]]
    return wire.Page(found, Cursor.encode(found[-1].id) if len(rows) > limit else None)


def _shown(login: Login, actor: Actor) -> wire.Login:
    return wire.Login(
        id=login.id,
        device=login.device,
        address=login.address,
        created_at=login.created_at,
        used_at=login.used_at,
        expires_at=login.expires_at,
        current=login.id == actor.login_id,
    )


def password_hash(db: Session, actor: Actor) -> str | None:
    """What one's own present password is checked against.

    Raises ChatError `forbidden` to who came in by something else than a login.
    """
    policy.must_be_login(actor)
    return db.get_one(ChatUser, actor.user_id).password_hash


def change_password(db: Session, actor: Actor, checked: str | None, new_hash: str) -> None:
    """Set one's own password and end all one's other logins. `checked` is the hash that the
    present password was compared with: whoever changed it meanwhile wins.

    Raises ChatError `invalid_credentials`, `forbidden`.
    """
    policy.must_be_login(actor)
    user = db.scalars(locked(select(ChatUser).where(ChatUser.id == actor.user_id))).one()
    db.refresh(user)
    if user.password_hash != checked:
        raise ChatError("invalid_credentials", "The present password is another one.")
    user.password_hash = new_hash
    end_all(db, actor.user_id, but=actor.login_id)


def _end(db: Session, login: Login) -> None:
    if login.revoked_at is None:
        login.revoked_at = now(db)
        data = LoginEnded(login.id)
        events.record(db, Event("login.ended", data, user_ids=(login.user_id,)))


def identify(db: Session, key: str, token: str) -> Actor:
    """Who acts with this access token.

    Raises ChatError `unauthenticated` for a bad or expired token, and `gone` when the login
    or the account has ended.
    """
    return _named(db, tokens.read(token, key))


def identify_viewer(db: Session, key: str, token: str) -> Actor:
    """Who looks at files with this pass; ChatError as `identify`."""
    return _named(db, tokens.read_pass(token, key))


_STANDING = (
    select(Login.revoked_at, ChatUser.deactivated_at, Login.workspace_id, WorkspaceMember.role)
    .join(ChatUser, ChatUser.id == Login.user_id)
    .join(
        WorkspaceMember,
        (WorkspaceMember.user_id == Login.user_id)
        & (WorkspaceMember.workspace_id == Login.workspace_id),
    )
    .where(Login.id == bindparam("login_id"), Login.user_id == bindparam("user_id"))
)


def _named(db: Session, claims: Claims) -> Actor:
    asked = {"login_id": claims.login_id, "user_id": claims.user_id}
    rows = fetch(db, _STANDING, asked)
    if not rows:
        raise ChatError("unauthenticated", "The access token is not valid.")
    row = rows[0]
    if row.revoked_at or row.deactivated_at:
        raise ChatError("gone", "This login has ended.")
    return Actor(claims.user_id, row.workspace_id, row.role, claims.login_id)
