"""Who is in a conversation; joining, leaving and roles take its lock and a `rev`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from sqlalchemy import bindparam, case, func, insert, select
from sqlalchemy.orm import Session

from trialogue.core import events, notices, policy, users, views, wire
from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError
from trialogue.core.events import Event
from trialogue.core.limits import now
from trialogue.core.models import ChatUser, Conversation, Member, Read, WorkspaceMember
from trialogue.core.policy import Actor
from trialogue.core.sql import fetch, insert_new, limit_wait, locked, referred


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation as the realtime line needs to know it for one of its members."""

    conversation_id: str
    kind: str
    name: str | None
    last_seq: int
    last_rev: int
    last_message_at: datetime | None
    created_at: datetime
    archived_at: datetime | None
    member_count: int
    role: str
    read_seq: int


def require(db: Session, actor: Actor, conversation_id: str) -> Member:
    """One's own membership; ChatError `not_found`, or `not_member` for public rooms."""
    query = (
        select(Conversation.public, Member)
        .outerjoin(
            Member,
            (Member.conversation_id == Conversation.id)
            & (Member.user_id == actor.user_id)
            & Member.left_at.is_(None),
        )
        .where(Conversation.id == conversation_id, Conversation.workspace_id == actor.workspace_id)
    )
    row = db.execute(query).one_or_none()
    if row is None or row[1] is None:
        raise policy.stranger(public=row is not None and row.public)
    return row[1]


def lock(db: Session, conversation_id: str) -> Conversation:
    """The conversation, locked until the end of the transaction; ChatError `not_found`.

    Whoever holds it longer than 5 s makes this transaction fail as `unavailable`.
    """
    limit_wait(db, 5)
    query = locked(select(Conversation).where(Conversation.id == conversation_id))
    found = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise policy.stranger(public=False)
    return found


def lock_as(db: Session, actor: Actor, conversation_id: str) -> tuple[Conversation, Member]:
    """The locked conversation and one's own membership in it, both as of the lock."""
    conversation = lock(db, conversation_id)
    require(db, actor, conversation_id)
    return conversation, present(db, conversation_id, actor.user_id)


def present(db: Session, conversation_id: str, user_id: str) -> Member:
    """A present member; ChatError `not_found`."""
    found = db.get(Member, (conversation_id, user_id), populate_existing=True)
    if found is None or found.left_at is not None:
        raise ChatError("not_found", "This person is not a member.", field="user_id")
    return found


def is_in(db: Session, conversation_id: str, user_id: str) -> bool:
    """Whether a user is a member of a conversation."""
    found = db.get(Member, (conversation_id, user_id), populate_existing=True)
    return found is not None and found.left_at is None


def next_rev(db: Session, conversation: Conversation) -> int:
    """Take the next number for a change; the conversation must be locked."""
    conversation.last_rev += 1
    conversation.changed_at = now(db)
    return conversation.last_rev


def check_known(db: Session, actor: Actor, user_ids: Sequence[str]) -> None:
    """ChatError `not_found` unless all are active people of the actor's workspace. They stay so
    until the end of the transaction: whoever is being removed is waited for."""
    query = (
        select(ChatUser.id)
        .join(WorkspaceMember, WorkspaceMember.user_id == ChatUser.id)
        .where(
            ChatUser.id.in_(user_ids),
            ChatUser.deactivated_at.is_(None),
            WorkspaceMember.workspace_id == actor.workspace_id,
        )
    )
    missing = set(user_ids) - set(db.scalars(referred(query.order_by(ChatUser.id))))
    if missing:
        raise ChatError("not_found", f"There is no user {min(missing)}.", field="user_id")


def put(db: Session, conversation: Conversation, user_id: str, role: str) -> Member:
    """Make a user a member of a locked conversation; what they find there counts as read."""
    member = db.get(Member, (conversation.id, user_id), populate_existing=True)
    if member is None:
        member = Member(conversation_id=conversation.id, user_id=user_id)
        db.add(member)
    passes = (member.read_seq or 0) < conversation.last_seq
    member.role = role
    member.joined_at = now(db)
    member.left_at = None
    member.read_seq = conversation.last_seq
    member.delivered_seq = conversation.last_seq
    member.rev = next_rev(db, conversation)
    conversation.member_count += 1
    conversation.assistant_count += count_assistants(db, [user_id])
    if passes:
        # What was said without them counts as read, but they have not read it.
        db.flush()
        row = {"conversation_id": conversation.id, "user_id": user_id, "read_at": None}
        insert_new(db, Read, {**row, "up_to_seq": conversation.last_seq})
    return member


def found(db: Session, conversation: Conversation, roles: Mapping[str, str]) -> None:
    """Put the first members into a new, locked conversation: one statement for all of them."""
    rows = [
        {
            "conversation_id": conversation.id,
            "user_id": user_id,
            "role": role,
            "joined_at": now(db),
            "read_seq": 0,
            "delivered_seq": 0,
            "rev": next_rev(db, conversation),
        }
        for user_id, role in roles.items()
    ]
    db.execute(insert(Member), rows)
    conversation.member_count = len(rows)
    conversation.assistant_count = count_assistants(db, list(roles))
    db.flush()


def count_assistants(db: Session, user_ids: Sequence[str]) -> int:
    """How many of these users are assistants."""
    query = select(func.count()).where(ChatUser.id.in_(user_ids), ChatUser.kind == "assistant")
    return db.scalars(query).one()


def join(db: Session, actor: Actor, conversation_id: str) -> wire.Member:
    """Join a public room.

    Raises ChatError `not_found` (also for private ones), `already_member`, `forbidden` for
    guests, `conflict` when it is archived.
    """
    conversation = lock(db, conversation_id)
    member = db.get(Member, (conversation_id, actor.user_id))
    if member is not None and member.left_at is None:
        raise ChatError("already_member", "You are a member already.")
    policy.may_join(actor, conversation)
    check_known(db, actor, [actor.user_id])
    joined = enter(db, conversation, actor.user_id, "member")
    notices.write(db, conversation, actor.user_id, "member.joined")
    return joined


def add(
    db: Session, actor: Actor, conversation_id: str, user_id: str, *, role: str = "member"
) -> wire.Member:
    """Add a person to a room.

    Raises ChatError `not_found`, `not_member`, `forbidden`, `already_member`, `conflict`.
    """
    conversation, me = lock_as(db, actor, conversation_id)
    policy.may_add(me, conversation, role)
    member = db.get(Member, (conversation_id, user_id))
    if member is not None and member.left_at is None:
        raise ChatError("already_member", "This person is a member already.", field="user_id")
    check_known(db, actor, [user_id])  # of members only now: their removal waits for this room
    added = enter(db, conversation, user_id, role)
    notices.write(db, conversation, actor.user_id, "member.added", user_id=user_id)
    return added


def enter(db: Session, conversation: Conversation, user_id: str, role: str) -> wire.Member:
    """Make a user a member of a locked conversation, and tell everyone."""
    member = put(db, conversation, user_id, role)
    db.flush()
    announce(db, conversation.id, conversation.workspace_id, user_id)
    return _tell(db, "member.joined", conversation, member)


def announce(db: Session, conversation_id: str, workspace_id: str, user_id: str) -> None:
    """Tell a user's own sockets of a conversation that they are in now."""
    shown = views.conversations(db, workspace_id, user_id, [conversation_id])
    data = shown[conversation_id]
    about = Event("conversation.created", data, conversation_id, user_ids=(user_id,))
    events.record(db, about)


def leave(db: Session, actor: Actor, conversation_id: str) -> None:
    """Leave a room. An owner's room goes to the next in rank, then in age; an empty room is
    archived. Raises ChatError `not_found`, `not_member`, `conflict` for direct ones."""
    conversation, me = lock_as(db, actor, conversation_id)
    policy.must_be_room(conversation)
    if conversation.archived_at is None:
        notices.write(db, conversation, actor.user_id, "member.left")
    depart(db, conversation, me)


def depart(db: Session, conversation: Conversation, member: Member) -> None:
    """Take a member out of a locked room; an owner's room is handed on."""
    if member.role == "owner":
        _hand_on(db, conversation, member)
    _exit(db, conversation, member)


def _hand_on(db: Session, conversation: Conversation, owner: Member) -> None:
    rank = case({"admin": 0, "moderator": 1}, value=Member.role, else_=2)
    query = (
        select(Member)
        .join(ChatUser, ChatUser.id == Member.user_id)
        .where(
            Member.conversation_id == conversation.id,
            Member.left_at.is_(None),
            Member.user_id != owner.user_id,
        )
        # A deactivated account can't look after a room: only where nobody else is left.
        .order_by(ChatUser.deactivated_at.is_not(None), rank, Member.joined_at, Member.user_id)
        .limit(1)
    )
    heir = db.scalars(query).one_or_none()
    if heir is not None:
        set_role(db, conversation, heir, "owner")


def remove(db: Session, actor: Actor, conversation_id: str, user_id: str) -> None:
    """Remove someone from a room (or oneself, which is leaving).

    Raises ChatError `not_found` (also for strangers), `not_member`, `forbidden`, `conflict`.
    """
    if user_id == actor.user_id:
        leave(db, actor, conversation_id)
        return
    conversation, me = lock_as(db, actor, conversation_id)
    policy.must_be_room(conversation)
    other = present(db, conversation_id, user_id)
    policy.may_remove(me, other, conversation)
    if conversation.archived_at is None:
        notices.write(db, conversation, actor.user_id, "member.removed", user_id=user_id)
    _exit(db, conversation, other)


def _exit(db: Session, conversation: Conversation, member: Member) -> None:
    member.left_at = now(db)
    member.rev = next_rev(db, conversation)
    conversation.member_count -= 1
    conversation.assistant_count -= count_assistants(db, [member.user_id])
    if conversation.member_count == 0:
        conversation.archived_at = now(db)
    db.flush()
    _tell(db, "member.left", conversation, member)


def change_role(
    db: Session, actor: Actor, conversation_id: str, user_id: str, role: str
) -> wire.Member:
    """Change a member's role; a new owner takes the room over, the old one becomes admin.

    Raises ChatError `not_found`, `not_member`, `forbidden`, `conflict`.
    """
    conversation, me = lock_as(db, actor, conversation_id)
    other = present(db, conversation_id, user_id)
    policy.may_change_role(me, other, role, conversation)
    if role == "owner":
        set_role(db, conversation, me, "admin")
    changed = set_role(db, conversation, other, role)
    if conversation.archived_at is None:
        said = {"user_id": user_id, "value": role}
        notices.write(db, conversation, actor.user_id, "member.role_changed", **said)
    return changed


def set_role(db: Session, conversation: Conversation, member: Member, role: str) -> wire.Member:
    """Give a member of a locked conversation another role, and tell everyone."""
    member.role = role
    member.rev = next_rev(db, conversation)
    db.flush()
    return _tell(db, "member.updated", conversation, member)


def _tell(db: Session, name: str, conversation: Conversation, member: Member) -> wire.Member:
    known = users.find_many(db, conversation.workspace_id, [member.user_id])
    data = shown(member, known[member.user_id])
    events.record(db, Event(name, data, conversation.id, rev=member.rev))
    return data


class MemberRow(Protocol):
    """The columns of a membership that everyone in the conversation sees."""

    conversation_id: str
    user_id: str
    role: str
    joined_at: datetime
    left_at: datetime | None
    read_seq: int
    rev: int


def shown(member: MemberRow, user: wire.User) -> wire.Member:
    """A membership as everyone in the conversation sees it."""
    return wire.Member(
        user=user,
        role=cast(wire.ConversationRole, member.role),
        joined_at=member.joined_at,
        left_at=member.left_at,
        read_seq=member.read_seq,
        rev=member.rev,
    )


def with_users(db: Session, workspace_id: str, found: Iterable[MemberRow]) -> list[wire.Member]:
    """Memberships with their users."""
    rows = list(found)
    known = users.find_many(db, workspace_id, [member.user_id for member in rows])
    return [shown(member, known[member.user_id]) for member in rows]


def page(
    db: Session, actor: Actor, conversation_id: str, *, cursor: str | None = None, limit: int = 50
) -> wire.Page[wire.Member]:
    """The present members; ChatError `not_found`, `not_member`."""
    require(db, actor, conversation_id)
    return page_all(db, actor.workspace_id, conversation_id, cursor=cursor, limit=limit)


def page_all(
    db: Session,
    workspace_id: str,
    conversation_id: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> wire.Page[wire.Member]:
    """The present members of a conversation, whoever asks."""
    query = select(Member).where(
        Member.conversation_id == conversation_id, Member.left_at.is_(None)
    )
    if cursor is not None:
        (after,) = Cursor.decode(cursor, 1)
        query = query.where(Member.user_id > Cursor.id(after))
    rows = db.scalars(query.order_by(Member.user_id).limit(limit + 1)).all()
    following = Cursor.encode(rows[limit - 1].user_id) if len(rows) > limit else None
    return wire.Page(with_users(db, workspace_id, rows[:limit]), following)


_PLACES = select(Member.conversation_id).where(
    Member.user_id == bindparam("user_id"), Member.left_at.is_(None)
)
_STANDINGS = (
    select(
        Conversation.id,
        Conversation.kind,
        Conversation.name,
        Conversation.last_seq,
        Conversation.last_rev,
        Conversation.last_message_at,
        Conversation.created_at,
        Conversation.archived_at,
        Conversation.member_count,
        Member.role,
        Member.read_seq,
    )
    .join(Member, Member.conversation_id == Conversation.id)
    .where(Member.user_id == bindparam("user_id"), Member.left_at.is_(None))
)


def conversation_ids(db: Session, user_id: str) -> list[str]:
    """All conversations that a user is in."""
    return [row[0] for row in fetch(db, _PLACES, {"user_id": user_id})]


def standings(db: Session, user_id: str) -> list[Standing]:
    """All conversations that a user is in, with their counters."""
    return [Standing(*row) for row in fetch(db, _STANDINGS, {"user_id": user_id})]
