"""A reply as the Vercel AI SDK's UI message stream, version 1: what `useChat` reads.

It says nothing of where one left off: who comes back reads it from the beginning.
"""

from collections.abc import AsyncIterator, Mapping

import orjson
from fastapi.responses import StreamingResponse

from trialogue.core import messages, wire
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.http import answers
from trialogue.http.deps import Services

HEADER = "x-vercel-ai-ui-message-stream"
VERSION = "v1"
HEADERS = {HEADER: VERSION, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
HEARTBEAT = b": waiting\n\n"
DONE = b"data: [DONE]\n\n"


def response(chunks: AsyncIterator[bytes]) -> StreamingResponse:
    """A stream as an HTTP response. The reader may go away: the reply does not depend on it."""
    return StreamingResponse(chunks, media_type="text/event-stream", headers=HEADERS)


def chunk(kind: str, **fields: object) -> bytes:
    """One part of a stream."""
    return b"data: %b\n\n" % orjson.dumps({"type": kind, **fields})


async def reply(serving: Services, actor: Actor, reply_id: str) -> AsyncIterator[bytes]:
    """A reply from its beginning, waited for while it has not begun."""
    try:
        message_id = ""
        async for known in answers.begun(serving, actor, reply_id):
            if known is None:
                yield HEARTBEAT
            message_id = known or message_id
        shown = await serving.database.read(messages.get, actor, message_id)
        yield chunk("start", messageId=message_id, messageMetadata=_metadata(shown))
        yield chunk("start-step")
        async for part in _text(serving, actor, message_id):
            yield part
        final = await serving.database.read(messages.get, actor, message_id)
        for part in _ending(final):
            yield part
    except ChatError as error:
        yield chunk("error", errorText=error.detail)
    yield DONE


def _metadata(message: wire.Message) -> Mapping[str, str | None]:
    """Where the answer is, and what stops it (`POST /api/v1/replies/{reply_id}/cancel`)."""
    reply_id = message.reply.id if message.reply is not None else None
    return {"conversation_id": message.conversation_id, "reply_id": reply_id}


async def _text(serving: Services, actor: Actor, message_id: str) -> AsyncIterator[bytes]:
    """The text of a reply; what was told is taken back when it starts over."""
    part, told = "", 0
    async for seen in serving.replies.watch(actor, message_id):
        if seen is None:
            yield HEARTBEAT
            continue
        name = f"text-{seen.attempt}"
        if part and (name != part or told > len(seen.text)):
            yield chunk("reset-step")
            part, told = "", 0
        if piece := seen.text[told:]:
            if not part:
                yield chunk("text-start", id=name)
                part = name
            told = len(seen.text)
            yield chunk("text-delta", id=part, delta=piece)
    if part:
        yield chunk("text-end", id=part)


def _ending(final: wire.Message) -> list[bytes]:
    failure = answers.failure_of(final)
    if failure is not None:
        return [chunk("error", errorText=failure.detail)]
    if final.state == "cancelled":
        return [chunk("abort", reason="The reply was stopped.")]
    reason = (final.reply and final.reply.finish) or "stop"
    return [chunk("finish-step"), chunk("finish", finishReason=reason)]
