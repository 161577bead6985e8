"""A reply of a conversation as an answer to whoever asked for it: waited for, read, judged."""

from collections.abc import AsyncIterator
from typing import cast, get_args

from trialogue.core import messages, wire
from trialogue.core.errors import ChatError, Code, ProviderError, QuotaError
from trialogue.core.policy import Actor
from trialogue.http.deps import Services

PATIENCE = 5.0  # seconds between signs of life while a reply waits for its turn
STOPPED = "The reply was stopped before it began."
BROKEN_OFF = "The reply broke off; its text so far is in the conversation."
CODES = frozenset(get_args(Code))


async def begun(serving: Services, actor: Actor, reply_id: str) -> AsyncIterator[str | None]:
    """Waits until a reply's message is there: its id comes last, before it None as signs of life.
    Raises ChatError `conflict` where it was stopped before."""
    while True:
        known = await serving.replies.begun(actor, reply_id, PATIENCE)
        if known.message_id is not None:
            yield known.message_id
            return
        if known.state == "cancelled":
            raise ChatError("conflict", STOPPED)
        yield None


async def message_of(serving: Services, actor: Actor, reply_id: str) -> str:
    """The id of a reply's message, once it is there; ChatError as `begun`."""
    async for known in begun(serving, actor, reply_id):
        if known is not None:
            return known
    raise AssertionError("the message of a reply comes last")


async def whole(serving: Services, actor: Actor, reply_id: str) -> wire.Message:
    """A reply's message once it has ended. Raises ChatError: `provider_failed`, or what else
    became of it."""
    message_id = await message_of(serving, actor, reply_id)
    async for _ in serving.replies.watch(actor, message_id):
        pass
    return await ended(serving, actor, message_id)


async def ended(serving: Services, actor: Actor, message_id: str) -> wire.Message:
    """The message of a reply that has ended; raises ChatError where it has not ended well."""
    final = await serving.database.read(messages.get, actor, message_id)
    failure = failure_of(final)
    if failure is not None:
        raise failure
    return final


def failure_of(final: wire.Message) -> ChatError | None:
    """Why a reply is not whole; None where it is, or where someone has stopped it."""
    if final.state in ("done", "cancelled"):
        return None
    error = final.reply.error if final.reply is not None else None
    if error is None or error.code == "interrupted":
        return ChatError("unavailable", BROKEN_OFF)
    told = cast(Code, error.code)
    asked = final.reply is None or final.reply.attempts
    if told == "limited" and not asked and error.retry_after is not None:
        return QuotaError(error.detail, retry_after=error.retry_after)  # no provider's, but ours
    if told == "internal" or (told in CODES and not asked):
        return ChatError(told, error.detail, retry_after=error.retry_after)
    return ProviderError(error.code, error.detail, retry_after=error.retry_after)
