"""The plainest way to ask an assistant: a question in, its answer out, in one JSON object."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from trialogue.core import messages, replies, wire
from trialogue.core.arguments.foreign import PlainQuestion
from trialogue.core.errors import ChatError
from trialogue.http import answers, chat
from trialogue.http.deps import Acting, PathId, Serving, answer, problems
from trialogue.http.hanging_up import HungUp, nobody, unless

router = APIRouter(prefix="/api/chat", tags=["Replies"])


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """What an assistant has answered. `state` is `cancelled` where someone stopped it midway."""

    response: str
    message_id: str
    conversation_id: str
    state: wire.MessageState


@dataclass(frozen=True, slots=True)
class PlainMessage:
    """One message of a conversation. `is_user`: a person wrote it, not an assistant."""

    id: str
    seq: int
    content: str
    is_user: bool
    sender_id: str
    sender_name: str
    state: wire.MessageState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PlainHistory:
    """Messages, ascending."""

    messages: list[PlainMessage]
    has_more: bool


@router.post(
    "/{conversation_id}",
    response_model=PlainAnswer,
    responses=problems(400, 401, 403, 404, 409, 500),
)
async def ask(
    serving: Serving,
    actor: Acting,
    request: Request,
    conversation_id: PathId,
    body: PlainQuestion,
) -> Response:
    """Ask in a conversation with an assistant, and wait for the whole answer. 409 where no
    assistant is in it, or none feels addressed. The reply does not end with this call: who
    hangs up finds it in the conversation."""
    if body.user_id not in (None, actor.user_id):
        raise ChatError("forbidden", "You may ask in your own name only.", field="user_id")
    if not body.message.strip():
        raise ChatError("bad_request", "The message is empty.", field="message")
    await serving.database.read(replies.must_be_possible, actor, conversation_id)
    posted = await chat.post(serving, actor, conversation_id, body.message)
    reply_id = await chat.reply_to(serving, posted.message)
    try:
        final = await unless(request.receive, answers.whole(serving, actor, reply_id))
    except HungUp:
        return nobody()
    return answer(PlainAnswer(final.content, final.id, final.conversation_id, final.state))


@router.get(
    "/{conversation_id}/history",
    response_model=PlainHistory,
    responses=problems(400, 401, 403, 404),
)
async def history(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    before: Annotated[int | None, Query(ge=1, description="Only those before this `seq`.")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many at the most.")] = 200,
) -> Response:
    """The newest messages of people and assistants, ascending. What was recalled, replaced or
    written by the server is left out."""
    page = await serving.database.read(
        messages.page, actor, conversation_id, before=before, limit=limit
    )
    told = [_plain(one) for one in page.items if _stands(one)]
    return answer(PlainHistory(told, page.has_more))


def _stands(message: wire.Message) -> bool:
    gone = message.retracted_at is not None or message.superseded_by is not None
    return message.role != "system" and not gone


def _plain(message: wire.Message) -> PlainMessage:
    return PlainMessage(
        id=message.id,
        seq=message.seq,
        content=message.content,
        is_user=message.role == "user",
        sender_id=message.sender.id,
        sender_name=message.sender.display_name,
        state=message.state,
        created_at=message.created_at,
    )
