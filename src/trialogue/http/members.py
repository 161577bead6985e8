"""Who is in a conversation: list, add, remove, roles, join and leave, one's own settings."""

from fastapi import APIRouter, Response

from trialogue.core import members, preferences, wire
from trialogue.core.arguments import AddMember, ChangeRole, SetPreferences
from trialogue.http.deps import (
    Acting,
    Cursor,
    Limit,
    PathId,
    Serving,
    answer,
    members_with_presence,
    peers_with_presence,
    problems,
)

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["Members"])


@router.get("/members", response_model=wire.Page[wire.Member], responses=problems(401, 403, 404))
async def page(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The present members, with their roles and who of them is online."""
    found = await serving.database.read(
        members.page, actor, conversation_id, cursor=cursor, limit=limit
    )
    return answer(wire.Page(members_with_presence(serving, found.items), found.next_cursor))


@router.post(
    "/members",
    status_code=201,
    response_model=wire.Member,
    responses=problems(401, 403, 404, 409),
)
async def add(
    serving: Serving, actor: Acting, conversation_id: PathId, body: AddMember
) -> Response:
    """Add a person to a room. 409 with code `already_member`."""
    added = await serving.database.write(
        members.add, actor, conversation_id, body.user_id, role=body.role
    )
    return answer(members_with_presence(serving, [added])[0], 201)


@router.patch(
    "/members/{user_id}",
    response_model=wire.Member,
    responses=problems(401, 403, 404, 409),
)
async def change_role(
    serving: Serving, actor: Acting, conversation_id: PathId, user_id: PathId, body: ChangeRole
) -> Response:
    """Change a member's role; with `owner` the room is handed over."""
    changed = await serving.database.write(
        members.change_role, actor, conversation_id, user_id, body.role
    )
    return answer(members_with_presence(serving, [changed])[0])


@router.delete("/members/{user_id}", status_code=204, responses=problems(401, 403, 404, 409))
async def remove(
    serving: Serving, actor: Acting, conversation_id: PathId, user_id: PathId
) -> Response:
    """Remove a member: they hear nothing of the room from this moment on."""
    await serving.database.write(members.remove, actor, conversation_id, user_id)
    return Response(status_code=204)


@router.post("/join", response_model=wire.Member, responses=problems(401, 403, 404, 409))
async def join(serving: Serving, actor: Acting, conversation_id: PathId) -> Response:
    """Join a public room. 409 with code `already_member`."""
    joined = await serving.database.write(members.join, actor, conversation_id)
    return answer(members_with_presence(serving, [joined])[0])


@router.post("/leave", status_code=204, responses=problems(401, 403, 404, 409))
async def leave(serving: Serving, actor: Acting, conversation_id: PathId) -> Response:
    """Leave a room. An owner's room goes to the next in rank, then to the longest member."""
    await serving.database.write(members.leave, actor, conversation_id)
    return Response(status_code=204)


@router.patch("/me", response_model=wire.Conversation, responses=problems(401, 403, 404))
async def preferences_of_mine(
    serving: Serving, actor: Acting, conversation_id: PathId, body: SetPreferences
) -> Response:
    """What one wants to be told of, and whether the conversation is pinned in one's list."""
    changed = await serving.database.write(
        preferences.change, actor, conversation_id, notify=body.notify, pinned=body.pinned
    )
    return answer(peers_with_presence(serving, [changed])[0])
