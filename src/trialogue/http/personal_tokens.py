"""Personal access tokens: made by people for their programs."""

from fastapi import APIRouter, Response

from trialogue.core import personal_tokens, wire
from trialogue.core.arguments import CreateToken
from trialogue.http.deps import Acting, Cursor, Limit, PathId, Serving, answer, problems

router = APIRouter(prefix="/api/v1/auth/tokens", tags=["Accounts"])


@router.get("", response_model=wire.Page[wire.PersonalToken], responses=problems(401, 403))
async def list_tokens(
    serving: Serving, actor: Acting, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """One's own personal access tokens, the newest first, without their secrets; expired ones
    too. 403 when asked with a personal access token."""
    page = await serving.database.read(personal_tokens.page, actor, cursor=cursor, limit=limit)
    return answer(page)


@router.post(
    "", status_code=201, response_model=wire.NewPersonalToken, responses=problems(401, 403)
)
async def create_token(serving: Serving, actor: Acting, body: CreateToken) -> Response:
    """Make a personal access token. Its secret, `token`, is in this answer and nowhere else; it
    goes wherever an access token goes. 403 when asked with a personal access token."""
    made = await serving.database.write(
        personal_tokens.create, actor, body.name, expires_at=body.expires_at
    )
    return answer(made, 201, headers={"Cache-Control": "no-store"})


@router.delete("/{token_id}", status_code=204, responses=problems(401, 403, 404))
async def revoke_token(serving: Serving, actor: Acting, token_id: PathId) -> Response:
    """Revoke a personal access token: it is refused and its sockets are closed at once.
    403 when asked with a personal access token."""
    await serving.database.write(personal_tokens.revoke, actor, token_id)
    return Response(status_code=204)
