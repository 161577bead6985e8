"""Passes: how a browser fetches files for its pages, where no script can add a token.

A cookie that scripts cannot read, limited to the addresses of files. It opens nothing but them,
only to look at, and holds as long as the login from which it comes.
"""

from typing import Annotated

from fastapi import Depends, Request, Response

from trialogue.core import tokens, wire
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.http.deps import Serving, Token, authenticated, count_call, services_of

COOKIE = "trialogue_files"
PATH = "/api/v1/attachments"


def hand_out(request: Request, response: Response, grant: wire.Grant, lifetime: int) -> None:
    """Give a browser a pass with its login, for `lifetime` seconds."""
    key = services_of(request).signing_key
    signed = tokens.sign_pass(tokens.read(grant.access_token, key), key, lifetime=lifetime)
    _set(response, signed, lifetime, secure=request.url.scheme == "https")


def take_back(response: Response) -> None:
    """Let a browser forget its pass."""
    _set(response, "", 0, secure=False)


def _set(response: Response, value: str, lifetime: int, *, secure: bool) -> None:
    # SameSite comes last: programs that join several of these lines by commas, and read them as
    # one, then still find the cookie that follows.
    flags = "HttpOnly; Secure" if secure else "HttpOnly"
    line = f"{COOKIE}={value}; Path={PATH}; Max-Age={lifetime}; {flags}; SameSite=strict"
    response.headers.append("set-cookie", line)


async def viewer(serving: Serving, request: Request, token: Token) -> Actor:
    """Who wants to see a file: by token as everywhere, else by pass."""
    shown = request.cookies.get(COOKIE)
    if shown is None or token is not None or "x-trusted-secret" in request.headers:
        return await authenticated(serving, request, token)
    try:
        actor = await serving.gate.admit_viewer(shown)
    except ChatError as error:
        if error.code == "gone":
            raise ChatError("unauthenticated", error.detail) from None
        raise
    count_call(serving, request, actor)
    return actor


Viewing = Annotated[Actor, Depends(viewer)]
