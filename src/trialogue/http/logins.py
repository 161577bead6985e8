"""One's own logins: see them, end them, and change the password."""

import asyncio

from fastapi import APIRouter, Response

from trialogue.core import logins, resets, wire
from trialogue.core.arguments import ChangePassword
from trialogue.core.errors import ChatError
from trialogue.gate.limiter import ATTEMPTS
from trialogue.http.deps import Acting, Cursor, Limit, PathId, Serving, answer, problems

router = APIRouter(prefix="/api/v1/auth", tags=["Accounts"])


@router.post("/password", status_code=204, responses=problems(401, 403, 429))
async def change_password(serving: Serving, actor: Acting, body: ChangePassword) -> Response:
    """Change one's own password. All one's other logins end at once; personal tokens stay.

    401 with code `invalid_credentials` when the present password is another one; 403 with a
    personal access token or without a login here; 429 with code `limited`.
    """
    checked = await serving.database.read(logins.password_hash, actor)
    serving.limiter.take(ATTEMPTS, "password", actor.user_id)
    right = await asyncio.to_thread(serving.passwords.verify, checked, body.current_password)
    if not right:
        raise ChatError("invalid_credentials", "The present password is another one.")
    serving.limiter.clear(ATTEMPTS, "password", actor.user_id)
    hashed = await asyncio.to_thread(serving.passwords.hash, body.new_password)
    await serving.database.write(resets.change_password, actor, checked, hashed)
    return Response(status_code=204)


@router.get("/logins", response_model=wire.Page[wire.Login], responses=problems(401, 403))
async def list_logins(
    serving: Serving, actor: Acting, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """One's own logins that have not ended, the newest first. 403 with a personal token."""
    return answer(await serving.database.read(logins.page, actor, cursor=cursor, limit=limit))


@router.delete("/logins/{login_id}", status_code=204, responses=problems(401, 403, 404))
async def end_login(serving: Serving, actor: Acting, login_id: PathId) -> Response:
    """End one of one's own logins, perhaps the present one: its tokens are refused and its
    sockets closed at once. 403 with a personal token."""
    await serving.database.write(logins.end_one, actor, login_id)
    return Response(status_code=204)
