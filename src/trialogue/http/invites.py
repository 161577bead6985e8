"""Invites: links by which people register."""

from fastapi import APIRouter, Request, Response

from trialogue.core import invites, wire
from trialogue.core.arguments import CreateInvite
from trialogue.http.deps import Acting, Cursor, Limit, PathId, Serving, answer, origin, problems

router = APIRouter(prefix="/api/v1/invites", tags=["Administration"])


@router.get("", response_model=wire.Page[wire.Invite], responses=problems(401, 403))
async def list_invites(
    request: Request, serving: Serving, actor: Acting, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """All invites that were not revoked, the newest first; for owners and admins."""
    page = await serving.database.read(
        invites.page, actor, origin(request), cursor=cursor, limit=limit
    )
    return answer(page)


@router.post(
    "", status_code=201, response_model=wire.Invite, responses=problems(401, 403, 404, 409)
)
async def create_invite(
    request: Request, serving: Serving, actor: Acting, body: CreateInvite
) -> Response:
    """Make an invite; for owners and admins. With `conversation_id` it leads into a room: a
    public one, or one of which one is a member (else 404 or 403 `not_member`; 409 when it is
    archived or no room)."""
    made = await serving.database.write(
        invites.create,
        actor,
        origin(request),
        expires_at=body.expires_at,
        uses=body.uses,
        conversation_id=body.conversation_id,
    )
    return answer(made, 201)


@router.delete("/{invite_id}", status_code=204, responses=problems(401, 403, 404))
async def revoke_invite(serving: Serving, actor: Acting, invite_id: PathId) -> Response:
    """Revoke an invite: nobody registers by it any more; for owners and admins."""
    await serving.database.write(invites.revoke, actor, invite_id)
    return Response(status_code=204)
