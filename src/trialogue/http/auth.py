"""Accounts and logins: register, log in, refresh, log out."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import ValidationError
from sqlalchemy.orm import Session

from trialogue.core import invites, logins, users, wire
from trialogue.core.arguments import LogIn, Refresh, Register
from trialogue.core.errors import ChatError
from trialogue.gate.limiter import ATTEMPTS, FAILED_LOGINS, REGISTRATIONS, network
from trialogue.http import passes
from trialogue.http.deps import (
    Services,
    Serving,
    Token,
    address,
    answer,
    authenticated,
    problems,
)

router = APIRouter(prefix="/api/v1/auth", tags=["Accounts"])

COOKIE = "trialogue_refresh"
PATH = "/api/v1/auth"
MONTH = 30 * 24 * 3600


def _granted(request: Request, grant: wire.Grant, status: int = 200) -> Response:
    """The answer to a login; browsers get the refresh token as a cookie scripts cannot read."""
    response = answer(grant, status, headers={"Cache-Control": "no-store"})
    passes.hand_out(request, response, grant, MONTH)
    response.set_cookie(
        COOKIE,
        grant.refresh_token,
        max_age=MONTH,
        path=PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


async def _open(
    serving: Serving, request: Request, user_id: str, checked: str | None = None
) -> wire.Grant:
    return await serving.database.write(
        logins.open_login,
        serving.workspace_id,
        user_id,
        serving.signing_key,
        checked=checked,
        device=request.headers.get("user-agent"),
        address=address(request),
    )


@router.post(
    "/register", status_code=201, response_model=wire.Grant, responses=problems(403, 409, 429)
)
async def register(request: Request, serving: Serving, body: Register) -> Response:
    """Make an account and log in. The first account of a server becomes its owner.

    409 with code `username_taken` or `email_taken`; 403 when registration is closed, or by
    invitation only, or when the `invite` is not valid any more; 429 with code `limited`.
    """
    serving.limiter.take(REGISTRATIONS, network(address(request)))
    users.check_username(body.username)
    hashed = await asyncio.to_thread(serving.passwords.hash, body.password)
    user_id = await serving.database.write(_register, serving, body, hashed)
    return _granted(request, await _open(serving, request, user_id), 201)


def _register(db: Session, serving: Services, body: Register, hashed: str) -> str:
    if body.invite is not None and serving.registration != "closed":
        return invites.register(
            db,
            serving.workspace_id,
            body.invite,
            username=body.username,
            password_hash=hashed,
            display_name=body.display_name,
            email=body.email,
        )
    return users.register(
        db,
        serving.workspace_id,
        username=body.username,
        password_hash=hashed,
        display_name=body.display_name,
        email=body.email,
        registration=serving.registration,
    )


async def _log_in(request: Request, serving: Serving, name: str, password: str) -> Response:
    here, limiter = address(request), serving.limiter
    limiter.check(FAILED_LOGINS, network(here))
    account = await serving.database.read(logins.find_account, name, here)
    # Who guesses from elsewhere must not lock out who logs in from where they always do.
    place = network(here) if account is not None and account.is_at_home else "elsewhere"
    whose = (account.user_id if account is not None else users.fold(name.strip()), place)
    limiter.take(ATTEMPTS, *whose)
    hashed = account.password_hash if account else None
    # Unknown names cost the same time: a decoy is verified for them.
    right = await asyncio.to_thread(serving.passwords.verify, hashed, password)
    if account is None or not right:
        limiter.note(FAILED_LOGINS, network(here))
        raise ChatError("invalid_credentials", "The username or the password is wrong.")
    limiter.clear(ATTEMPTS, *whose)
    return _granted(request, await _open(serving, request, account.user_id, hashed))


@router.post("/login", response_model=wire.Grant, responses=problems(401, 429))
async def log_in(request: Request, serving: Serving, body: LogIn) -> Response:
    """Log in with username or e-mail address. 401 with code `invalid_credentials`; 429 with code
    `limited` after 10 attempts a minute at one account, or 60 failed ones from one address."""
    return await _log_in(request, serving, body.username, body.password)


@router.post("/token", response_model=wire.Grant, responses=problems(401, 429))
async def token(
    request: Request, serving: Serving, form: Annotated[OAuth2PasswordRequestForm, Depends()]
) -> Response:
    """The OAuth2 password form (RFC 6749, section 4.3); what "Authorize" on this page uses."""
    body = _checked(form)
    return await _log_in(request, serving, body.username, body.password)


def _checked(form: OAuth2PasswordRequestForm) -> LogIn:
    """The same limits as for JSON: the form's own class has none."""
    try:
        return LogIn(username=form.username, password=form.password)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(
            [{**item, "loc": ("body", *item["loc"])} for item in found]
        ) from None


@router.post("/refresh", response_model=wire.Grant, responses=problems(401))
async def refresh(
    request: Request, serving: Serving, body: Annotated[Refresh | None, Body()] = None
) -> Response:
    """Trade a refresh token, from the body or the cookie, for a new pair.

    A spent token that comes again ends its login, except within 30 s while the token that
    replaced it is unused.
    """
    secret = (body.refresh_token if body else None) or request.cookies.get(COOKIE)
    if not secret:
        raise ChatError("unauthenticated", "There is no refresh token; log in.")
    outcome = await serving.database.write(logins.refresh, secret, serving.signing_key)
    if isinstance(outcome, ChatError):
        raise outcome
    return _granted(request, outcome)


@router.post("/logout", status_code=204, responses=problems(401, 403))
async def log_out(request: Request, serving: Serving, token: Token) -> Response:
    """End this login: its tokens are refused and its sockets closed at once.

    The login is that of the access token, else that of the refresh cookie. 403 with a personal
    access token (revoke it instead), and for who came in without a login here.
    """
    secret = request.cookies.get(COOKIE)
    try:
        actor = await authenticated(serving, request, token)
    except ChatError:
        if not secret:
            raise
        await serving.database.write(logins.end_by_refresh_token, secret)
    else:
        await serving.database.write(logins.end, actor)
    response = Response(status_code=204)
    passes.take_back(response)
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
    return response
