"""Assistants: who they are, where they are members, which one is the workspace's default.

An assistant is a user that nobody can log in as; what it says comes by `replies`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import departures, links, policy, profiles, users, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.limits import now
from trialogue.core.models import Assistant, ChatUser, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import insert_new, new_id

DEFAULT_NAME = "Assistant"
DEFAULT_INSTRUCTIONS = "You are a helpful assistant. Answer in the language you are asked in."
_LINK = re.compile(r"demo|[a-z][a-z-]{1,31}:\S{1,128}")
DEFAULT = "default"  # the name by which calls mean the workspace's own choice


def ensure_default(db: Session, workspace_id: str) -> str:
    """The id of the workspace's default assistant, which is made on first sight."""
    found = _default(db, workspace_id)
    if found is None:
        users.lock_accounts(db, workspace_id)
        found = _default(db, workspace_id) or _insert(
            db,
            workspace_id,
            {"display_name": DEFAULT_NAME},
            {"instructions": DEFAULT_INSTRUCTIONS, "standard": True},
        )
    return found


def _default(db: Session, workspace_id: str) -> str | None:
    query = select(Assistant.id).where(
        Assistant.workspace_id == workspace_id,
        Assistant.standard.is_(True),
        Assistant.removed_at.is_(None),
    )
    return db.scalar(query.order_by(Assistant.created_at, Assistant.id).limit(1))


def create(
    db: Session,
    actor: Actor,
    *,
    name: str,
    instructions: str = "",
    providers: Sequence[str] = (),
    trigger: wire.Trigger = "always",
    context: Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
    avatar_url: str | None = None,
) -> wire.Assistant:
    """Make an assistant, for owners and admins; its username is made of its name.

    Raises ChatError `forbidden`, `invalid`.
    """
    policy.may_administer(actor)
    check_chain(providers)
    avatar = profiles.check_avatar(avatar_url) if avatar_url else None
    users.lock_accounts(db, actor.workspace_id)
    facts = {"instructions": instructions, "providers": list(providers), "trigger": trigger}
    more = {"context": dict(context or {}), "settings": dict(settings or {})}
    person = {"display_name": name, "avatar": avatar}
    return get(db, actor, _insert(db, actor.workspace_id, person, {**facts, **more}))


def _insert(
    db: Session,
    workspace_id: str,
    person: Mapping[str, object],
    facts: Mapping[str, object],
) -> str:
    username = _free_username(db, str(person["display_name"]))
    user_id = new_id()
    named = {"id": user_id, "username": username, "username_key": users.fold(username)}
    insert_new(db, ChatUser, {**named, **person, "kind": "assistant", "created_at": now(db)})
    joined = {"workspace_id": workspace_id, "user_id": user_id, "role": "member"}
    insert_new(db, WorkspaceMember, {**joined, "created_at": now(db)})
    values = {"id": new_id(), "workspace_id": workspace_id, "user_id": user_id}
    defaults = {"providers": [], "trigger": "always", "context": {}, "settings": {}}
    made = {**values, **defaults, "standard": False, **facts, "created_at": now(db)}
    db.add(Assistant(**made))
    db.flush()
    return values["id"]


def _free_username(db: Session, name: str) -> str:
    """What people write after @: the name without what a username may not hold."""
    kept = "".join(each if users.may_stand_in_username(each) else "-" for each in name.lower())
    stem = re.sub(r"-+", "-", kept).strip("-.")[:24] or "assistant"
    stem = stem if len(stem) > 1 and stem not in users.RESERVED else f"{stem}-assistant"
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, 1_000))]
    keys = {users.fold(each): each for each in candidates if len(users.fold(each)) <= 120}
    query = select(ChatUser.username_key).where(ChatUser.username_key.in_(keys))
    taken = set(db.scalars(query))
    return next((each for key, each in keys.items() if key not in taken), new_id()[:24])


def check_chain(providers: Sequence[str]) -> None:
    """ChatError `invalid` unless each is `provider:model` of a known provider, or `demo`."""
    for link in providers:
        if not _LINK.fullmatch(link):
            raise links.invalid(
                f"{link!r} is no provider: write `provider:model`, as `openai:gpt-5`."
            )
        links.split(link)


def get(db: Session, actor: Actor, assistant_id: str) -> wire.Assistant:
    """One assistant; ChatError `not_found`."""
    row = _row(db, actor, assistant_id)
    known = users.find_many(db, actor.workspace_id, [row.user_id])
    return _shown(row, known[row.user_id])


def _row(db: Session, actor: Actor, assistant_id: str | None) -> Assistant:
    query = select(Assistant).where(
        Assistant.id == assistant_id,
        Assistant.workspace_id == actor.workspace_id,
        Assistant.removed_at.is_(None),
    )
    found = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ChatError("not_found", "There is no such assistant.", field="assistant_id")
    return found


def named(db: Session, actor: Actor, name: str) -> wire.Assistant:
    """An assistant by its id, its username or its name, whatever their case; `default` is the
    workspace's default one. Of several with one name the eldest.

    Raises ChatError `not_found`.
    """
    folded = users.fold(name)
    if folded == DEFAULT:
        return get(db, actor, str(_default(db, actor.workspace_id)))
    query = (
        select(Assistant.id, ChatUser.username_key, ChatUser.display_name)
        .join(ChatUser, ChatUser.id == Assistant.user_id)
        .where(Assistant.workspace_id == actor.workspace_id, Assistant.removed_at.is_(None))
        .order_by(Assistant.id)
    )
    rows = db.execute(query).all()
    for keys in (
        {row[0]: row[0] for row in reversed(rows)},
        {row[1]: row[0] for row in reversed(rows)},
        {users.fold(row[2]): row[0] for row in reversed(rows)},
    ):
        if folded in keys:
            return get(db, actor, keys[folded])
    raise ChatError("not_found", f"There is no assistant {name!r}.", field="model")


def user_of(db: Session, actor: Actor, assistant_id: str | None) -> str:
    """The user of an assistant, of the default one where none is named; `not_found`."""
    return _row(db, actor, assistant_id or _default(db, actor.workspace_id)).user_id


def _shown(row: Assistant, user: wire.User) -> wire.Assistant:
    return wire.Assistant(
        id=row.id,
        user=user,
        name=user.display_name,
        instructions=row.instructions,
        providers=row.providers,
        trigger=cast(wire.Trigger, row.trigger),
        context=row.context,
        settings=row.settings,
        standard=row.standard,
        created_at=row.created_at,
    )


def page(
    db: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Assistant]:
    """The assistants of the workspace, in the order in which they were made."""
    query = select(Assistant).where(
        Assistant.workspace_id == actor.workspace_id, Assistant.removed_at.is_(None)
    )
    if cursor is not None:
        query = query.where(Assistant.id > Cursor.id(Cursor.decode(cursor, 1)[0]))
    rows = db.scalars(query.order_by(Assistant.id).limit(limit + 1)).all()
    known = users.find_many(db, actor.workspace_id, [row.user_id for row in rows])
    following = Cursor.encode(rows[limit - 1].id) if len(rows) > limit else None
    return wire.Page([_shown(row, known[row.user_id]) for row in rows[:limit]], following)


def change(
    db: Session, actor: Actor, assistant_id: str, changes: Mapping[str, object]
) -> wire.Assistant:
    """Change the named fields of an assistant, for owners and admins.

    `name` and `avatar_url` are those of its user. Raises ChatError `forbidden`, `not_found`,
    `invalid`.
    """
    policy.may_administer(actor)
    row = _row(db, actor, assistant_id)
    own = {key: value for key, value in changes.items() if key not in ("name", "avatar_url")}
    check_chain(cast(Sequence[str], own.get("providers", ())))
    for name, value in own.items():
        setattr(row, name, value)
    db.flush()
    person = {
        {"name": "display_name"}.get(key, key): cast(str | None, value)
        for key, value in changes.items()
        if key not in own
    }
    if person:
        profiles.write(db, actor.workspace_id, row.user_id, person)
    return get(db, actor, assistant_id)


def remove(db: Session, actor: Actor, assistant_id: str) -> None:
    """Remove an assistant, for owners and admins: what it said remains, its conversations are
    read-only. Raises ChatError `forbidden`, `not_found`, `conflict` for the default one."""
    policy.may_administer(actor)
    row = _row(db, actor, assistant_id)
    if row.standard:
        raise ChatError("conflict", "The default assistant cannot be removed; change it instead.")
    departures.hold(db, row.user_id)
    departures.leave_all(db, actor.workspace_id, row.user_id)
    user = db.get_one(ChatUser, row.user_id, populate_existing=True)
    user.deactivated_at = now(db)
    user.username = user.username_key = None
    row.removed_at = now(db)
    db.flush()
    profiles.tell(db, actor.workspace_id, row.user_id)
