"""Search over the messages one may see. What is kept of them for that is in `findable`."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import index, members, messages, views, wire, words
from trialogue.core.cursors import Cursor
from trialogue.core.index import Hit, Wanted
from trialogue.core.models import Conversation, Member, Message
from trialogue.core.policy import Actor
from trialogue.core.words import Asked

ROOMS = 200  # memberships up to which the index is asked for one's rooms too
LOOKED_AT = 1_000  # messages whose text is checked for one page, at the most
BEYOND = 2**62  # no message has this number


def page(
    db: Session,
    actor: Actor,
    query: str,
    *,
    conversation_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> wire.Page[wire.Message]:
    """Messages with all words of `query`, the newest first; "in quotes" as they stand there.

    Where many messages have the words but not the phrase, a page may hold fewer than `limit`
    with a cursor to go on. Raises ChatError `not_found`, `not_member`, `invalid`.
    """
    if conversation_id is not None:
        members.require(db, actor, conversation_id)
    before = Cursor.number(Cursor.decode(cursor, 1)[0]) if cursor is not None else BEYOND
    asked = words.ask(query)
    rooms = [conversation_id] if conversation_id is not None else _rooms(db, actor)
    if not asked.words or rooms == []:
        return wire.Page([], None)
    wanted = Wanted(asked, actor.user_id, actor.workspace_id, rooms, before)
    most = LOOKED_AT if asked.phrases else limit + 1
    hits = index.find(db, wanted, most)
    found, reached = _fitting(db, asked, hits, limit)
    more = reached < len(hits) or len(hits) == most
    following = Cursor.encode(str(hits[reached - 1].n)) if more else None
    return wire.Page(messages.seen(db, actor, found), following)


def _rooms(db: Session, actor: Actor) -> list[str] | None:
    """Where one is a member; None where that is in too many to ask for each."""
    query = (
        select(Member.conversation_id)
        .join(Conversation, Conversation.id == Member.conversation_id)
        .where(
            Member.user_id == actor.user_id,
            Member.left_at.is_(None),
            Conversation.workspace_id == actor.workspace_id,
        )
        .limit(ROOMS + 1)
    )
    found = list(db.scalars(query))
    return found if len(found) <= ROOMS else None


def _fitting(
    db: Session, asked: Asked, hits: Sequence[Hit], limit: int
) -> tuple[list[wire.LiveMessage], int]:
    """The first `limit` messages that fit, and how many hits were looked at for them."""
    found: list[wire.LiveMessage] = []
    reached = 0
    while reached < len(hits) and len(found) < limit:
        part = hits[reached : reached + limit]
        query = views.select_messages().where(Message.id.in_([hit.message_id for hit in part]))
        known = {live.id: live for live in views.live_messages(db, query)}
        for hit in part:
            reached += 1
            live = known.get(hit.message_id)
            if live is not None and live.retracted_at is None and asked.fits(live.content):
                found.append(live)
                if len(found) == limit:
                    break
    return found, reached
