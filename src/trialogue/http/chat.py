"""One call that asks an assistant and streams the answer: `POST /api/v1/chat`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from trialogue.core import posting, questions, replies, wire
from trialogue.core.arguments import SendMessage
from trialogue.core.arguments.assistants import Ask
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.gate.limiter import SENDS
from trialogue.http import sse, ui_stream
from trialogue.http.deps import Acting, Services, Serving, problems
from trialogue.http.replies import SSE

router = APIRouter(prefix="/api/v1", tags=["Replies"])
NOBODY = "No assistant answers here; begin a conversation with one, or name it with @."


@router.post("/chat", responses={**SSE, **problems(401, 403, 404, 409, 413)})
async def chat(
    serving: Serving,
    actor: Acting,
    body: Ask,
    version: Annotated[
        str | None,
        Header(
            alias=ui_stream.HEADER,
            max_length=16,
            description="`v1`: the answer comes in the form of the Vercel AI SDK instead.",
        ),
    ] = None,
) -> StreamingResponse:
    """Ask, and hear the answer as server-sent events: `message` (the question as stored), `reply`
    (the answer's message, empty), `delta`, `restart` (a provider broke; the text starts over),
    then `done` (the final message) or `error`. Comment lines are signs of life.

    Without `conversation_id` a new conversation begins. Closing the response does not stop the
    reply. A repeat with the same `client_id` tells the same question and its answer.
    """
    asked = await ask(serving, actor, body)
    if version == ui_stream.VERSION:
        reply_id = await reply_to(serving, asked)
        return ui_stream.response(ui_stream.reply(serving, actor, reply_id))
    return sse.response(_events(serving, actor, asked))


async def ask(serving: Services, actor: Actor, body: Ask, named: str | None = None) -> wire.Message:
    """Store a question, in a new conversation where none is named; to the assistant `named`."""
    conversation_id = body.conversation_id
    if conversation_id is None:
        # A repeat of the whole call must find the conversation that the first one made.
        key = f"chat:{body.client_id}"[:128] if body.client_id else None
        conversation_id = await begin(serving, actor, body.content, body.assistant_id, key)
    told = (body.content, body.client_id, named)
    return (await post(serving, actor, conversation_id, *told)).message


async def begin(
    serving: Services, actor: Actor, content: str, assistant_id: str | None, key: str | None
) -> str:
    """A new conversation for a question; none where the question would be refused."""
    serving.limiter.check(SENDS, actor.user_id)
    return await serving.database.write(
        questions.begin, actor, content, assistant_id=assistant_id, client_id=key
    )


async def post(
    serving: Services,
    actor: Actor,
    conversation_id: str,
    content: str,
    client_id: str | None = None,
    named: str | None = None,
) -> posting.Posted:
    """Store a question in a conversation; `named` is an assistant that is to answer it."""
    draft = SendMessage(content=content, client_id=client_id)
    return await serving.sending.send(actor, conversation_id, draft, named)


async def _events(serving: Services, actor: Actor, asked: wire.Message) -> AsyncIterator[bytes]:
    yield sse.event("message", asked)
    try:
        reply_id = await reply_to(serving, asked)
    except ChatError as error:
        yield sse.refusal(error)
        return
    async for part in sse.promised(serving, actor, reply_id, sse.Position(), show=True):
        yield part


async def reply_to(serving: Services, asked: wire.Message, assistant_id: str | None = None) -> str:
    """The id of the reply that a question was promised, by this assistant where there are
    several; ChatError `conflict` where none was."""
    promised = await serving.database.read(replies.to, asked.id, assistant_id=assistant_id)
    if not promised:
        raise ChatError("conflict", NOBODY)
    return promised[0]
