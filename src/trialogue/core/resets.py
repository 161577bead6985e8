"""One-time links to set a password: made by admins or on the server, good for a day."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from trialogue.core import logins, tokens
from trialogue.core.errors import ChatError
from trialogue.core.limits import now, seconds
from trialogue.core.models import ChatUser, Token
from trialogue.core.policy import Actor
from trialogue.core.sql import changed_rows, locked, new_id

LIFETIME = 24 * 3600  # seconds


def create(db: Session, workspace_id: str, user_id: str) -> tuple[str, datetime]:
    """The secret of a link for this user, and until when it holds. Earlier ones end."""
    end_all(db, user_id)
    secret = tokens.new_secret("trs")
    expires_at = now(db) + seconds(LIFETIME)
    token = Token(
        id=new_id(),
        workspace_id=workspace_id,
        user_id=user_id,
        kind="reset",
        digest=tokens.digest(secret),
        created_at=now(db),
        expires_at=expires_at,
    )
    db.add(token)
    db.flush()
    return secret, expires_at


def end_all(db: Session, user_id: str) -> None:
    """Let no link work that was made for this user."""
    open_links = (Token.user_id == user_id, *_unused())
    db.execute(update(Token).where(*open_links).values(revoked_at=now(db)))


def _unused() -> tuple[ColumnElement[bool], ...]:
    return Token.kind == "reset", Token.used_at.is_(None), Token.revoked_at.is_(None)


def check(db: Session, secret: str) -> str:
    """Whose password this link sets; ChatError `gone` when it sets none (any more)."""
    query = (
        select(Token.user_id)
        .join(ChatUser, ChatUser.id == Token.user_id)
        .where(
            Token.digest == tokens.digest(secret),
            *_unused(),
            Token.expires_at > now(db),
            ChatUser.deactivated_at.is_(None),
        )
    )
    user_id = db.scalar(query)
    if user_id is None:
        raise ChatError("gone", "This link is not valid, or not any more; ask for a new one.")
    return user_id


def use(db: Session, secret: str, password_hash: str) -> None:
    """Set the password, once, and end all logins; ChatError `gone`."""
    user_id = check(db, secret)
    spent = update(Token).where(Token.digest == tokens.digest(secret), *_unused())
    if changed_rows(db, spent.values(used_at=now(db))) == 0:
        raise ChatError("gone", "This link has been used.")
    set_password(db, user_id, password_hash)


def change_password(db: Session, actor: Actor, checked: str | None, new_hash: str) -> None:
    """Set one's own password; with one's other logins end the links that were made before.

    Raises ChatError as `logins.change_password`.
    """
    logins.change_password(db, actor, checked, new_hash)
    end_all(db, actor.user_id)


def set_password(db: Session, user_id: str, password_hash: str) -> None:
    """Give a user a new password: all logins end, and links that were made before."""
    user = db.scalars(locked(select(ChatUser).where(ChatUser.id == user_id))).one()
    user.password_hash = password_hash
    logins.end_all(db, user_id)
    end_all(db, user_id)
