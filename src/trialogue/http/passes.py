"""Passes: how a browser fetches files for its pages, where no script can add a token.

A cookie that scripts cannot read, limited to the addresses of files. It opens nothing but them,
only to look at, and holds as long as the login from which it comes.
"""

from typing import Annotated

from fastapi import Depends, Request, Response

from trialogue.core import tokens, wire
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.http.deps import Serving, Token, authenticated, services

COOKIE = "trialogue_files"
PATH = "/api/v1/attachments"


def hand_out(request: Request, response: Response, grant: wire.Grant, lifetime: int) -> None:
    """Give a browser a pass with its login."""
    key = services(request).signing_key
    claims = tokens.read(grant.access_token, key)
    response.set_cookie(
        COOKIE,
        tokens.sign_pass(claims, key, lifetime=lifetime),
        max_age=lifetime,
        path=PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def take_back(response: Response) -> None:
    """Let a browser forget its pass."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


async def viewer(serving: Serving, request: Request, token: Token) -> Actor:
    """Who wants to see a file: by token as everywhere, else by pass."""
    shown = request.cookies.get(COOKIE)
    if shown is None or token is not None or "x-trusted-secret" in request.headers:
        return await authenticated(serving, request, token)
    try:
        return await serving.gate.admit_viewer(shown)
    except ChatError as error:
        if error.code == "gone":
            raise ChatError("unauthenticated", error.detail) from None
        raise


Viewing = Annotated[Actor, Depends(viewer)]
