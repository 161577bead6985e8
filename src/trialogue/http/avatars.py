"""Avatars: pictures of people and rooms, made square and small here."""

import asyncio

from fastapi import APIRouter, Request, Response

from trialogue.core import conversations, profiles, wire
from trialogue.core.files import Stored
from trialogue.http import uploads
from trialogue.http.deps import Acting, PathId, Services, Serving, answer, problems, with_presence
from trialogue.http.middleware import AVATAR_LIMIT
from trialogue.store import keeping

router = APIRouter(prefix="/api/v1", tags=["Files"])


async def _stored(request: Request, serving: Services) -> Stored:
    limit = min(AVATAR_LIMIT, serving.upload_limit)
    received = await uploads.receive(request, serving.files, limit)
    return await asyncio.to_thread(serving.files.store_avatar, received.incoming)


@router.put(
    "/users/me/avatar",
    response_model=wire.Me,
    responses=problems(400, 401, 413, 415),
    openapi_extra=uploads.BODY,
)
async def put_own(request: Request, serving: Serving, actor: Acting) -> Response:
    """Give oneself a picture: PNG, JPEG, GIF, WebP or AVIF of up to 10 MB. Its middle becomes a
    square; `avatar_url` is then an address of this server. 415 for what is no such picture."""
    stored = await _stored(request, serving)
    changed = await keeping.commit(
        serving.database, serving.files, stored, profiles.set_avatar, actor, stored
    )
    return answer(with_presence(serving, [changed])[0])


@router.delete("/users/me/avatar", response_model=wire.Me, responses=problems(401))
async def remove_own(serving: Serving, actor: Acting) -> Response:
    """Have no picture any more, uploaded or not."""
    changed = await serving.database.write(profiles.set_avatar, actor, None)
    return answer(with_presence(serving, [changed])[0])


@router.put(
    "/conversations/{conversation_id}/avatar",
    response_model=wire.Conversation,
    responses=problems(400, 401, 403, 404, 409, 413, 415),
    openapi_extra=uploads.BODY,
)
async def put_of_room(
    request: Request, serving: Serving, actor: Acting, conversation_id: PathId
) -> Response:
    """Give a room a picture, as for oneself; for its owner and admins."""
    await serving.database.read(conversations.get, actor, conversation_id)
    stored = await _stored(request, serving)
    changed = await keeping.commit(
        serving.database,
        serving.files,
        stored,
        conversations.set_avatar,
        actor,
        conversation_id,
        stored,
    )
    return answer(changed)


@router.delete(
    "/conversations/{conversation_id}/avatar",
    response_model=wire.Conversation,
    responses=problems(401, 403, 404, 409),
)
async def remove_of_room(serving: Serving, actor: Acting, conversation_id: PathId) -> Response:
    """Let a room have no picture any more; for its owner and admins."""
    return answer(
        await serving.database.write(conversations.set_avatar, actor, conversation_id, None)
    )
