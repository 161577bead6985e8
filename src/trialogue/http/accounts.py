"""User administration: what owners and admins do with the accounts of the workspace."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response

from trialogue.core import accounts, arguments, users, wire
from trialogue.core.arguments import ChangeAccount, CreateAccount, SetPassword
from trialogue.http.deps import (
    Acting,
    Cursor,
    Limit,
    PathId,
    Serving,
    answer,
    origin,
    problems,
    with_presence,
)

router = APIRouter(prefix="/api/v1/admin/users", tags=["Administration"])
FIELDS = frozenset({"display_name", "username", "email"})
Search = Annotated[
    arguments.SoundText,
    Query(max_length=100, description="Any part of username, display name or e-mail address."),
]
Role = Annotated[wire.WorkspaceRole | None, Query(description="Only those with this role.")]
InState = Annotated[
    accounts.State | None,
    Query(description="Only those in this state; left out: all but removed ones."),
]


@router.get("", response_model=wire.Page[wire.Account], responses=problems(401, 403))
async def list_accounts(
    serving: Serving,
    actor: Acting,
    query: Search = "",
    role: Role = None,
    state: InState = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """All accounts in the order of their making, deactivated ones too; for owners and admins."""
    page = await serving.database.read(
        accounts.page, actor, query=query, role=role, state=state, cursor=cursor, limit=limit
    )
    return answer(wire.Page(with_presence(serving, page.items), page.next_cursor))


@router.post("", status_code=201, response_model=wire.NewAccount, responses=problems(401, 403, 409))
async def create_account(
    request: Request, serving: Serving, actor: Acting, body: CreateAccount
) -> Response:
    """Make an account; for owners and admins, whatever registration is set to.

    Without a `password` the answer has `reset`, a one-time link by which the person sets one.
    Only owners make owners and admins (403). 409 with code `username_taken` or `email_taken`.
    """
    users.check_username(body.username)
    hashed = None
    if body.password is not None:
        hashed = await asyncio.to_thread(serving.passwords.hash, body.password)
    made = await serving.database.write(
        accounts.create,
        actor,
        username=body.username,
        password_hash=hashed,
        display_name=body.display_name,
        email=body.email,
        role=body.role,
        origin=origin(request),
    )
    return answer(made, 201, headers={"Cache-Control": "no-store"})


@router.get("/{user_id}", response_model=wire.Account, responses=problems(401, 403, 404))
async def read_account(serving: Serving, actor: Acting, user_id: PathId) -> Response:
    """One account; for owners and admins."""
    found = await serving.database.read(accounts.get, actor, user_id)
    return answer(with_presence(serving, [found])[0])


@router.patch("/{user_id}", response_model=wire.Account, responses=problems(401, 403, 404, 409))
async def change_account(
    serving: Serving, actor: Acting, user_id: PathId, body: ChangeAccount
) -> Response:
    """Change an account; for owners, and for admins where the account stands below admin.

    `is_active: false` deactivates: logins, personal tokens and sockets end at once, messages
    stay. 409 with code `last_owner` when no owner would be left, `username_taken`,
    `email_taken`.
    """
    given = body.model_dump(exclude_unset=True, include=set(FIELDS))
    changed = await serving.database.write(
        accounts.change, actor, user_id, given, role=body.role, is_active=body.is_active
    )
    return answer(with_presence(serving, [changed])[0])


@router.delete("/{user_id}", status_code=204, responses=problems(401, 403, 404, 409))
async def remove_account(serving: Serving, actor: Acting, user_id: PathId) -> Response:
    """Remove an account for good; for owners, and for admins where it stands below admin.

    Its messages remain, under "Removed user"; it leaves all rooms, direct conversations with it
    become read-only, and its names are free again. 409 with code `last_owner`.
    """
    await serving.database.write(accounts.remove, actor, user_id)
    return Response(status_code=204)


@router.post(
    "/{user_id}/password",
    response_model=wire.Reset,
    responses=problems(401, 403, 404, 409)
    | {204: {"description": "The password has been set; all logins of the account have ended."}},
)
async def set_password(
    request: Request,
    serving: Serving,
    actor: Acting,
    user_id: PathId,
    body: Annotated[SetPassword | None, Body()] = None,
) -> Response:
    """A one-time link by which someone sets a new password, good for a day. With `new_password`
    it is set at once instead: all logins of the account end, and the answer is 204.

    For owners, and for admins where the account stands below admin. 409 with code `conflict`
    when it is deactivated.
    """
    if body is not None and body.new_password is not None:
        await serving.database.read(accounts.get, actor, user_id)  # before the hash is computed
        hashed = await asyncio.to_thread(serving.passwords.hash, body.new_password)
        await serving.database.write(accounts.set_password, actor, user_id, hashed)
        return Response(status_code=204)
    made = await serving.database.write(accounts.create_reset, actor, user_id, origin(request))
    return answer(made, headers={"Cache-Control": "no-store"})
