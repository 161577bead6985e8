"""The workspace: those who share rooms and a directory. One per server for now."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core.limits import now
from trialogue.core.models import Workspace
from trialogue.core.sql import insert_new, new_id

DEFAULT = "default"


def find_default(db: Session) -> str | None:
    """The id of the server's workspace; None in a database where nothing has been made yet."""
    return db.scalar(select(Workspace.id).where(Workspace.key == DEFAULT))


def ensure_default(db: Session) -> str:
    """The id of the server's workspace, which is made on first sight."""
    found = find_default(db)
    if found is None:
        row = {"id": new_id(), "key": DEFAULT, "name": "Trialogue", "settings": {}}
        insert_new(db, Workspace, {**row, "generation": 1, "created_at": now(db)})
        found = db.scalars(select(Workspace.id).where(Workspace.key == DEFAULT)).one()
    return found


def generation(db: Session, workspace_id: str) -> int:
    """Rises when a backup is restored: clients then start afresh."""
    query = select(Workspace.generation).where(Workspace.id == workspace_id)
    return db.scalars(query).one()
