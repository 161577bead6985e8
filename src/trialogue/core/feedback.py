"""How people rate replies: one rating each, which they may change."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import messages, wire
from trialogue.core.errors import ChatError
from trialogue.core.limits import now
from trialogue.core.models import Feedback
from trialogue.core.policy import Actor
from trialogue.core.sql import insert_new, new_id


def give(
    db: Session, actor: Actor, message_id: str, rating: int, comment: str | None = None
) -> wire.Feedback:
    """Rate a reply from 1 to 5; a second time changes the first.

    Raises ChatError `not_found`, `not_member`, and `conflict` for what is no reply.
    """
    live = messages.get(db, actor, message_id)
    if live.reply is None or live.retracted_at is not None:
        raise ChatError("conflict", "Only replies of assistants can be rated.", field="message_id")
    values = {"id": new_id(), "message_id": message_id, "user_id": actor.user_id}
    given = {"rating": rating, "comment": comment, "updated_at": now(db)}
    insert_new(db, Feedback, {**values, **given, "created_at": now(db)})
    query = select(Feedback).where(
        Feedback.message_id == message_id, Feedback.user_id == actor.user_id
    )
    row = db.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    row.rating, row.comment, row.updated_at = rating, comment, now(db)
    db.flush()
    return _shown(row)


def _shown(row: Feedback) -> wire.Feedback:
    return wire.Feedback(row.id, row.message_id, row.rating, row.comment, row.created_at)
