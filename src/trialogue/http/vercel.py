"""What the Vercel AI SDK's `useChat` calls by default: `POST /api/chat`, and its resume.

The chat's own id makes one conversation, the message's own id one message: a repeat of a call
posts nothing anew and tells the same answer.
"""

from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from trialogue.core import arguments, conversations, replies, wire
from trialogue.core.arguments.foreign import UIChat, UIMessage
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.http import chat, ui_stream
from trialogue.http.deps import Acting, Services, Serving, problems

router = APIRouter(prefix="/api/chat", tags=["Replies"])
STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"text/event-stream": {}},
        "description": "A UI message stream of the Vercel AI SDK.",
    }
}
ChatKey = Annotated[
    arguments.SoundText, Path(max_length=256, description="The client's id of the chat.")
]


@router.post("", responses={**STREAM, **problems(400, 401, 403, 404, 409)})
async def send(serving: Serving, actor: Acting, body: UIChat) -> StreamingResponse:
    """Post the last message of a chat, and hear the answer as a UI message stream. The history
    that the client sends is not read: it is known here.

    A message with the id of an earlier one and another text takes its place, with what followed.
    The stream starts with the id of the answer's message; `messageMetadata` says where it is.
    Closing the response does not stop the reply.
    """
    reply_id = await _reply(serving, actor, body)
    return ui_stream.response(ui_stream.reply(serving, actor, reply_id))


@router.get(
    "/{chat_id:path}/stream",
    responses={**STREAM, 204: {"description": "Nothing runs."}, **problems(401)},
)
async def resume(serving: Serving, actor: Acting, chat_id: ChatKey) -> Response:
    """The reply that is being written in a chat, from its beginning; 204 when there is none."""
    conversation_id = await _find(serving, actor, chat_id)
    running: str | None = None
    if conversation_id is not None:
        running = await serving.database.read(replies.running, actor, conversation_id)
    if running is None:
        return Response(status_code=204)
    return ui_stream.response(ui_stream.reply(serving, actor, running))


async def _reply(serving: Services, actor: Actor, body: UIChat) -> str:
    """The id of the reply that a call asks for."""
    again = body.trigger == "regenerate-message"
    if again and body.message_id is not None and _is_id(body.message_id):
        return await serving.database.write(replies.regenerate, actor, body.message_id)
    asked, is_new = await _question(serving, actor, body)
    if not again or is_new:
        return await chat.reply_to(serving, asked)
    newest = (await serving.database.read(replies.to, asked.id))[-1:]
    known = [await serving.database.read(replies.find, actor, one) for one in newest]
    if not known or known[0].message_id is None:
        return await chat.reply_to(serving, asked)
    return await serving.database.write(replies.regenerate, actor, known[0].message_id)


async def _question(serving: Services, actor: Actor, body: UIChat) -> tuple[wire.Message, bool]:
    """The last message, as it is kept, and whether it is new."""
    last = body.messages[-1]
    text = _text(last)
    conversation_id = await _find(serving, actor, body.id)
    if conversation_id is None:
        key = _key("chat", body.id)
        conversation_id = await chat.begin(serving, actor, text, body.assistant_id, key)
    await serving.database.read(replies.must_be_possible, actor, conversation_id)
    if last.id is None:
        return (await chat.post(serving, actor, conversation_id, text)).message, True
    key = _key("message", last.id)
    posted = await chat.post(serving, actor, conversation_id, text, key)
    if posted.created or posted.message.content == text:
        return posted.message, posted.created
    changed = await serving.database.write(
        replies.ask_again,
        actor,
        posted.message.id,
        text,
        client_id=_key("message", last.id, text),
    )
    return changed, False


def _text(message: UIMessage) -> str:
    if message.role != "user":
        raise ChatError("bad_request", "The last message must be the user's.", field="messages")
    if any(part.type == "file" for part in message.parts):
        raise ChatError("bad_request", "Files cannot be sent here.", field="messages")
    text = "\n".join(part.text or "" for part in message.parts if part.type == "text")
    if not text.strip():
        raise ChatError("bad_request", "The last message is empty.", field="messages")
    return text


async def _find(serving: Services, actor: Actor, chat_id: str) -> str | None:
    """The conversation of a chat: the one that it made, or the one whose id it is."""
    made = await serving.database.read(conversations.find_made, actor, _key("chat", chat_id))
    if made is not None or not _is_id(chat_id):
        return made
    try:
        return (await serving.database.read(conversations.get, actor, str(UUID(chat_id)))).id
    except ChatError as error:
        if error.code in ("not_found", "not_member"):
            return None
        raise


def _key(*parts: str) -> str:
    """A `client_id` of what the SDK's client calls by this id; ids of any length and script fit."""
    told = "\0".join(parts[1:])
    return f"vercel:{parts[0]}:{sha256(told.encode()).hexdigest()}"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
