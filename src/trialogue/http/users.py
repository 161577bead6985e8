"""The directory of people, and who of them is online."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter, ValidationError

from trialogue.core import arguments, profiles, users, wire
from trialogue.core.arguments import ChangeProfile
from trialogue.core.errors import ChatError
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

router = APIRouter(prefix="/api/v1", tags=["People"])
MOST = 200  # people whose presence can be asked for at once
Search = Annotated[
    arguments.SoundText,
    Query(
        max_length=100,
        description="The beginning of a username, or any part of a display name.",
    ),
]


@router.get("/users/me", response_model=wire.Me, responses=problems(401))
async def me(serving: Serving, actor: Acting) -> Response:
    """One's own account."""
    return answer(with_presence(serving, [await serving.database.read(users.me, actor)])[0])


@router.patch("/users/me", response_model=wire.Me, responses=problems(401, 409))
async def change_me(serving: Serving, actor: Acting, body: ChangeProfile) -> Response:
    """Change one's own account: what is left out stays.

    409 with code `username_taken` or `email_taken`; 422 for what is no e-mail address, https
    address, language tag or time zone.
    """
    changes = body.model_dump(exclude_unset=True)
    changed = await serving.database.write(profiles.change, actor, changes)
    return answer(with_presence(serving, [changed])[0])


@router.get("/users", response_model=wire.Page[wire.User], responses=problems(401))
async def directory(
    serving: Serving, actor: Acting, query: Search = "", cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """The people of the workspace by username; deactivated accounts are left out."""
    page = await serving.database.read(users.page, actor, query=query, cursor=cursor, limit=limit)
    return answer(wire.Page(with_presence(serving, page.items), page.next_cursor))


@router.get("/users/{user_id}", response_model=wire.User, responses=problems(401, 404))
async def user(serving: Serving, actor: Acting, user_id: PathId) -> Response:
    """One person of the workspace."""
    found = await serving.database.read(users.get, actor, user_id)
    return answer(with_presence(serving, [found])[0])


@router.get("/presence", response_model=wire.Online, responses=problems(401))
async def presence(
    serving: Serving,
    actor: Acting,
    user_ids: Annotated[
        list[str] | None,
        Query(description="At most 200 ids, separated by commas or repeated."),
    ] = None,
) -> Response:
    """Who is online: of those asked for, else of those one shares a conversation with."""
    if user_ids is None:
        return answer(wire.Online(sorted(await serving.presence.peers_online(actor.user_id))))
    asked = _ids(user_ids)
    known = await serving.database.read(users.find_many, actor.workspace_id, asked)
    return answer(wire.Online(sorted(serving.presence.online(known))))


_ID = TypeAdapter(arguments.Id)


def _ids(given: list[str]) -> list[str]:
    parts = [part.strip() for text in given for part in text.split(",") if part.strip()]
    if len(parts) > MOST:
        raise ChatError("invalid", f"Ask for at most {MOST} people.", field="user_ids")
    try:
        return [_ID.validate_python(part) for part in parts]
    except ValidationError:
        raise ChatError("invalid", "Each must be an id (a UUID).", field="user_ids") from None
