"""Attachments: who may fetch a file, and how the trusted library adds one to a message."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from trialogue.core import checks, files, members, messages, policy, trusted, views, wire
from trialogue.core.errors import ChatError
from trialogue.core.files import Stored
from trialogue.core.models import Attachment, Conversation, Member, Message
from trialogue.core.policy import Actor
from trialogue.core.sql import new_id


@dataclass(frozen=True, slots=True)
class Content:
    """What is needed to send a file to someone who may have it; `checksum` of its bytes."""

    file_name: str
    file_size: int
    mime_type: str
    checksum: str | None
    path: str
    thumbnail: str | None


def _unknown() -> ChatError:
    return ChatError("not_found", "There is no such file.")


def open_file(db: Session, actor: Actor, file_id: str) -> Content:
    """A file for a member of its conversation, and before it is sent for who uploaded it.

    Raises ChatError `not_found` for everyone else, and `gone` when its message was recalled.
    """
    row = _find(db, actor, file_id, "file")
    if row.message_id is None:
        if row.user_id != actor.user_id or row.removed_at is not None:
            raise _unknown()
        return _content(row)
    me = _membership(db, actor, row)
    if row.removed_at is not None:
        raise ChatError("gone", "This file is gone: its message was recalled.")
    seq = db.scalar(select(Message.seq).where(Message.id == row.message_id))
    if seq is None or seq < me.visible_from_seq:
        raise _unknown()
    return _content(row)


def open_avatar(db: Session, actor: Actor, file_id: str) -> Content:
    """An avatar, for everyone in the workspace; ChatError `not_found`."""
    row = _find(db, actor, file_id, "avatar")
    if row.removed_at is not None:
        raise _unknown()
    return _content(row)


def _find(db: Session, actor: Actor, file_id: str, kind: str) -> Attachment:
    query = select(Attachment).where(
        Attachment.id == file_id,
        Attachment.workspace_id == actor.workspace_id,
        Attachment.kind == kind,
    )
    row = db.scalar(query)
    if row is None:
        raise _unknown()
    return row


def _membership(db: Session, actor: Actor, row: Attachment) -> Member:
    try:
        return members.require(db, actor, row.conversation_id or "")
    except ChatError:
        # The same words for all: a file of a room must not be told from one that is none.
        raise _unknown() from None


def _content(row: Attachment) -> Content:
    return Content(
        row.file_name,
        row.file_size,
        row.mime_type,
        row.checksum,
        row.path,
        row.thumbnail,
    )


# What the trusted library does -----------------------------------------------------------------


def add(
    db: Session, message_id: str, file_name: str, file_size: int, mime_type: str, file_path: str
) -> wire.StoredAttachment:
    """Attach a file that the program keeps itself, at `file_path`; nothing of it is read.

    Raises ChatError `invalid`, `not_found`, `gone`, and `conflict` as `attach`.
    """
    path = checks.long_text(file_path, "file_path", 1024)
    if not path:
        raise ChatError("invalid", "file_path must not be empty.", field="file_path")
    size = checks.count(file_size, "file_size")
    stored = Stored(new_id(), check_name(file_name), size, check_type(mime_type), None, path)
    return attach(db, message_id, stored)


def check_name(file_name: object) -> str:
    """The name under which a file is shown; ChatError `invalid` where there is none."""
    given = checks.text(file_name, "file_name")
    if not given.strip():
        raise ChatError("invalid", "file_name must not be empty.", field="file_name")
    return files.clean_name(given)


def check_type(mime_type: object) -> str:
    """A media type in lower case; ChatError `invalid`."""
    given = checks.long_text(mime_type, "mime_type", 127).strip().lower()
    if given.count("/") != 1 or not given.isascii() or not given.isprintable() or " " in given:
        detail = f"mime_type is a media type as image/png, not {given!r}."
        raise ChatError("invalid", detail, field="mime_type")
    return given


def attach(db: Session, message_id: str, stored: Stored) -> wire.StoredAttachment:
    """Give a message that is there one more file; those who see it hear of the change.

    Raises ChatError `not_found`, `gone` for a recalled message, and `conflict` for one of the
    server's, one with 10 files already, or in an archived conversation.
    """
    conversation, message = _hold(db, message_id)
    policy.must_be_open(conversation)
    messages.must_stand(message)
    meta = views.meta(message.meta)
    kept = list(meta.get("attachments", ()))
    if meta.get("notice"):
        raise ChatError("conflict", "What the server records has no files.", field="message_id")
    if len(kept) >= files.MOST:
        raise ChatError("conflict", f"A message has at most {files.MOST} files.")
    row = files.add(
        db,
        conversation.workspace_id,
        message.sender_id,
        stored,
        conversation_id=conversation.id,
        message_id=message.id,
    )
    meta["attachments"] = [*kept, views.file_of(files.shown(row))]
    message.meta = cast(dict[str, object], meta)
    messages.touch(db, conversation, message)
    return _stored(row)


def _hold(db: Session, message_id: str) -> tuple[Conversation, Message]:
    """The message, under the lock of its conversation."""
    found = trusted.row_of(db, message_id)
    conversation = members.lock(db, found.conversation_id)
    return conversation, db.get_one(Message, found.id, populate_existing=True)


def listed(db: Session, message_id: str) -> list[wire.StoredAttachment]:
    """The files of a message in the order of their adding; ChatError `not_found`."""
    message = trusted.row_of(db, message_id)
    ids = [kept["id"] for kept in views.meta(message.meta).get("attachments", ())]
    rows = {row.id: row for row in db.scalars(select(Attachment).where(Attachment.id.in_(ids)))}
    return [_stored(rows[file_id]) for file_id in ids if file_id in rows]


def detach(db: Session, attachment_id: str) -> bool:
    """Take a file from its message; tell whether it was there.

    Raises ChatError `invalid`, and `conflict` in an archived conversation, or where nothing
    would be left of the message.
    """
    file_id = checks.identifier(attachment_id, "attachment_id")
    row = db.get(Attachment, file_id)
    if row is None or row.message_id is None:
        return False
    conversation, message = _hold(db, row.message_id)
    meta = views.meta(message.meta)
    kept = [each for each in meta.get("attachments", ()) if each["id"] != file_id]
    if len(kept) == len(meta.get("attachments", ())):
        return False
    policy.must_be_open(conversation)
    if not kept and not message.content:
        raise ChatError("conflict", "Nothing would be left of this message; delete it instead.")
    meta["attachments"] = kept
    if not kept:
        del meta["attachments"]
    message.meta = cast(dict[str, object], meta) or None
    files.let_go_of(db, [file_id])
    messages.touch(db, conversation, message)
    return True


def get(db: Session, attachment_id: str) -> wire.StoredAttachment:
    """One file of a message, which has not been recalled; ChatError `invalid`, `not_found`."""
    file_id = checks.identifier(attachment_id, "attachment_id")
    row = db.get(Attachment, file_id)
    if row is None or row.message_id is None or row.removed_at is not None:
        detail = f"There is no attachment {file_id}."
        raise ChatError("not_found", detail, field="attachment_id")
    return _stored(row)


def _stored(row: Attachment) -> wire.StoredAttachment:
    seen = files.shown(row)
    fields = {name: getattr(seen, name) for name in wire.Attachment.__dataclass_fields__}
    return wire.StoredAttachment(
        **fields,
        message_id=row.message_id or "",
        file_path=row.path,
        thumbnail_path=row.thumbnail,
        checksum=row.checksum,
        created_at=row.created_at,
    )
