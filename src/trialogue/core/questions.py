"""A conversation with an assistant that begins with a question."""

from sqlalchemy.orm import Session

from trialogue.core import conversations, posting, quota
from trialogue.core.limits import limits
from trialogue.core.policy import Actor


def begin(
    db: Session,
    actor: Actor,
    content: str,
    *,
    assistant_id: str | None = None,
    client_id: str | None = None,
) -> str:
    """Make the conversation in which a question is to be posted, unless the question would be
    refused there; with `client_id` a repeat yields the first one.

    Returns its id. Raises ChatError `not_found`, `invalid`, `quota_reached`.
    """
    begun, is_new = conversations.create_assistant(
        db, actor, assistant_id=assistant_id, client_id=client_id
    )
    if is_new:
        left = quota.left(db, [actor.workspace_id])
        refusal = posting.unfit(content, limits(db).message_length)
        refusal = refusal or quota.take(left, actor.workspace_id)
        if refusal is not None:
            raise refusal
    return begun.id
