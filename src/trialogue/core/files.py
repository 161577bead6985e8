"""Files: what is kept of an upload, how a message takes it, and when it is let go.

Bytes are never touched here: what is let go is deleted by the clean-up, after the commit.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from trialogue.core import kept, wire
from trialogue.core.errors import ChatError
from trialogue.core.limits import now
from trialogue.core.models import Attachment
from trialogue.core.policy import Actor
from trialogue.core.sql import changed_rows, locked, update_many

MOST = 10  # files of one message
# Pictures that browsers show, and that nothing can run in.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
LONGEST_NAME = 200  # characters
Kind = Literal["file", "avatar"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file whose bytes are in the storage, and of which the database knows nothing yet.

    `path` and `thumbnail` are its places there; `checksum` is its SHA-256 in hexadecimal.
    """

    id: str
    file_name: str
    file_size: int
    mime_type: str
    checksum: str | None
    path: str
    thumbnail: str | None = None
    width: int | None = None
    height: int | None = None


def place(file_id: str) -> str:
    """Where the bytes of a file of ours are in the storage."""
    return f"files/{file_id[-2:]}/{file_id}"


def place_of_thumbnail(file_id: str) -> str:
    """Where the bytes of its thumbnail are."""
    return f"thumbnails/{file_id[-2:]}/{file_id}"


_CONTROLS = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # line breaks, and what turns a name around


def clean_name(name: str) -> str:
    """A file's name as it can be shown and saved anywhere: its last part, in one line, of at most
    200 characters, of which the ending stays."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(each for each in last if unicodedata.category(each) not in _CONTROLS)
    seen = re.sub(r'[<>:"|?*]', "_", seen).strip().strip(".").strip()
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > LONGEST_NAME and stem and len(ending) <= 20:
        seen = stem[: LONGEST_NAME - len(ending) - 1] + dot + ending
    return seen[:LONGEST_NAME] or "file"


def keep(db: Session, actor: Actor, stored: Stored, kind: Kind = "file") -> wire.Attachment:
    """Keep a file whose bytes are there: an upload of `actor`, until a message takes it."""
    row = add(db, actor.workspace_id, actor.user_id, stored, kind=kind)
    return shown(row)


def add(
    db: Session,
    workspace_id: str,
    user_id: str,
    stored: Stored,
    *,
    kind: Kind = "file",
    conversation_id: str | None = None,
    message_id: str | None = None,
) -> Attachment:
    """The row of a file."""
    row = Attachment(
        id=stored.id,
        workspace_id=workspace_id,
        user_id=user_id,
        kind=kind,
        conversation_id=conversation_id,
        message_id=message_id,
        file_name=stored.file_name,
        file_size=stored.file_size,
        mime_type=stored.mime_type,
        checksum=stored.checksum,
        path=stored.path,
        thumbnail=stored.thumbnail,
        width=stored.width,
        height=stored.height,
        created_at=now(db),
    )
    db.add(row)
    db.flush()
    return row


def shown(row: Attachment) -> wire.Attachment:
    """A file as those see it who may."""
    return kept.attachment(
        kept.File(
            id=row.id,
            file_name=row.file_name,
            file_size=row.file_size,
            mime_type=row.mime_type,
            width=row.width,
            height=row.height,
            thumbnail=row.thumbnail is not None,
        )
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the bytes of a file are, and what they are."""

    id: str
    path: str
    file_name: str
    file_size: int
    mime_type: str


def kept_as(db: Session, file_ids: Collection[str]) -> list[Kept]:
    """Those of these files that are not gone, for the server itself: who may see them is known."""
    query = select(
        Attachment.id,
        Attachment.path,
        Attachment.file_name,
        Attachment.file_size,
        Attachment.mime_type,
    ).where(Attachment.id.in_(file_ids), Attachment.removed_at.is_(None))
    return [Kept(*row) for row in db.execute(query)]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is free to be sent by who uploaded it."""

    user_id: str
    shown: wire.Attachment


def load(db: Session, file_ids: Collection[str]) -> dict[str, Upload]:
    """Those of these files that no message has taken, locked until the end of the transaction:
    another one that wants them waits, and finds them taken. Asks nothing without any."""
    if not file_ids:
        return {}
    query = select(Attachment).where(
        Attachment.id.in_(set(file_ids)),
        Attachment.kind == "file",
        Attachment.message_id.is_(None),
        Attachment.removed_at.is_(None),
    )
    ordered = locked(query.order_by(Attachment.id)).execution_options(populate_existing=True)
    return {row.id: Upload(row.user_id, shown(row)) for row in db.scalars(ordered)}


def refusal(
    free: dict[str, Upload], user_id: str, file_ids: Sequence[str], type_: wire.MessageType | None
) -> ChatError | None:
    """Why a message of this type cannot take these files."""
    if len(file_ids) > MOST:
        detail = f"A message has at most {MOST} files."
        return ChatError("invalid", detail, field="attachment_ids")
    for file_id in file_ids:
        if file_id not in free or free[file_id].user_id != user_id:
            detail = "There is no such upload of yours: it was sent already, or has expired."
            return ChatError("invalid", detail, field="attachment_ids")
    taken = [free[file_id].shown for file_id in file_ids]
    if type_ == "image" and taken and type_of(taken) != "image":
        detail = "All files of a message of type image must be pictures that browsers show."
        return ChatError("invalid", detail, field="type")
    return None


def type_of(taken: Sequence[wire.Attachment]) -> wire.MessageType:
    """The type of a message with these files."""
    if not taken:
        return "text"
    return "image" if all(each.mime_type in PICTURES for each in taken) else "file"


def give(db: Session, fresh: Sequence[wire.LiveMessage]) -> None:
    """Let new messages have their files: one statement for all of them, none without any."""
    rows = [
        {"id": each.id, "message_id": live.id, "conversation_id": live.conversation_id}
        for live in fresh
        for each in live.attachments
    ]
    update_many(db, Attachment, ["id"], rows)


def let_go(db: Session, message_ids: Collection[str]) -> None:
    """The files of these messages are gone: nobody gets them from the commit on."""
    of_these = update(Attachment).where(
        Attachment.message_id.in_(message_ids), Attachment.removed_at.is_(None)
    )
    changed_rows(db, of_these.values(removed_at=now(db)))


def let_go_of(db: Session, file_ids: Collection[str]) -> None:
    """These files are gone, whatever becomes of their messages."""
    these = update(Attachment).where(Attachment.id.in_(file_ids), Attachment.removed_at.is_(None))
    changed_rows(db, these.values(removed_at=now(db)))


# What the clean-up asks ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gone:
    """A file that is gone, and the places of its bytes; those of others are not ours to delete."""

    id: str
    places: tuple[str, ...]


def drop_unsent(db: Session, before: datetime, *, most: int = 500) -> int:
    """Let go of uploads that were made before `before` and never sent; how many."""
    unsent = (
        select(Attachment.id)
        .where(
            Attachment.message_id.is_(None),
            Attachment.created_at < before,
            Attachment.kind == "file",
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.id)
        .limit(most)
    )
    found = db.scalars(locked(unsent, skip=True)).all()  # one that is being sent just now stays
    if not found:
        return 0
    gone = update(Attachment).where(Attachment.id.in_(found), Attachment.message_id.is_(None))
    return changed_rows(db, gone.values(removed_at=now(db)))


def page_gone(db: Session, *, most: int = 500) -> list[Gone]:
    """Files that are gone, whose bytes may still be there."""
    query = (
        select(Attachment.id, Attachment.path, Attachment.thumbnail)
        .where(Attachment.removed_at.is_not(None))
        .order_by(Attachment.removed_at)
        .limit(most)
    )
    return [Gone(row.id, _ours(row.id, row.path, row.thumbnail)) for row in db.execute(query)]


def _ours(file_id: str, *places: str | None) -> tuple[str, ...]:
    made = (place(file_id), place_of_thumbnail(file_id))
    return tuple(each for each in places if each in made)


def forget(db: Session, file_ids: Collection[str]) -> None:
    """The bytes of these files are deleted: nothing is kept of them any more."""
    changed_rows(db, delete(Attachment).where(Attachment.id.in_(file_ids)))


def known(db: Session, file_ids: Collection[str]) -> set[str]:
    """Those of these files that the database knows, gone or not."""
    return set(db.scalars(select(Attachment.id).where(Attachment.id.in_(file_ids))))
