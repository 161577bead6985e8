"""What happens to conversations, and to a name, when an account is removed for good."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from trialogue.core import avatars, events, members, views
from trialogue.core.events import Event
from trialogue.core.limits import now
from trialogue.core.models import ChatUser, Conversation, Identity, Member
from trialogue.core.policy import Actor

PLACEHOLDER = "Removed user"


def hold(db: Session, user_id: str) -> None:
    """Lock a user's conversations, before anything of the user's own: who posts or reacts locks
    in this order too, and would else be waited for while they wait."""
    for conversation_id in sorted(members.conversation_ids(db, user_id)):
        members.lock(db, conversation_id)


def forget(db: Session, user: ChatUser) -> None:
    """Keep nothing about a person; the row stays, since their messages refer to it.

    Their names are free again. An outside issuer that names them again makes a new account.
    """
    user.username = user.username_key = None
    user.email = user.email_key = None
    user.display_name = PLACEHOLDER
    avatars.let_go(db, user.avatar)
    user.avatar = user.password_hash = None
    user.locale = user.time_zone = None
    user.last_seen_at = None
    user.removed_at = now(db)
    db.execute(delete(Identity).where(Identity.user_id == user.id))
    db.flush()


def leave_all(db: Session, workspace_id: str, user_id: str) -> None:
    """Leave all rooms as if the user had left them; other conversations become read-only."""
    leaver = Actor(user_id, workspace_id, "member", None)
    query = (
        select(Conversation.id, Conversation.kind)
        .join(Member, Member.conversation_id == Conversation.id)
        .where(Member.user_id == user_id, Member.left_at.is_(None))
        .order_by(Conversation.id)  # as all do who lock several
    )
    for conversation_id, kind in db.execute(query).all():
        conversation = members.lock(db, conversation_id)
        member = db.get_one(Member, (conversation_id, user_id), populate_existing=True)
        if member.left_at is not None:
            continue  # someone has put them out meanwhile
        if kind == "group":
            members.leave(db, leaver, conversation_id)
        else:
            _archive(db, user_id, conversation)


def _archive(db: Session, user_id: str, conversation: Conversation) -> None:
    if conversation.archived_at is not None:
        return
    conversation.archived_at = now(db)
    rev = members.next_rev(db, conversation)
    db.flush()
    found = views.conversations(db, conversation.workspace_id, user_id, [conversation.id])
    live = views.live_conversation(found[conversation.id])
    events.record(db, Event("conversation.updated", live, conversation.id, rev=rev))
