"""What a message's row keeps of what is shown with it (`Message.meta`), so that a page of history
needs no further statement: from and to the wire types.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import NotRequired, TypedDict, cast

from trialogue.core import wire


class AttemptMeta(TypedDict):
    """`wire.ReplyAttempt` as a dict."""

    provider: str
    model: str | None
    error: str
    ms: int


class UsageMeta(TypedDict):
    """`wire.ReplyUsage` as a dict."""

    input_tokens: int
    output_tokens: int
    cost: float | None
    estimated: bool


class ErrorMeta(TypedDict):
    """`wire.ReplyError` as a dict."""

    code: str
    detail: str
    retry_after: int | None


class ReplyMeta(TypedDict):
    """`wire.Reply` as a dict."""

    id: str
    state: wire.ReplyState
    assistant_id: str
    trigger_id: str
    version: int
    attempt: int
    provider: str | None
    model: str | None
    attempts: Sequence[AttemptMeta]
    usage: UsageMeta | None
    error: ErrorMeta | None
    finish: NotRequired[wire.Finish | None]
    ended_at: NotRequired[str | None]


class Meta(TypedDict, total=False):
    """What a message's row keeps of what is shown with it (`Message.meta`)."""

    mentions: list[str]
    everyone: bool
    notice: dict[str, str | None]
    reply: ReplyMeta
    reactions: Sequence[tuple[str, int]]
    attachments: list["File"]


class File(TypedDict):
    """What a message's row keeps of one of its files; `thumbnail`: whether there is one."""

    id: str
    file_name: str
    file_size: int
    mime_type: str
    width: int | None
    height: int | None
    thumbnail: bool


def meta(kept: object) -> Meta:
    """A copy of what a row keeps, empty where it keeps nothing."""
    return cast(Meta, dict(cast(Mapping[str, object], kept or {})))


def attachment(kept: File) -> wire.Attachment:
    """A file of a message, with its addresses on this server."""
    address = f"/api/v1/attachments/{kept['id']}"
    return wire.Attachment(
        id=kept["id"],
        file_name=kept["file_name"],
        file_size=kept["file_size"],
        mime_type=kept["mime_type"],
        width=kept["width"],
        height=kept["height"],
        url=f"{address}/content",
        thumbnail_url=f"{address}/thumbnail" if kept["thumbnail"] else None,
    )


def file_of(shown: wire.Attachment) -> File:
    """What is kept of a file that is shown."""
    return File(
        id=shown.id,
        file_name=shown.file_name,
        file_size=shown.file_size,
        mime_type=shown.mime_type,
        width=shown.width,
        height=shown.height,
        thumbnail=shown.thumbnail_url is not None,
    )


def notice_of(kept: Mapping[str, str | None]) -> wire.Notice:
    """What a system message records, as it was kept."""
    event = cast(wire.NoticeEvent, kept["event"])
    return wire.Notice(event, kept["user_id"], kept["name"], kept["value"])


def reply_meta(reply: wire.Reply) -> ReplyMeta:
    """What the row of a message keeps of its reply."""
    ended = reply.ended_at.isoformat() if reply.ended_at else None
    return cast(ReplyMeta, {**asdict(reply), "ended_at": ended})


def reply_of(kept: ReplyMeta, attempt: int) -> wire.Reply:
    """A reply as it was kept; its attempt is that of the text beside it, which checkpoints move."""
    usage, error, ended = kept["usage"], kept["error"], kept.get("ended_at")
    return wire.Reply(
        id=kept["id"],
        state=kept["state"],
        assistant_id=kept["assistant_id"],
        trigger_id=kept["trigger_id"],
        version=kept["version"],
        attempt=attempt,
        provider=kept["provider"],
        model=kept["model"],
        attempts=[wire.ReplyAttempt(**attempt) for attempt in kept["attempts"]],
        usage=wire.ReplyUsage(**usage) if usage else None,
        error=wire.ReplyError(**error) if error else None,
        finish=kept.get("finish"),
        ended_at=datetime.fromisoformat(ended) if ended else None,
    )


def meta_of(live: wire.LiveMessage) -> Meta | None:
    """What the row of a message keeps of what is shown with it; None where there is nothing."""
    meta = Meta()
    if live.mentions:
        meta["mentions"] = list(live.mentions)
    if live.mentions_all:
        meta["everyone"] = True
    if live.notice is not None:
        meta["notice"] = asdict(live.notice)
    if live.reply is not None:
        meta["reply"] = reply_meta(live.reply)
    if live.reactions:
        meta["reactions"] = [(reaction.emoji, reaction.count) for reaction in live.reactions]
    if live.attachments:
        meta["attachments"] = [file_of(shown) for shown in live.attachments]
    return meta or None
