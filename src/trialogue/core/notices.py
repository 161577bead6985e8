"""System messages: they record joins, leaves, renames and role changes in the room itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import posting, wire
from trialogue.core.models import ChatUser, Conversation
from trialogue.core.posting import Draft, Posted

# What simple clients show; others word the notice in their reader's language.
_TEXTS: dict[wire.NoticeEvent, str] = {
    "member.joined": "{actor} joined.",
    "member.added": "{actor} added {name}.",
    "member.left": "{actor} left.",
    "member.removed": "{actor} removed {name}.",
    "member.role_changed": "{actor} made {name} {value}.",
    "conversation.renamed": "{actor} renamed the room to {value}.",
    "conversation.described": "{actor} changed the description.",
    "conversation.opened": "{actor} made the room public.",
    "conversation.closed": "{actor} made the room private.",
    "conversation.archived": "{actor} archived the room.",
}


def write(
    db: Session,
    conversation: Conversation,
    actor_id: str,
    event: wire.NoticeEvent,
    *,
    user_id: str | None = None,
    value: str | None = None,
) -> wire.LiveMessage:
    """Record in a locked conversation what a member of it did, perhaps to someone else."""
    query = select(ChatUser.id, ChatUser.display_name).where(ChatUser.id.in_({actor_id, user_id}))
    names = {row.id: row.display_name for row in db.execute(query)}
    name = names.get(user_id or "")
    text = _TEXTS[event].format(actor=names[actor_id], name=name, value=value)
    notice = wire.Notice(event, user_id, name, value)
    draft = Draft(conversation.id, actor_id, conversation.workspace_id, text, notice=notice)
    db.flush()
    outcome = posting.post(db, [draft], wait=True)[0]
    if not isinstance(outcome, Posted):
        raise AssertionError(f"a notice was refused: {outcome}")
    db.refresh(conversation)
    return outcome.message
