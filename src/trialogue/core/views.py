"""How rows become the wire types of conversations and messages, in bulk.

Reads only; who may see what has been decided before.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Protocol, TypeAlias, cast

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from trialogue.core import kept, mentions, users, wire
from trialogue.core.keyed import Keyed
from trialogue.core.models import ChatUser, Conversation, Feedback, Member, Message, Reaction

MessageQuery: TypeAlias = "Select[*tuple[object, ...]]"

SHARED = tuple(name for name in wire.LiveMessage.__dataclass_fields__ if name != "reactions")
LIVE_CONVERSATION = tuple(wire.LiveConversation.__dataclass_fields__)


class MessageRow(Protocol):
    """The columns of a message and of its sender, as `select_messages` names them."""

    id: str
    conversation_id: str
    seq: int
    rev: int
    session_id: str | None
    type: wire.MessageType
    state: wire.MessageState
    content: str
    parent_id: str | None
    client_id: str
    created_at: datetime
    edited_at: datetime | None
    retracted_at: datetime | None
    superseded_by: str | None
    meta: kept.Meta | None
    attempt: int
    sender_id: str
    username: str | None
    display_name: str
    avatar: str | None
    kind: wire.UserKind


@cache
def select_messages() -> MessageQuery:
    """The columns of messages and of their senders that are shown."""
    query = select(
        Message.id,
        Message.conversation_id,
        Message.seq,
        Message.rev,
        Message.session_id,
        Message.type,
        Message.state,
        Message.content,
        Message.parent_id,
        Message.client_id,
        Message.created_at,
        Message.edited_at,
        Message.retracted_at,
        Message.superseded_by,
        Message.meta,
        Message.attempt,
        ChatUser.id.label("sender_id"),
        ChatUser.username,
        ChatUser.display_name,
        ChatUser.avatar,
        ChatUser.kind,
    )
    return cast(MessageQuery, query.join(ChatUser, ChatUser.id == Message.sender_id))


def live_messages(db: Session, query: MessageQuery) -> list[wire.LiveMessage]:
    """The messages of a `select_messages` query, as everyone sees them."""
    return made(db.execute(query).all())


def made(rows: Sequence[object]) -> list[wire.LiveMessage]:
    """The messages of rows of such a query."""
    return [live_message(row) for row in cast(Sequence[MessageRow], rows)]


def live_message(row: MessageRow) -> wire.LiveMessage:
    """A message as everyone in the conversation sees it."""
    meta = row.meta or kept.Meta()
    notice = meta.get("notice")
    return wire.LiveMessage(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        rev=row.rev,
        session_id=row.session_id,
        sender=wire.Sender(row.sender_id, row.username, row.display_name, row.avatar, row.kind),
        role=role_of(row.type, row.kind),
        type=row.type,
        state=row.state,
        content=row.content,
        mentions=meta.get("mentions", ()),
        mentions_all=meta.get("everyone", False),
        notice=kept.notice_of(notice) if notice else None,
        parent_id=row.parent_id,
        client_id=row.client_id,
        attachments=[kept.attachment(file) for file in meta.get("attachments", ())],
        reactions=[wire.Reaction(emoji, count) for emoji, count in meta.get("reactions", ())],
        reply=kept.reply_of(meta["reply"], row.attempt) if "reply" in meta else None,
        created_at=row.created_at,
        edited_at=row.edited_at,
        retracted_at=row.retracted_at,
        superseded_by=row.superseded_by,
    )


def role_of(type_: wire.MessageType, kind: wire.UserKind) -> wire.MessageRole:
    """Whose voice a message is."""
    if type_ == "system":
        return "system"
    return "assistant" if kind == "assistant" else "user"


def message_for(
    live: wire.LiveMessage,
    status: wire.MessageStatus | None,
    mine: Collection[str] = (),
    feedback: wire.Feedback | None = None,
) -> wire.Message:
    """A message as one member sees it: `status` is for its sender, `mine` are the emoji with
    which this member has reacted, `feedback` is how they rate it."""
    fields = {name: getattr(live, name) for name in SHARED}
    reactions = [
        wire.OwnReaction(reaction.emoji, reaction.count, reaction.emoji in mine)
        for reaction in live.reactions
    ]
    return wire.Message(**fields, reactions=reactions, status=status, feedback=feedback)


MINE = Keyed(
    (Reaction.message_id,),
    lambda known: select(Reaction.message_id, Reaction.emoji).where(
        known, Reaction.user_id == bindparam("user_id")
    ),
)
RATED = Keyed(
    (Feedback.message_id,),
    lambda known: select(
        Feedback.id, Feedback.message_id, Feedback.rating, Feedback.comment, Feedback.created_at
    ).where(known, Feedback.user_id == bindparam("user_id")),
)


def own_reactions(
    db: Session, user_id: str, found: Sequence[wire.LiveMessage]
) -> dict[str, set[str]]:
    """With which emoji a user has reacted to each message; asks only where there are any."""
    keys = [(live.id,) for live in found if live.reactions]
    mine: dict[str, set[str]] = {}
    for message_id, emoji in MINE.rows(db, keys, user_id=user_id):
        mine.setdefault(message_id, set()).add(emoji)
    return mine


def own_feedback(
    db: Session, user_id: str, found: Sequence[wire.LiveMessage]
) -> dict[str, wire.Feedback]:
    """How a user rates each reply; asks only where there are any."""
    keys = [(live.id,) for live in found if live.reply is not None]
    return {row[1]: wire.Feedback(*row) for row in RATED.rows(db, keys, user_id=user_id)}


class ConversationRow(Protocol):
    """The columns of a conversation, and of one's own membership where there is one."""

    id: str
    workspace_id: str
    kind: wire.ConversationKind
    name: str | None
    description: str | None
    avatar: str | None
    public: bool
    created_by: str | None
    created_at: datetime
    archived_at: datetime | None
    last_seq: int
    last_rev: int
    last_message_at: datetime | None
    member_count: int
    edit_window: int | None
    first_seq: int
    retention_days: int | None
    role: wire.ConversationRole | None
    read_seq: int
    notify: wire.Notify
    pinned_at: datetime | None


SHOWN = Keyed(
    (Conversation.id,),
    lambda known: (
        select(
            Conversation.id,
            Conversation.workspace_id,
            Conversation.kind,
            Conversation.name,
            Conversation.description,
            Conversation.avatar,
            Conversation.public,
            Conversation.created_by,
            Conversation.created_at,
            Conversation.archived_at,
            Conversation.last_seq,
            Conversation.last_rev,
            Conversation.last_message_at,
            Conversation.member_count,
            Conversation.edit_window,
            Conversation.first_seq,
            Conversation.retention_days,
            Member.role,
            Member.read_seq,
            Member.notify,
            Member.pinned_at,
        )
        .outerjoin(
            Member,
            (Member.conversation_id == Conversation.id)
            & (Member.user_id == bindparam("user_id"))
            & Member.left_at.is_(None),
        )
        .where(known)
    ),
)
NEWEST = Keyed(
    (Conversation.id,),
    lambda known: (
        select_messages()
        .join(
            Conversation,
            and_(
                Conversation.id == Message.conversation_id,
                Conversation.last_seq == Message.seq,
            ),
        )
        .where(known)
    ),
)


def conversations(
    db: Session, workspace_id: str, user_id: str | None, conversation_ids: Sequence[str]
) -> dict[str, wire.Conversation]:
    """Conversations by id, as `user_id` sees them (null: without anyone's own state), in a
    fixed number of statements."""
    keys = [(one,) for one in conversation_ids]
    found = cast(Sequence[ConversationRow], SHOWN.rows(db, keys, user_id=user_id))
    # Not a condition of the query: SQLite would then look at all conversations of the workspace.
    rows = [row for row in found if row.workspace_id == workspace_id]
    last = {live.conversation_id: live for live in made(NEWEST.rows(db, keys))}
    paired = [row.id for row in rows if row.kind in ("direct", "assistant")]
    peers = _peers(db, workspace_id, user_id, paired) if paired and user_id else {}
    unread = [row.id for row in rows if row.role and row.read_seq < row.last_seq]
    named = mentions.count(db, user_id, unread) if user_id else {}
    return {
        row.id: _conversation(
            row,
            last.get(row.id) if row.role or user_id is None else None,
            peers.get(row.id),
            named.get(row.id, 0),
        )
        for row in rows
    }


def _peers(
    db: Session, workspace_id: str, user_id: str, conversation_ids: Sequence[str]
) -> dict[str, wire.User]:
    """The other one of each direct conversation, the assistant of one with an assistant; oneself
    in one's own notes."""
    query = select(Member.conversation_id, Member.user_id).where(
        Member.conversation_id.in_(conversation_ids)
    )
    ids: dict[str, str] = {}
    for conversation_id, member_id in db.execute(query):
        if member_id != user_id or conversation_id not in ids:
            ids[conversation_id] = member_id
    known = users.find_many(db, workspace_id, list(ids.values()))
    return {conversation_id: known[peer] for conversation_id, peer in ids.items() if peer in known}


def _conversation(
    row: ConversationRow,
    last_message: wire.LiveMessage | None,
    peer: wire.User | None,
    named: int,
) -> wire.Conversation:
    return wire.Conversation(
        id=row.id,
        kind=row.kind,
        name=row.name,
        description=row.description,
        avatar_url=row.avatar,
        public=row.public,
        created_by=row.created_by,
        created_at=row.created_at,
        archived_at=row.archived_at,
        last_seq=row.last_seq,
        last_rev=row.last_rev,
        last_message_at=row.last_message_at,
        last_message=last_message,
        member_count=row.member_count,
        edit_window=row.edit_window,
        first_seq=row.first_seq,
        retention_days=row.retention_days,
        me=_membership(row, row.role, named) if row.role else None,
        peer=peer,
    )


def _membership(row: ConversationRow, role: wire.ConversationRole, named: int) -> wire.Membership:
    return wire.Membership(
        role=role,
        read_seq=row.read_seq,
        # The mark may have moved between the two reads of this row and of the member's.
        unread=max(0, row.last_seq - row.read_seq),
        mentions=named,
        notify=row.notify,
        pinned_at=row.pinned_at,
    )


def live_conversation(shown: wire.Conversation) -> wire.LiveConversation:
    """A conversation without what depends on who looks."""
    return wire.LiveConversation(*(getattr(shown, name) for name in LIVE_CONVERSATION))
