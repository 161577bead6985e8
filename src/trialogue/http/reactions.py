"""Reactions: add, take back, see who reacted."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Response

from trialogue.core import arguments, reactions, wire
from trialogue.http.deps import (
    Acting,
    Cursor,
    Limit,
    PathId,
    Serving,
    answer,
    problems,
    with_presence,
)

router = APIRouter(prefix="/api/v1/messages/{message_id}/reactions", tags=["Messages"])
Emoji = Annotated[arguments.SoundText, Path(max_length=20, description="One emoji, as it is.")]


@router.put("/{emoji}", response_model=wire.Message, responses=problems(401, 403, 404, 409, 410))
async def add(serving: Serving, actor: Acting, message_id: PathId, emoji: Emoji) -> Response:
    """React to a message; doing it twice is doing it once. 410 when it has been recalled."""
    return answer(await serving.database.write(reactions.add, actor, message_id, emoji))


@router.delete("/{emoji}", response_model=wire.Message, responses=problems(401, 403, 404, 409, 410))
async def remove(serving: Serving, actor: Acting, message_id: PathId, emoji: Emoji) -> Response:
    """Take one's reaction back; without one nothing happens."""
    return answer(await serving.database.write(reactions.remove, actor, message_id, emoji))


@router.get("", response_model=wire.Page[wire.Reacted], responses=problems(401, 403, 404))
async def page(
    serving: Serving, actor: Acting, message_id: PathId, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Who reacted with what, the earliest first."""
    found = await serving.database.read(
        reactions.page, actor, message_id, cursor=cursor, limit=limit
    )
    people = with_presence(serving, [reacted.user for reacted in found.items])
    items = [replace(reacted, user=user) for reacted, user in zip(found.items, people, strict=True)]
    return answer(wire.Page(items, found.next_cursor))
