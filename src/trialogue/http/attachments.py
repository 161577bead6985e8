"""Attachments: upload a file, fetch it, its thumbnail, and avatars."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import StreamingResponse

from trialogue.core import attachments, files, wire
from trialogue.core.attachments import Content
from trialogue.core.errors import ChatError
from trialogue.http import ranges, uploads
from trialogue.http.deps import Acting, PathId, Services, Serving, answer, problems
from trialogue.http.passes import Viewing
from trialogue.store import keeping, kinds

router = APIRouter(prefix="/api/v1/attachments", tags=["Files"])

# Whatever a file is, it runs no script, loads nothing, and sends no form.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
}
ASK_AGAIN = "private, no-cache"  # whether one may have it still is asked each time
FOR_A_WHILE = "private, max-age=600"
FOR_EVER = "private, max-age=31536000, immutable"
IMAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "Its bytes.", "content": {"image/webp": {}}},
}
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Its bytes.", "content": {"*/*": {}}},
    206: {"description": "The part that was asked for by `Range`."},
    304: {"description": "It is the one of `If-None-Match`."},
}


@router.post(
    "",
    status_code=201,
    response_model=wire.Attachment,
    responses=problems(400, 401, 413, 415),
    openapi_extra=uploads.BODY,
)
async def upload(request: Request, serving: Serving, actor: Acting) -> Response:
    """Upload a file, to be sent with a message by `attachment_ids`. Until then only who uploaded
    it may fetch it; what is not sent within a day (a setting) is deleted.

    Its type is told by its content. From pictures the notes of cameras are taken, the place among
    them. 413 with code `too_large` beyond 100 MB (a setting), 415 with code `unsupported_type`
    where the server does not take files of this type.
    """
    received = await uploads.receive(request, serving.files, serving.upload_limit)
    stored = await asyncio.to_thread(serving.files.store, received.incoming, received.file_name)
    kept = await keeping.commit(serving.database, serving.files, stored, files.keep, actor, stored)
    return answer(kept, 201)


@router.get(
    "/{attachment_id}/content",
    response_class=Response,
    responses={**BYTES, **problems(401, 404, 410, 416)},
)
async def content(
    request: Request, serving: Serving, actor: Viewing, attachment_id: PathId
) -> Response:
    """The file, for members of its conversation; before it is sent, for who uploaded it. Ranges
    and `If-None-Match` are understood. 410 once its message was recalled.

    By token, or by the cookie that comes with a login and is limited to these addresses.
    """
    found = await serving.database.read(attachments.open_file, actor, attachment_id)
    return await _sent(request, serving, found, ASK_AGAIN)


@router.get(
    "/{attachment_id}/thumbnail",
    response_class=Response,
    responses={**IMAGE, **problems(401, 404, 410)},
)
async def thumbnail(serving: Serving, actor: Viewing, attachment_id: PathId) -> Response:
    """A small WebP of a picture, its longer side 640 pixels at the most; for whom the file is."""
    found = await serving.database.read(attachments.open_file, actor, attachment_id)
    small = await asyncio.to_thread(serving.files.open_thumbnail, found.thumbnail)
    headers = {**SAFE, "Cache-Control": FOR_A_WHILE}
    return Response(small, media_type="image/webp", headers=headers)


@router.get(
    "/{attachment_id}/avatar",
    response_class=Response,
    responses={**BYTES, **problems(401, 404, 416)},
)
async def avatar(
    request: Request, serving: Serving, actor: Viewing, attachment_id: PathId
) -> Response:
    """A picture of a person or a room, for everyone in the workspace: where `avatar_url` leads.
    Each change of an avatar is a new address; what is at one never changes."""
    found = await serving.database.read(attachments.open_avatar, actor, attachment_id)
    return await _sent(request, serving, found, FOR_EVER)


async def _sent(request: Request, serving: Services, found: Content, caching: str) -> Response:
    """A file as it is sent: shown in a page only where that is safe, else saved."""
    kind, inline = kinds.served_as(found.mime_type)
    tag = f'"{found.checksum}"'
    headers = {
        **SAFE,
        "Accept-Ranges": "bytes",
        "Cache-Control": caching,
        "Content-Disposition": disposition(found.file_name, inline=inline),
        "ETag": tag,
    }
    if found.checksum is None:
        del headers["ETag"]
    elif ranges.is_known(request.headers, tag):
        return Response(status_code=304, headers=headers)
    try:
        part = ranges.chosen(request.headers, found.file_size, tag)
    except ranges.Unsatisfiable:
        size = {"Content-Range": f"bytes */{found.file_size}"}
        raise HTTPException(416, "The file has no such part.", headers=size) from None
    if part.partial:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{found.file_size}"
    headers["Content-Length"] = str(part.stop - part.start)
    pieces = await _pieces(request, serving, found, part)
    return StreamingResponse(pieces, 206 if part.partial else 200, headers, media_type=kind)


async def _pieces(
    request: Request, serving: Services, found: Content, part: ranges.Part
) -> Iterator[bytes]:
    if request.scope.get("bodiless"):
        return iter(())
    try:
        return await asyncio.to_thread(serving.files.read, found.path, part.start, part.stop)
    except ChatError as error:
        if error.code == "not_found":  # a file that the program keeps where this server is not
            raise ChatError("not_found", "This file is not kept on this server.") from None
        raise


def disposition(file_name: str, *, inline: bool) -> str:
    """How a browser is to take a file (RFC 6266): its name twice, for those who know only ASCII."""
    plain = "".join(each if each.isascii() and each not in '"\\%' else "_" for each in file_name)
    encoded = quote(file_name, safe="")
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
