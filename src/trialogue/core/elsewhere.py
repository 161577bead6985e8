"""What other processes have changed in this database: asked by a node that may not have heard it.

Of conversations, what has changed lately; of people, whether they may still be connected.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from trialogue.core import views
from trialogue.core.events import Event
from trialogue.core.limits import now, seconds
from trialogue.core.models import ChatUser, Conversation, Login, Member, Token


def moved(db: Session, period: int) -> dict[str, int]:
    """The last change of each conversation that has changed in the last `period` seconds, by the
    clock of whoever changed it."""
    since = now(db) - seconds(period)
    query = select(Conversation.id, Conversation.last_rev).where(Conversation.changed_at >= since)
    return {row.id: row.last_rev for row in db.execute(query)}


def positions(db: Session, conversation_ids: Collection[str]) -> dict[str, int]:
    """The last change of each of these conversations."""
    query = select(Conversation.id, Conversation.last_rev)
    found = db.execute(query.where(Conversation.id.in_(conversation_ids)))
    return {row.id: row.last_rev for row in found}


def joined(db: Session, known: Mapping[str, int], period: int) -> list[tuple[str, str]]:
    """Who came into these conversations in the last `period` seconds, by a change after the one
    that is known of each: conversations and users."""
    later = [
        and_(Member.conversation_id == conversation_id, Member.rev > rev)
        for conversation_id, rev in known.items()
    ]
    query = select(Member.conversation_id, Member.user_id).where(
        or_(*later), Member.left_at.is_(None), Member.joined_at >= now(db) - seconds(period)
    )
    return [(row.conversation_id, row.user_id) for row in db.execute(query)]


def introductions(db: Session, pairs: Iterable[tuple[str, str]]) -> list[Event]:
    """What tells users of conversations that they have come into, unless they have left again."""
    found = []
    for conversation_id, user_id in pairs:
        query = select(Conversation.workspace_id).where(Conversation.id == conversation_id)
        workspace_id = db.scalars(query).one()
        shown = views.conversations(db, workspace_id, user_id, [conversation_id])
        data = shown[conversation_id]
        if data.me is not None:
            event = Event("conversation.created", data, conversation_id, user_ids=(user_id,))
            found.append(event)
    return found


def ended(db: Session, login_ids: Collection[str]) -> set[str]:
    """Those of these logins and personal tokens that have ended."""
    logins = select(Login.id).where(Login.id.in_(login_ids), Login.revoked_at.is_not(None))
    tokens = select(Token.id).where(Token.id.in_(login_ids), Token.revoked_at.is_not(None))
    return {*db.scalars(logins), *db.scalars(tokens)}


def deactivated(db: Session, user_ids: Collection[str]) -> set[str]:
    """Those of these users who are deactivated, or removed."""
    query = select(ChatUser.id)
    gone = query.where(ChatUser.id.in_(user_ids), ChatUser.deactivated_at.is_not(None))
    return set(db.scalars(gone))
