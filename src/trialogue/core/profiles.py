"""Profiles: what people change of their own account, and admins of others'."""

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from trialogue.core import avatars, events, users, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.files import Stored
from trialogue.core.models import ChatUser
from trialogue.core.policy import Actor

# Language, script, region and variants (BCP 47, RFC 5646); which of them exist is not checked.
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{4,8})*")
_STAYS = frozenset({"username", "display_name"})  # have a value always; None changes nothing


def change(db: Session, actor: Actor, changes: Mapping[str, str | None]) -> wire.Me:
    """Change one's own account: the named fields of it, and no others.

    Raises ChatError `invalid`, `username_taken` or `email_taken`.
    """
    write(db, actor.workspace_id, actor.user_id, changes)
    return users.me(db, actor)


def write(db: Session, workspace_id: str, user_id: str, changes: Mapping[str, str | None]) -> None:
    """Change fields of an account, and tell those who share a conversation with it."""
    users.lock_accounts(db, workspace_id)  # nobody takes the same name between check and update
    user = db.get_one(ChatUser, user_id, populate_existing=True)
    before = _state(user)
    for name, value in changes.items():
        if value is not None or name not in _STAYS:
            _SETTERS[name](db, user, value)
    if _state(user) != before:
        db.flush()
        tell(db, workspace_id, user_id)


def set_avatar(db: Session, actor: Actor, stored: Stored | None) -> wire.Me:
    """Give oneself a picture that was uploaded, or none."""
    users.lock_accounts(db, actor.workspace_id)
    user = db.get_one(ChatUser, actor.user_id, populate_existing=True)
    before = user.avatar
    user.avatar = avatars.replace(db, actor, before, stored)
    if user.avatar != before:
        db.flush()
        tell(db, actor.workspace_id, actor.user_id)
    return users.me(db, actor)


def tell(db: Session, workspace_id: str, user_id: str) -> None:
    """Record that an account looks different now."""
    seen = users.find_many(db, workspace_id, [user_id])[user_id]
    events.record(db, Event("user.updated", seen, user_ids=(user_id,)))


def _state(user: ChatUser) -> tuple[object, ...]:
    shown = (user.username, user.display_name, user.avatar)
    return (*shown, user.email, user.locale, user.time_zone)


def _set_username(db: Session, user: ChatUser, value: str | None) -> None:
    username = users.check_username(value or "")
    key = users.fold(username)
    if _is_taken(db, ChatUser.username_key, key, user.id):
        raise ChatError("username_taken", "This username is taken.", field="username")
    user.username, user.username_key = username, key


def _set_email(db: Session, user: ChatUser, value: str | None) -> None:
    email = users.check_email(value) if value else None
    key = users.fold(email) if email else None
    if key is not None and _is_taken(db, ChatUser.email_key, key, user.id):
        raise ChatError("email_taken", "This e-mail address belongs to an account.", field="email")
    user.email, user.email_key = email, key


def _is_taken(
    db: Session, column: InstrumentedAttribute[str | None], key: str, user_id: str
) -> bool:
    query = select(ChatUser.id).where(column == key, ChatUser.id != user_id)
    return db.scalar(query.limit(1)) is not None


def _set_display_name(db: Session, user: ChatUser, value: str | None) -> None:
    user.display_name = value or user.display_name


def _set_avatar(db: Session, user: ChatUser, value: str | None) -> None:
    if value == user.avatar:  # also an address of this server, which a client sends back
        return
    checked = check_avatar(value) if value else None
    avatars.let_go(db, user.avatar)
    user.avatar = checked


def check_avatar(address: str) -> str:
    """An address from which browsers may load a picture; ChatError `invalid`.

    Only https: other schemes could run scripts, or be read and changed on their way.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme == "https" and parts.hostname and parts.username is None
    except ValueError:
        sound = False
    if not sound or not address.isprintable() or " " in address:
        raise ChatError("invalid", "An avatar is an https:// address.", field="avatar_url")
    return address


def _set_locale(db: Session, user: ChatUser, value: str | None) -> None:
    if value and (len(value) > 16 or not _LOCALE.fullmatch(value)):
        raise ChatError("invalid", "This is no language tag (BCP 47).", field="locale")
    user.locale = value or None


def _set_time_zone(db: Session, user: ChatUser, value: str | None) -> None:
    if value and value not in _time_zones():
        raise ChatError("invalid", "There is no such time zone (IANA).", field="time_zone")
    user.time_zone = value or None


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


_SETTERS = {
    "username": _set_username,
    "email": _set_email,
    "display_name": _set_display_name,
    "avatar_url": _set_avatar,
    "locale": _set_locale,
    "time_zone": _set_time_zone,
}
