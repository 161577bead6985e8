"""Personal access tokens (`trg_…`): named, kept as hashes, accepted wherever an access token is."""

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from trialogue.core import events, policy, tokens, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import Event, LoginEnded
from trialogue.core.limits import now, seconds
from trialogue.core.models import ChatUser, Token, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import locked, new_id

PREFIX = "trg"
COARSE = 60  # seconds; the last use is not written more often than this


def create(
    db: Session, actor: Actor, name: str, *, expires_at: datetime | None = None
) -> wire.NewPersonalToken:
    """A new token of one's own; its secret is in the answer and nowhere else.

    Raises ChatError `forbidden` to who came by a token, `invalid` for a time in the past.
    """
    policy.may_manage_tokens(actor)
    if expires_at is not None and expires_at <= now(db):
        raise ChatError("invalid", "This time is over already.", field="expires_at")
    secret = tokens.new_secret(PREFIX)
    token = Token(
        id=new_id(),
        workspace_id=actor.workspace_id,
        user_id=actor.user_id,
        kind="access",
        digest=tokens.digest(secret),
        name=name,
        created_at=now(db),
        expires_at=expires_at,
    )
    db.add(token)
    db.flush()
    return wire.NewPersonalToken(token.id, name, token.created_at, None, expires_at, secret)


def _own(user_id: str) -> tuple[ColumnElement[bool], ...]:
    return Token.user_id == user_id, Token.kind == "access", Token.revoked_at.is_(None)


def page(
    db: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.PersonalToken]:
    """One's own tokens, the newest first; expired ones too, revoked ones not."""
    policy.may_manage_tokens(actor)
    query = select(Token).where(*_own(actor.user_id))
    if cursor is not None:
        (last,) = Cursor.decode(cursor, 1)
        query = query.where(Token.id < Cursor.id(last))
    rows = db.scalars(query.order_by(Token.id.desc()).limit(limit + 1)).all()
    found = [
        wire.PersonalToken(row.id, row.name or "", row.created_at, row.used_at, row.expires_at)
        for row in rows[:limit]
    ]
    return wire.Page(found, Cursor.encode(found[-1].id) if len(rows) > limit else None)


def revoke(db: Session, actor: Actor, token_id: str) -> None:
    """Refuse a token of one's own, and close its sockets, from this commit on.

    Raises ChatError `not_found`, or `forbidden` to who came by a token.
    """
    policy.may_manage_tokens(actor)
    query = select(Token).where(Token.id == token_id, *_own(actor.user_id))
    token = db.scalars(locked(query)).one_or_none()
    if token is None:
        raise ChatError("not_found", "There is no such token.")
    _revoke(db, token)


def revoke_all(db: Session, user_id: str) -> None:
    """Refuse all tokens of a user from this commit on."""
    for token in db.scalars(locked(select(Token).where(*_own(user_id)).order_by(Token.id))):
        _revoke(db, token)


def _revoke(db: Session, token: Token) -> None:
    token.revoked_at = now(db)
    data = LoginEnded(token.id)
    events.record(db, Event("login.ended", data, user_ids=(token.user_id,)))


def identify(db: Session, secret: str) -> tuple[Actor, datetime | None, bool]:
    """Who acts with this token, until when it holds, and whether its use is to be noted.

    Raises ChatError `unauthenticated` when it is unknown or expired, `gone` when it was revoked
    or the account has ended.
    """
    query = (
        select(Token, ChatUser.deactivated_at, WorkspaceMember.role)
        .join(ChatUser, ChatUser.id == Token.user_id)
        .join(
            WorkspaceMember,
            (WorkspaceMember.user_id == Token.user_id)
            & (WorkspaceMember.workspace_id == Token.workspace_id),
        )
        .where(Token.digest == tokens.digest(secret), Token.kind == "access")
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise ChatError("unauthenticated", "The access token is not valid.")
    token, deactivated_at, role = row
    if token.revoked_at or deactivated_at:
        raise ChatError("gone", "This login has ended.")
    if token.expires_at is not None and token.expires_at <= now(db):
        raise ChatError("unauthenticated", "The access token is expired.")
    stale = token.used_at is None or now(db) - token.used_at >= seconds(COARSE)
    workspace_role = cast(wire.WorkspaceRole, role)
    actor = Actor(token.user_id, token.workspace_id, workspace_role, token.id, "token")
    return actor, token.expires_at, stale


def note_use(db: Session, token_id: str) -> None:
    """Keep that a token is in use; of several calls at once one writes."""
    old = or_(Token.used_at.is_(None), Token.used_at <= now(db) - seconds(COARSE))
    db.execute(update(Token).where(Token.id == token_id, old).values(used_at=now(db)))
