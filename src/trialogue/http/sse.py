"""Server-sent events (HTML Living Standard, section 9.2), and a reply as such events.

The id of an event is `attempt:offset`: who comes back with it gets what follows.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import orjson
from fastapi.responses import StreamingResponse

from trialogue.core import messages, wire
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.http import answers
from trialogue.http.deps import Services

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
HEARTBEAT = b": waiting\n\n"


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader is: the attempt, and how many characters of it. Attempt 0: nothing yet."""

    attempt: int = 0
    offset: int = 0

    @classmethod
    def parse(cls, text: str | None) -> "Position":
        """What `Last-Event-ID` says; the beginning where it says nothing sensible."""
        attempt, _, offset = (text or "").partition(":")
        if attempt.isdecimal() and offset.isdecimal() and len(text or "") < 40:
            return cls(int(attempt), int(offset))
        return cls()

    def __str__(self) -> str:
        return f"{self.attempt}:{self.offset}"


def event(name: str, data: object, position: Position | None = None) -> bytes:
    """One event; `data` is JSON on one line."""
    line = orjson.dumps(data, option=orjson.OPT_UTC_Z)
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (
        str(position or Position()).encode(),
        name.encode(),
        line,
    )


def response(events: AsyncIterator[bytes]) -> StreamingResponse:
    """Events as an HTTP response. The reader may go away: the reply does not depend on it."""
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)


async def promised(
    serving: Services, actor: Actor, reply_id: str, position: Position, *, show: bool = False
) -> AsyncIterator[bytes]:
    """A reply by its id, waited for while it has not begun; `show` tells its message first."""
    try:
        message_id = ""
        async for known in answers.begun(serving, actor, reply_id):
            if known is None:
                yield HEARTBEAT
            message_id = known or message_id
        if show:
            shown = await serving.database.read(messages.get, actor, message_id)
            yield event("reply", replace(shown, content=""))
    except ChatError as error:
        yield refusal(error)
        return
    async for part in reply(serving, actor, message_id, position):
        yield part


async def reply(
    serving: Services, actor: Actor, message_id: str, position: Position
) -> AsyncIterator[bytes]:
    """A reply from a position on: its deltas, then `done` or `error`."""
    try:
        async for seen in serving.replies.watch(actor, message_id):
            if seen is None:
                yield HEARTBEAT
                continue
            if seen.attempt != position.attempt or position.offset > len(seen.text):
                if position.attempt:
                    begun = Position(seen.attempt)
                    yield event("restart", {"reason": "restarted"}, begun)
                position = Position(seen.attempt)
            if text := seen.text[position.offset :]:
                delta = {"attempt": position.attempt, "offset": position.offset, "text": text}
                position = Position(position.attempt, len(seen.text))
                yield event("delta", delta, position)
        final = await serving.database.read(messages.get, actor, message_id)
        yield ending(final, position)
    except ChatError as error:
        yield refusal(error, position)


def ending(final: wire.Message, position: Position) -> bytes:
    """The last event of a reply: its message, or why there is none that is whole."""
    if final.state in ("done", "cancelled"):
        return event("done", final, position)
    error = final.reply.error if final.reply else None
    told: dict[str, object] = {"code": "interrupted", "detail": "The reply broke off."}
    if error is not None:
        told = {"code": error.code, "detail": error.detail}
        if error.retry_after is not None:
            told["retry_after"] = error.retry_after
    return event("error", told, position)


def refusal(error: ChatError, position: Position | None = None) -> bytes:
    """A rule was broken, or something is not there (any more)."""
    told: dict[str, object] = {"code": error.code, "detail": error.detail}
    if error.retry_after is not None:
        told["retry_after"] = error.retry_after
    return event("error", told, position)
