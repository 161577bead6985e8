"""Setting a password by a one-time link that an admin has handed out."""

import asyncio

from fastapi import APIRouter, Request, Response

from trialogue.core import resets
from trialogue.core.arguments import ResetPassword
from trialogue.gate.limiter import RESETS, network
from trialogue.http.deps import Serving, address, problems

router = APIRouter(prefix="/api/v1/auth", tags=["Accounts"])


@router.post("/reset", status_code=204, responses=problems(410, 429))
async def reset_password(request: Request, serving: Serving, body: ResetPassword) -> Response:
    """Set a password by the `token` of a one-time link. All logins of the account end.

    410 with code `gone` when the link was never made, has been used, is older than a day, or has
    been replaced; 429 with code `limited`.
    """
    serving.limiter.take(RESETS, network(address(request)))
    await serving.database.read(resets.check, body.token)  # hashing is not to be had for nothing
    hashed = await asyncio.to_thread(serving.passwords.hash, body.new_password)
    await serving.database.write(resets.use, body.token, hashed)
    return Response(status_code=204)
