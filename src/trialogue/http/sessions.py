"""Sessions: begin, list, read, end."""

from fastapi import APIRouter, Response

from trialogue.core import sessions, wire
from trialogue.http.deps import Acting, Cursor, Limit, PathId, Serving, answer, problems

router = APIRouter(prefix="/api/v1", tags=["Sessions"])


@router.post(
    "/conversations/{conversation_id}/sessions",
    status_code=201,
    response_model=wire.Session,
    responses=problems(401, 403, 404, 409),
)
async def create(serving: Serving, actor: Acting, conversation_id: PathId) -> Response:
    """Begin a session; the one under way is closed."""
    return answer(await serving.database.write(sessions.create, actor, conversation_id), 201)


@router.get(
    "/conversations/{conversation_id}/sessions",
    response_model=wire.Page[wire.Session],
    responses=problems(401, 403, 404),
)
async def page(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The sessions of a conversation, the latest first."""
    found = await serving.database.read(
        sessions.page, actor, conversation_id, cursor=cursor, limit=limit
    )
    return answer(found)


@router.get(
    "/conversations/{conversation_id}/session",
    response_model=wire.Session,
    responses=problems(401, 403, 404),
)
async def active(serving: Serving, actor: Acting, conversation_id: PathId) -> Response:
    """The session under way; 404 when there is none."""
    return answer(await serving.database.read(sessions.active, actor, conversation_id))


@router.get(
    "/sessions/{session_id}", response_model=wire.Session, responses=problems(401, 403, 404)
)
async def get(serving: Serving, actor: Acting, session_id: PathId) -> Response:
    """One session."""
    return answer(await serving.database.read(sessions.get, actor, session_id))


@router.post(
    "/sessions/{session_id}/end", response_model=wire.Session, responses=problems(401, 403, 404)
)
async def end(serving: Serving, actor: Acting, session_id: PathId) -> Response:
    """Close a session; one that has ended stays as it is."""
    return answer(await serving.database.write(sessions.end, actor, session_id))
