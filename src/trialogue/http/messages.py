"""Messages: send, read the history, mark as read."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from trialogue.core import messages, reads, wire
from trialogue.core.arguments import MarkRead, SendMessage
from trialogue.core.posting import Draft
from trialogue.http.deps import Acting, Limit, PathId, Serving, answer, problems

router = APIRouter(prefix="/api/v1", tags=["Messages"])
Seq = Annotated[int | None, Query(ge=0, lt=2**63, description="A message's `seq`.")]


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=wire.Message,
    responses={
        200: {"description": "This `client_id` was sent before.", "model": wire.Message},
        **problems(401, 403, 404, 409, 413),
    },
)
async def send(
    serving: Serving, actor: Acting, conversation_id: PathId, body: SendMessage
) -> Response:
    """Send a message. A repeat with the same `client_id`, at any time, yields the first one."""
    draft = Draft(conversation_id, actor.user_id, actor.workspace_id, body.content, body.client_id)
    posted = await serving.batcher.post(draft)
    return answer(posted.message, 201 if posted.created else 200)


@router.get(
    "/conversations/{conversation_id}/messages",
    response_model=wire.MessagePage,
    responses=problems(401, 403, 404),
)
async def page(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    before: Seq = None,
    after: Seq = None,
    around: Seq = None,
    limit: Limit = 50,
) -> Response:
    """A slice of the history, ascending: the newest messages, or those before, after or around
    a `seq`. `has_more` is told in the direction asked, with `around` of older ones."""
    found = await serving.database.read(
        messages.page,
        actor,
        conversation_id,
        before=before,
        after=after,
        around=around,
        limit=limit,
    )
    return answer(found)


@router.get(
    "/messages/{message_id}", response_model=wire.Message, responses=problems(401, 403, 404)
)
async def get(serving: Serving, actor: Acting, message_id: PathId) -> Response:
    """One message."""
    return answer(await serving.database.read(messages.get, actor, message_id))


@router.put(
    "/conversations/{conversation_id}/read",
    status_code=204,
    responses=problems(401, 403, 404),
)
async def mark_read(
    serving: Serving, actor: Acting, conversation_id: PathId, body: MarkRead
) -> Response:
    """Mark everything up to message `seq` as read; marks only grow."""
    await serving.database.write(reads.mark, actor, conversation_id, body.seq)
    return Response(status_code=204)
