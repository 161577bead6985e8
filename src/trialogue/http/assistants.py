"""Assistants: make, list, read, change, remove."""

from fastapi import APIRouter, Response

from trialogue.core import assistants, wire
from trialogue.core.arguments.assistants import ChangeAssistant, CreateAssistant
from trialogue.http.deps import Acting, Cursor, Limit, PathId, Serving, answer, problems

router = APIRouter(prefix="/api/v1/assistants", tags=["Assistants"])
CLEARED = ("avatar_url",)  # where null is a value; elsewhere it changes nothing


@router.get("", response_model=wire.Page[wire.Assistant], responses=problems(401))
async def page(
    serving: Serving, actor: Acting, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """The assistants of the workspace, the eldest first; `standard` is the default one."""
    found = await serving.database.read(assistants.page, actor, cursor=cursor, limit=limit)
    return answer(found)


@router.post("", status_code=201, response_model=wire.Assistant, responses=problems(401, 403))
async def create(serving: Serving, actor: Acting, body: CreateAssistant) -> Response:
    """Make an assistant, for owners and admins. People reach it as a member of rooms, in
    conversations of kind `assistant`, and by its name with `@` in front."""
    made = await serving.database.write(
        assistants.create,
        actor,
        name=body.name,
        instructions=body.instructions,
        providers=body.providers,
        trigger=body.trigger,
        context=body.context.model_dump(),
        settings=body.settings.model_dump(exclude_none=True),
        avatar_url=body.avatar_url,
    )
    return answer(made, 201)


@router.get("/{assistant_id}", response_model=wire.Assistant, responses=problems(401, 404))
async def get(serving: Serving, actor: Acting, assistant_id: PathId) -> Response:
    """One assistant."""
    return answer(await serving.database.read(assistants.get, actor, assistant_id))


@router.patch("/{assistant_id}", response_model=wire.Assistant, responses=problems(401, 403, 404))
async def change(
    serving: Serving, actor: Acting, assistant_id: PathId, body: ChangeAssistant
) -> Response:
    """Change an assistant, for owners and admins; from its next reply on."""
    given = body.model_dump(exclude_unset=True)
    changes = {name: each for name, each in given.items() if each is not None or name in CLEARED}
    if body.settings is not None:
        changes["settings"] = body.settings.model_dump(exclude_none=True)
    if body.context is not None:
        changes["context"] = body.context.model_dump()
    return answer(await serving.database.write(assistants.change, actor, assistant_id, changes))


@router.delete("/{assistant_id}", status_code=204, responses=problems(401, 403, 404, 409))
async def remove(serving: Serving, actor: Acting, assistant_id: PathId) -> Response:
    """Remove an assistant, for owners and admins: what it said remains, its conversations are
    read-only. 409 for the default one."""
    await serving.database.write(assistants.remove, actor, assistant_id)
    return Response(status_code=204)
