"""How many messages a workspace may hold in all, where that is limited.

Counted in the workspace's row, under its lock: processes then post one after the other. Without a
limit nothing is counted. System messages are left out: what they record must not fail.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from trialogue.core.errors import ChatError
from trialogue.core.limits import limits
from trialogue.core.models import Conversation, Message, Workspace
from trialogue.core.sql import locked, update_many


def left(db: Session, workspace_ids: Collection[str]) -> dict[str, int]:
    """How many messages each workspace may still take, locked until the end of the transaction;
    empty without a limit. To be called under the locks of the conversations."""
    most = limits(db).messages
    if most is None or not workspace_ids:
        return {}
    query = select(Workspace.id, Workspace.message_count).where(Workspace.id.in_(workspace_ids))
    rows = db.execute(locked(query.order_by(Workspace.id))).all()
    return {
        workspace_id: most - (_counted(db, workspace_id) if count is None else count)
        for workspace_id, count in rows
    }


def _counted(db: Session, workspace_id: str) -> int:
    """The messages that are there: once, after which they are kept count of."""
    query = (
        select(func.count())
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.workspace_id == workspace_id, Message.type != "system")
    )
    return db.scalars(query).one()


def take(left: dict[str, int], workspace_id: str) -> ChatError | None:
    """Take one message of what is left, or say why it is refused."""
    if workspace_id not in left:
        return None
    if left[workspace_id] <= 0:
        detail = (
            "The limit of messages is reached; an administrator can raise it or purge old ones."
        )
        return ChatError("quota_reached", detail)
    left[workspace_id] -= 1
    return None


def keep(db: Session, left: Mapping[str, int]) -> None:
    """Keep the count after messages were taken."""
    most = limits(db).messages or 0
    rows = [{"id": key, "message_count": most - number} for key, number in left.items()]
    update_many(db, Workspace, ["id"], rows)


def give_back(db: Session, workspace_id: str, count: int) -> None:
    """So many messages are gone; under the locks of their conversations."""
    query = update(Workspace).where(
        Workspace.id == workspace_id, Workspace.message_count.is_not(None)
    )
    fewer = query.values(message_count=Workspace.message_count - count)
    db.execute(fewer.execution_options(synchronize_session=False))


def forget(db: Session) -> None:
    """Count anew before the next message: it may have been posted without a limit meanwhile."""
    counted = update(Workspace).where(Workspace.message_count.is_not(None))
    db.execute(counted.values(message_count=None).execution_options(synchronize_session=False))
