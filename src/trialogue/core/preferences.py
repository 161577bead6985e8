"""What a conversation is to one member alone: notify level, pin, and how they stand in it.

Takes no `rev` and is told only to one's own sockets.
"""

from collections.abc import Collection
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import events, members, mentions, views, wire
from trialogue.core.events import Event, OwnState
from trialogue.core.limits import now
from trialogue.core.models import Conversation, Member
from trialogue.core.policy import Actor


def change(
    db: Session,
    actor: Actor,
    conversation_id: str,
    *,
    notify: wire.Notify | None = None,
    pinned: bool | None = None,
) -> wire.Conversation:
    """Set what one wants to be told of, and whether the conversation is pinned; None stays.

    Raises ChatError `not_found`, `not_member`.
    """
    me = members.require(db, actor, conversation_id)
    if notify is not None:
        me.notify = notify
    if pinned is not None and pinned != (me.pinned_at is not None):
        me.pinned_at = now(db) if pinned else None
    changed = db.is_modified(me)
    db.flush()
    found = views.conversations(db, actor.workspace_id, actor.user_id, [conversation_id])
    shown = found[conversation_id]
    if changed and shown.me is not None:
        tell(db, me, shown.last_seq, shown.last_rev, shown.me.mentions)
    return shown


def tell(db: Session, me: Member, last_seq: int, last_rev: int, named: int) -> None:
    """Tell a member's own sockets how they stand in a conversation."""
    own = OwnState(
        notify=cast(wire.Notify, me.notify),
        pinned_at=me.pinned_at,
        read_seq=me.read_seq,
        unread=max(0, last_seq - me.read_seq),
        mentions=named,
    )
    audience = (me.user_id,)
    about = Event("conversation.me", own, me.conversation_id, at_rev=last_rev, user_ids=audience)
    events.record(db, about)


def tell_counts(
    db: Session, conversation: Conversation, user_ids: Collection[str] | None, seq: int
) -> None:
    """Tell those who have not read message `seq` how many messages name them now, since it
    names others than before; None stands for all members."""
    query = select(Member).where(
        Member.conversation_id == conversation.id, Member.left_at.is_(None), Member.read_seq < seq
    )
    if user_ids is not None:
        query = query.where(Member.user_id.in_(user_ids))
    named = mentions.count_members(db, conversation.id, user_ids)
    for member in db.scalars(query):
        number = named.get(member.user_id, 0)
        tell(db, member, conversation.last_seq, conversation.last_rev, number)
