"""Replies of assistants: stop, continue, ask for another, ask again, follow, rate."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from trialogue.core import feedback, messages, replies, wire
from trialogue.core.arguments.assistants import AskAgain, GiveFeedback
from trialogue.http import sse
from trialogue.http.deps import Acting, PathId, Serving, answer, problems

router = APIRouter(prefix="/api/v1", tags=["Replies"])
PATIENCE = 10.0  # seconds that a request waits for a reply to begin
SSE: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."}
}


@router.post(
    "/replies/{reply_id}/cancel", response_model=wire.Message, responses=problems(401, 404)
)
async def cancel(serving: Serving, actor: Acting, reply_id: PathId) -> Response:
    """Stop a reply, for every member of its conversation: what has been written stays, nothing
    is added. One that has ended is left as it is; of one not yet begun the question is told."""
    return answer(await serving.replies.cancel(actor, reply_id))


@router.post(
    "/messages/{message_id}/continue",
    response_model=wire.Message,
    responses=problems(401, 403, 404, 409, 410),
)
async def resume(serving: Serving, actor: Acting, message_id: PathId) -> Response:
    """Continue a reply that was interrupted, failed or stopped, or that reached its longest: its
    text stays, and more is written after it."""
    return answer(await serving.database.write(replies.resume, actor, message_id))


@router.post(
    "/messages/{message_id}/regenerate",
    response_model=wire.Message,
    responses=problems(401, 403, 404, 409, 410),
)
async def regenerate(serving: Serving, actor: Acting, message_id: PathId) -> Response:
    """Answer the same question anew. The earlier answer stays, with `superseded_by`. Tells the
    new message, empty; while another reply is written first, the earlier one."""
    reply_id = await serving.database.write(replies.regenerate, actor, message_id)
    known = await serving.replies.begun(actor, reply_id, PATIENCE)
    shown = known.message_id or message_id
    return answer(await serving.database.read(messages.get, actor, shown))


@router.post(
    "/messages/{message_id}/ask-again",
    status_code=201,
    response_model=wire.Message,
    responses=problems(401, 403, 404, 409, 410, 413),
)
async def ask_again(
    serving: Serving, actor: Acting, message_id: PathId, body: AskAgain
) -> Response:
    """Ask a question of one's own in other words: a new message, to which the old one and what
    followed from it point by `superseded_by`."""
    asked = await serving.database.write(
        replies.ask_again, actor, message_id, body.content, client_id=body.client_id
    )
    return answer(asked, 201)


@router.get("/replies/{reply_id}/stream", responses={**SSE, **problems(401, 404)})
async def stream(
    serving: Serving,
    actor: Acting,
    reply_id: PathId,
    last_event_id: Annotated[
        str | None, Header(max_length=64, description="`attempt:offset` of the last event read.")
    ] = None,
) -> Response:
    """A reply as server-sent events, from where one left off: `delta`, `restart`, then `done` or
    `error`."""
    await serving.database.read(replies.find, actor, reply_id)
    position = sse.Position.parse(last_event_id)
    return sse.response(sse.promised(serving, actor, reply_id, position))


@router.post(
    "/feedback",
    status_code=201,
    response_model=wire.Feedback,
    responses=problems(401, 403, 404, 409),
)
async def rate(serving: Serving, actor: Acting, body: GiveFeedback) -> Response:
    """Rate a reply; a second time changes the first."""
    given = await serving.database.write(
        feedback.give, actor, body.message_id, body.rating, body.comment
    )
    return answer(given, 201)
