"""Conversations: make, find, list, rename, archive. Who is in them is in `members`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Final, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from trialogue.core import (
    assistants,
    avatars,
    events,
    members,
    messages,
    notices,
    policy,
    views,
    wire,
)
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.files import Stored
from trialogue.core.limits import now
from trialogue.core.models import ChatSession, Conversation, Member
from trialogue.core.policy import Actor
from trialogue.core.sql import escape_like, insert_new, new_id


def create_group(
    db: Session,
    actor: Actor,
    *,
    name: str | None,
    description: str | None = None,
    public: bool = False,
    member_ids: Sequence[str] = (),
    client_id: str | None = None,
) -> tuple[wire.Conversation, bool]:
    """Make a room with its first members; with `client_id` a repeat yields the first one.

    Returns the conversation and whether it is new. Raises ChatError `invalid` without a name,
    `not_found` for members who are not in the workspace.
    """
    policy.may_create_room(actor)
    if name is None:
        raise ChatError("invalid", "A room needs a name.", field="name")
    others = [user_id for user_id in dict.fromkeys(member_ids) if user_id != actor.user_id]
    members.check_known(db, actor, [actor.user_id, *others])
    facts = {"kind": "group", "name": name, "description": description, "public": public}
    conversation_id = insert(
        db, actor.workspace_id, actor.user_id, {**facts, "client_id": client_id}
    )
    if conversation_id is None:
        return _made_before(db, actor, client_id), False
    roles = {actor.user_id: "owner"} | dict.fromkeys(others, "member")
    return _begin(db, actor, conversation_id, roles), True


def create_assistant(
    db: Session,
    actor: Actor,
    *,
    assistant_id: str | None = None,
    name: str | None = None,
    client_id: str | None = None,
) -> tuple[wire.Conversation, bool]:
    """Make an empty conversation with an assistant, the default one where none is named; with
    `client_id` a repeat yields the first one.

    Returns the conversation and whether it is new. Raises ChatError `not_found`.
    """
    user_id = assistants.user_of(db, actor, assistant_id)
    members.check_known(db, actor, sorted([actor.user_id, user_id]))
    facts: dict[str, object] = {"kind": "assistant", "name": name, "client_id": client_id}
    conversation_id = insert(db, actor.workspace_id, actor.user_id, {**facts, "public": False})
    if conversation_id is None:
        return _made_before(db, actor, client_id), False
    roles = {actor.user_id: "owner", user_id: "member"}
    return _begin(db, actor, conversation_id, roles), True


def open_direct(
    db: Session, actor: Actor, user_id: str, *, client_id: str | None = None
) -> tuple[wire.Conversation, bool]:
    """The one conversation of two people; with oneself, the own notes.

    Returns the conversation and whether it is new. Raises ChatError `not_found`.
    """
    members.check_known(db, actor, [actor.user_id, user_id])
    pair = sorted({actor.user_id, user_id})
    direct_key = key_of_pair(actor.workspace_id, pair[0], pair[-1])
    facts = {"kind": "direct", "public": False, "direct_key": direct_key}
    conversation_id = insert(db, actor.workspace_id, actor.user_id, facts)
    if conversation_id is not None:
        return _begin(db, actor, conversation_id, dict.fromkeys(pair, "member")), True
    query = select(Conversation.id).where(Conversation.direct_key == direct_key)
    return get(db, actor, db.scalars(query).one()), False


def key_of_pair(workspace_id: str, one: str, other: str) -> str:
    """What makes the direct conversation of two people the only one."""
    return ":".join([workspace_id, *sorted([one, other])])


def insert(
    db: Session, workspace_id: str, created_by: str | None, facts: dict[str, object]
) -> str | None:
    """The id of a new conversation; None when a unique key says that there is one already."""
    values = {
        "id": new_id(),
        "workspace_id": workspace_id,
        "created_by": created_by,
        "created_at": now(db),
        "changed_at": now(db),
        "last_seq": 0,
        "last_rev": 0,
        "first_seq": 1,
        "member_count": 0,
        **facts,
    }
    return str(values["id"]) if insert_new(db, Conversation, values) else None


def find_made(db: Session, actor: Actor, client_id: str) -> str | None:
    """The id of the conversation that the actor has made with this `client_id`."""
    query = select(Conversation.id).where(
        Conversation.created_by == actor.user_id, Conversation.client_id == client_id
    )
    return db.scalar(query)


def _made_before(db: Session, actor: Actor, client_id: str | None) -> wire.Conversation:
    query = select(Conversation.id).where(
        Conversation.created_by == actor.user_id, Conversation.client_id == client_id
    )
    return get(db, actor, db.scalars(query).one())


def _begin(
    db: Session, actor: Actor, conversation_id: str, roles: dict[str, str]
) -> wire.Conversation:
    """Put the first members in, and tell each of them."""
    conversation = members.lock(db, conversation_id)
    members.found(db, conversation, roles)
    shown = get(db, actor, conversation_id)
    if conversation.kind == "direct":  # each sees the other one
        for user_id in roles:
            members.announce(db, conversation_id, actor.workspace_id, user_id)
        return shown
    for user_id, role in roles.items():
        me = replace(cast(wire.Membership, shown.me), role=cast(wire.ConversationRole, role))
        data = replace(shown, me=me)
        about = Event("conversation.created", data, conversation_id, user_ids=(user_id,))
        events.record(db, about)
    return shown


def get(db: Session, actor: Actor, conversation_id: str) -> wire.Conversation:
    """A conversation that one is a member of; ChatError `not_found` or `not_member`."""
    members.require(db, actor, conversation_id)
    found = views.conversations(db, actor.workspace_id, actor.user_id, [conversation_id])
    return found[conversation_id]


def open_page(
    db: Session, actor: Actor, conversation_id: str, *, limit: int = 50
) -> wire.OpenConversation:
    """A conversation with its newest messages."""
    found = get(db, actor, conversation_id)
    page = messages.page(db, actor, conversation_id, limit=limit)
    fields = {name: getattr(found, name) for name in wire.Conversation.__dataclass_fields__}
    return wire.OpenConversation(**fields, messages=page.items, has_more=page.has_more)


def locate(db: Session, actor: Actor, any_id: str) -> str:
    """The id of a conversation, given its own or that of one of its sessions.

    Raises ChatError `not_found` or `not_member`.
    """
    of_session = select(ChatSession.conversation_id).where(ChatSession.id == any_id)
    conversation_id = db.scalar(of_session) or any_id
    members.require(db, actor, conversation_id)
    return conversation_id


class Keep(Enum):
    """Says that a setting stays, where None is a value of its own."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
_activity = func.coalesce(Conversation.last_message_at, Conversation.created_at)


def page(
    db: Session,
    actor: Actor,
    *,
    kind: str | None = None,
    query: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> wire.Page[wire.Conversation]:
    """One's own conversations, those with the latest activity first."""
    mine = (
        select(Conversation.id, _activity)
        .join(Member, Member.conversation_id == Conversation.id)
        .where(
            Conversation.workspace_id == actor.workspace_id,
            Member.user_id == actor.user_id,
            Member.left_at.is_(None),
            # A direct one is archived when the other account is removed; it stays to be read.
            or_(Conversation.archived_at.is_(None), Conversation.kind == "direct"),
        )
    )
    if kind is not None:
        mine = mine.where(Conversation.kind == kind)
    return _slice(db, actor, mine, query=query, cursor=cursor, limit=limit)


def page_public(
    db: Session, actor: Actor, *, query: str = "", cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Conversation]:
    """The public rooms of the workspace, joined or not; `me` is null where one is no member."""
    public = select(Conversation.id, _activity).where(
        Conversation.workspace_id == actor.workspace_id,
        Conversation.public.is_(True),
        Conversation.archived_at.is_(None),
    )
    return _slice(db, actor, public, query=query, cursor=cursor, limit=limit)


def _slice(
    db: Session,
    actor: Actor,
    ids: Select[str, datetime],
    *,
    query: str,
    cursor: str | None,
    limit: int,
) -> wire.Page[wire.Conversation]:
    if query.strip():
        ids = ids.where(_matches(query.strip()))
    if cursor is not None:
        ids = ids.where(_comes_after(cursor))
    rows = db.execute(ids.order_by(_activity.desc(), Conversation.id.desc()).limit(limit + 1)).all()
    chosen = [row[0] for row in rows[:limit]]
    shown = views.conversations(db, actor.workspace_id, actor.user_id, chosen)
    following = None
    if len(rows) > limit:
        last = shown[chosen[-1]]
        following = Cursor.encode((last.last_message_at or last.created_at).isoformat(), last.id)
    return wire.Page([shown[conversation_id] for conversation_id in chosen], following)


def _comes_after(cursor: str) -> ColumnElement[bool]:
    moment, last_id = Cursor.decode(cursor, 2)
    at, conversation_id = Cursor.moment(moment), Cursor.id(last_id)
    return or_(_activity < at, and_(_activity == at, Conversation.id < conversation_id))


def _matches(query: str) -> ColumnElement[bool]:
    return Conversation.name.ilike(f"%{escape_like(query)}%", escape="\\")


def change(
    db: Session,
    actor: Actor,
    conversation_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    public: bool | None = None,
    edit_window: int | Keep | None = KEEP,
    retention_days: int | Keep | None = KEEP,
) -> wire.Conversation:
    """Rename, describe, open or close a room, or set how long its messages may be changed, and
    after how many days they go (None: as the server says); what is left out stays.

    Raises ChatError `forbidden`, `not_found`, `not_member`, or `conflict` where it is no room
    or archived.
    """
    conversation, me = members.lock_as(db, actor, conversation_id)
    wanted: dict[str, object] = {"name": name, "description": description, "public": public}
    given = {field: value for field, value in wanted.items() if value is not None}
    if retention_days is not KEEP:
        given["retention_days"] = retention_days
    if conversation.kind == "assistant" and given.keys() <= {"name"} and edit_window is KEEP:
        policy.may_archive(me, conversation)  # whose it is names it too
    elif given or edit_window is KEEP:
        policy.may_change_settings(me, conversation)
    if edit_window is not KEEP:
        policy.may_set_edit_window(me, conversation)
        given["edit_window"] = edit_window
    policy.must_be_open(conversation)
    changed = {
        field: value for field, value in given.items() if getattr(conversation, field) != value
    }
    if not changed:
        return get(db, actor, conversation_id)
    for field, value in changed.items():
        setattr(conversation, field, value)
    _note(db, conversation, actor, changed)
    return _changed(db, actor, conversation)


def _note(
    db: Session, conversation: Conversation, actor: Actor, changed: dict[str, object]
) -> None:
    if "name" in changed:
        value = conversation.name
        notices.write(db, conversation, actor.user_id, "conversation.renamed", value=value)
    if "description" in changed:
        notices.write(db, conversation, actor.user_id, "conversation.described")
    if "public" in changed:
        opened: wire.NoticeEvent = "conversation.opened"
        event = opened if conversation.public else "conversation.closed"
        notices.write(db, conversation, actor.user_id, event)


def set_avatar(
    db: Session, actor: Actor, conversation_id: str, stored: Stored | None
) -> wire.Conversation:
    """Give a room a picture that was uploaded, or none; for its owner and admins.

    Raises ChatError `forbidden`, `not_found`, `not_member`, or `conflict` where it is no room
    or archived.
    """
    conversation, me = members.lock_as(db, actor, conversation_id)
    policy.may_change_settings(me, conversation)
    policy.must_be_open(conversation)
    before = conversation.avatar
    conversation.avatar = avatars.replace(db, actor, before, stored)
    if conversation.avatar == before:
        return get(db, actor, conversation_id)
    return _changed(db, actor, conversation)


def archive(db: Session, actor: Actor, conversation_id: str) -> wire.Conversation:
    """Archive a room, or one's conversation with an assistant: it stays readable for its members
    and leaves all lists."""
    conversation, me = members.lock_as(db, actor, conversation_id)
    policy.may_archive(me, conversation)
    policy.must_be_open(conversation)
    notices.write(db, conversation, actor.user_id, "conversation.archived")
    conversation.archived_at = now(db)
    return _changed(db, actor, conversation)


def _changed(db: Session, actor: Actor, conversation: Conversation) -> wire.Conversation:
    rev = members.next_rev(db, conversation)
    db.flush()
    found = views.conversations(db, actor.workspace_id, actor.user_id, [conversation.id])
    live = views.live_conversation(found[conversation.id])
    events.record(db, Event("conversation.updated", live, conversation.id, rev=rev))
    return found[conversation.id]
