"""Avatars that were uploaded: pictures of people and rooms, of which each change is a new file.

Their addresses are new with each picture and never change what they show. Other avatars are
https addresses of elsewhere (`profiles`).
"""

import re

from sqlalchemy import update
from sqlalchemy.orm import Session

from trialogue.core import files
from trialogue.core.files import Stored
from trialogue.core.limits import now
from trialogue.core.models import Attachment
from trialogue.core.policy import Actor
from trialogue.core.sql import changed_rows

_OURS = re.compile(r"/api/v1/attachments/([0-9a-f-]{36})/avatar")


def address(file_id: str) -> str:
    """Where browsers find an uploaded avatar."""
    return f"/api/v1/attachments/{file_id}/avatar"


def replace(db: Session, actor: Actor, former: str | None, stored: Stored | None) -> str | None:
    """The address of a new avatar (None: of none any more); the former one is let go."""
    let_go(db, former)
    if stored is None:
        return None
    files.keep(db, actor, stored, kind="avatar")
    return address(stored.id)


def let_go(db: Session, former: str | None) -> None:
    """An avatar is not used any more: where it was uploaded, its file is gone."""
    found = _OURS.fullmatch(former or "")
    if found is None:
        return
    gone = update(Attachment).where(Attachment.id == found[1], Attachment.kind == "avatar")
    changed_rows(db, gone.values(removed_at=now(db)))
