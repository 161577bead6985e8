"""Invites: links by which people register, perhaps into a room. Each use is counted exactly."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from trialogue.core import members, notices, policy, tokens, users, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.limits import now
from trialogue.core.models import Conversation, Token
from trialogue.core.policy import Actor
from trialogue.core.sql import changed_rows, locked, new_id


def create(
    db: Session,
    actor: Actor,
    origin: str,
    *,
    expires_at: datetime | None = None,
    uses: int | None = None,
    conversation_id: str | None = None,
) -> wire.Invite:
    """A new link for people without an account; `origin` is where the web client is.

    Raises ChatError `forbidden`, `invalid`, and for the room `not_found`, `not_member` or
    `conflict`.
    """
    policy.may_administer(actor)
    if expires_at is not None and expires_at <= now(db):
        raise ChatError("invalid", "This time is over already.", field="expires_at")
    if conversation_id is not None:
        _check_room(db, actor, conversation_id)
    code = tokens.new_secret("tri")
    invite = Token(
        id=new_id(),
        workspace_id=actor.workspace_id,
        user_id=actor.user_id,
        kind="invite",
        digest=tokens.digest(code),
        code=code,
        conversation_id=conversation_id,
        uses_left=uses,
        created_at=now(db),
        expires_at=expires_at,
    )
    db.add(invite)
    db.flush()
    return _shown(invite, origin)


def _check_room(db: Session, actor: Actor, conversation_id: str) -> None:
    """Into public rooms everyone may come; into others only someone inside lets people in."""
    room = db.get(Conversation, conversation_id)
    if room is not None and room.public and room.workspace_id == actor.workspace_id:
        policy.must_be_open(room)
        return
    me = members.require(db, actor, conversation_id)
    policy.may_add(me, db.get_one(Conversation, conversation_id), "member")


def _shown(invite: Token, origin: str) -> wire.Invite:
    code = invite.code or ""
    return wire.Invite(
        id=invite.id,
        code=code,
        url=f"{origin}/register?invite={code}",
        uses=invite.uses_left,
        used=invite.uses,
        conversation_id=invite.conversation_id,
        created_by=invite.user_id,
        created_at=invite.created_at,
        used_at=invite.used_at,
        expires_at=invite.expires_at,
    )


def page(
    db: Session, actor: Actor, origin: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Invite]:
    """All invites of the workspace but the revoked ones, the newest first; `forbidden`."""
    policy.may_administer(actor)
    query = select(Token).where(
        Token.workspace_id == actor.workspace_id, Token.kind == "invite", Token.revoked_at.is_(None)
    )
    if cursor is not None:
        (last,) = Cursor.decode(cursor, 1)
        query = query.where(Token.id < Cursor.id(last))
    rows = db.scalars(query.order_by(Token.id.desc()).limit(limit + 1)).all()
    found = [_shown(row, origin) for row in rows[:limit]]
    return wire.Page(found, Cursor.encode(found[-1].id) if len(rows) > limit else None)


def revoke(db: Session, actor: Actor, invite_id: str) -> None:
    """Let nobody in by this link any more; ChatError `forbidden`, `not_found`."""
    policy.may_administer(actor)
    living = (Token.kind == "invite", Token.revoked_at.is_(None))
    query = select(Token).where(
        Token.id == invite_id, Token.workspace_id == actor.workspace_id, *living
    )
    invite = db.scalars(locked(query)).one_or_none()
    if invite is None:
        raise ChatError("not_found", "There is no such invite.")
    invite.revoked_at = now(db)


def register(
    db: Session,
    workspace_id: str,
    code: str,
    *,
    username: str,
    password_hash: str,
    display_name: str | None = None,
    email: str | None = None,
) -> str:
    """Make an account by an invite, put it into the invite's room, and return its id.

    Raises ChatError `forbidden` for an invite that is not valid (any more), and what
    `users.register` raises; then the invite keeps its use.
    """
    invite = _use(db, workspace_id, code)
    user_id = users.register(
        db,
        workspace_id,
        username=username,
        password_hash=password_hash,
        display_name=display_name,
        email=email,
    )
    if invite.conversation_id is not None:
        _enter(db, invite.conversation_id, user_id)
    return user_id


def _use(db: Session, workspace_id: str, code: str) -> Token:
    """Take one use. The row is locked by that: of many who come at once the count lets in."""
    valid = (
        Token.digest == tokens.digest(code),
        Token.kind == "invite",
        Token.workspace_id == workspace_id,
        Token.revoked_at.is_(None),
        or_(Token.expires_at.is_(None), Token.expires_at > now(db)),
        or_(Token.uses_left.is_(None), Token.uses_left > 0),
    )
    # Null minus one is null: without a limit it stays without one.
    fewer = {"uses_left": Token.uses_left - 1, "uses": Token.uses + 1}
    taken = update(Token).where(*valid).values(**fewer, used_at=now(db))
    if changed_rows(db, taken) == 0:
        raise ChatError("forbidden", "This invite is not valid, or not any more.")
    query = select(Token).where(Token.digest == tokens.digest(code))
    return db.scalars(query.execution_options(populate_existing=True)).one()


def _enter(db: Session, conversation_id: str, user_id: str) -> None:
    room = members.lock(db, conversation_id)
    if room.archived_at is None:  # archived since: the account is made all the same
        members.enter(db, room, user_id, "member")
        notices.write(db, room, user_id, "member.joined")
