"""What OpenAI's clients call: `POST /v1/chat/completions` and `GET /v1/models`.

A call leaves only its usage behind. With `store` or `metadata.conversation_id` its last message
is posted to a conversation, and the answer is the reply of the assistant there.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated
from uuid import uuid4

import orjson
from fastapi import APIRouter, Header, Path, Request, Response

from trialogue.core import assistants, wire
from trialogue.core.arguments import ClientId, SoundText
from trialogue.core.arguments.foreign import CreateCompletion
from trialogue.core.completions import Tokens
from trialogue.core.errors import ChatError
from trialogue.http import openai_errors, openai_questions, openai_stored
from trialogue.http.deps import Acting, Completion, Serving, answer
from trialogue.http.hanging_up import HungUp, OwnStream, nobody, unless

router = APIRouter(prefix="/v1", tags=["OpenAI"])
OWNER = "trialogue"
DONE = b"data: [DONE]\n\n"


@router.get("/models", responses=openai_errors.described(401, 503))
async def models(serving: Serving, actor: Acting) -> Response:
    """The assistants, in the form of OpenAI's models: `id` is an assistant's username. Calls also
    take its id or its name, and `default`."""
    found: list[wire.Assistant] = []
    cursor: str | None = None
    while True:
        page = await serving.database.read(assistants.page, actor, cursor=cursor, limit=200)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return answer({"object": "list", "data": [_model(one) for one in found]})


@router.get("/models/{model}", responses=openai_errors.described(401, 404, 503))
async def model(
    serving: Serving,
    actor: Acting,
    model: Annotated[SoundText, Path(max_length=256, description="As in a call; `default`.")],
) -> Response:
    """One assistant, by its username, its id or its name."""
    return answer(_model(await serving.database.read(assistants.named, actor, model)))


def _model(assistant: wire.Assistant) -> dict[str, object]:
    return {
        "id": assistant.user.username,
        "object": "model",
        "created": int(assistant.created_at.timestamp()),
        "owned_by": OWNER,
    }


@router.post(
    "/chat/completions",
    responses=openai_errors.described(400, 401, 403, 404, 409, 413, 415, 429, 502, 503),
)
async def complete(
    serving: Serving,
    actor: Acting,
    request: Request,
    body: CreateCompletion,
    idempotency_key: Annotated[
        ClientId | None, Header(description="With `store`: a repeat posts nothing anew.")
    ] = None,
) -> Response:
    """Ask an assistant, as one asks OpenAI's models; errors are in OpenAI's form too.

    Nothing is kept but what it cost. With `store: true`, or `metadata.conversation_id`, the last
    message is posted to a conversation like any other (the messages before it are not kept), and
    the answer's `metadata` names it. An answer that breaks off after its first token ends with
    `data: {"error": …}`. Who hangs up ends the answer, but not that of a conversation.
    """
    assistant = await serving.database.read(assistants.named, actor, body.model)
    telling = Telling(assistant.user.username or assistant.id, body)
    try:
        if openai_stored.is_stored(body):
            asked = await openai_stored.ask(serving, actor, body, assistant, idempotency_key)
            # Whatever fails from here on: asked again it would be posted again.
            request.scope["on_error"].update([openai_errors.NO_RETRY])
            kept = await openai_stored.reply_to(serving, actor, body, assistant, asked)
            telling.model, telling.metadata = kept.model, kept.metadata
            return await _answered(request, telling, kept, AsyncExitStack())
        question = openai_questions.read(body, assistant)
        owned = AsyncExitStack()
        opened = await owned.enter_async_context(serving.completions.open(actor, question))
        return await _answered(request, telling, opened, owned)
    except HungUp:
        return nobody()


@dataclass(slots=True)
class Telling:
    """One answer in OpenAI's form."""

    model: str
    body: CreateCompletion
    metadata: dict[str, str] | None = None
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def counts(self) -> bool:
        """Whether a last chunk of a stream tells of the tokens."""
        options = self.body.stream_options
        return options is not None and options.include_usage

    def whole(self, text: str, finish: str, tokens: Tokens) -> dict[str, object]:
        """The answer in one."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        facts = {"choices": [choice], "usage": _usage(tokens)}
        return self._facts("chat.completion", {**facts, **self._kept()})

    def begun(self) -> bytes:
        """The first event of a stream; it says where the answer is kept."""
        return self._choice({"role": "assistant", "content": ""}, None, self._kept())

    def chunk(self, delta: dict[str, str], finish: str | None = None) -> bytes:
        """One event of a stream."""
        return self._choice(delta, finish, {})

    def counted(self, tokens: Tokens) -> bytes:
        """The last event: what it took."""
        return self._event({"choices": [], "usage": _usage(tokens)})

    def _choice(self, delta: dict[str, str], finish: str | None, more: dict[str, object]) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage: dict[str, object] = {"usage": None} if self.counts else {}
        return self._event({"choices": [choice], **usage, **more})

    def _event(self, facts: dict[str, object]) -> bytes:
        return _data(self._facts("chat.completion.chunk", facts))

    def _facts(self, kind: str, facts: dict[str, object]) -> dict[str, object]:
        told: dict[str, object] = {"id": self.id, "object": kind, "created": self.created}
        return told | {"model": self.model, "system_fingerprint": None, **facts}

    def _kept(self) -> dict[str, object]:
        return {} if self.metadata is None else {"metadata": self.metadata}


def _usage(tokens: Tokens) -> dict[str, int]:
    total = tokens.input + tokens.output
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": total,
    }


def _data(told: object) -> bytes:
    return b"data: %b\n\n" % orjson.dumps(told)


async def _answered(
    request: Request, telling: Telling, completion: Completion, owned: AsyncExitStack
) -> Response:
    """The answer, once its first text is there: what fails before has a status of its own."""
    try:
        if not telling.body.stream:
            text = await unless(request.receive, _joined(completion))
            told = telling.whole(text, completion.finish, completion.tokens)
            await owned.aclose()
            return answer(told)
        pieces = completion.pieces()
        first = await unless(request.receive, _first(pieces))
    except BaseException:
        await owned.aclose()
        raise
    return OwnStream(request, _events(telling, completion, first, pieces), owned)


async def _joined(completion: Completion) -> str:
    return "".join([piece async for piece in completion.pieces()])


async def _first(pieces: AsyncIterator[str]) -> str:
    return await anext(pieces, "")


async def _events(
    telling: Telling, completion: Completion, first: str, pieces: AsyncIterator[str]
) -> AsyncIterator[bytes]:
    yield telling.begun()
    try:
        if first:
            yield telling.chunk({"content": first})
        async for piece in pieces:
            yield telling.chunk({"content": piece})
    except ChatError as error:
        yield _data(openai_errors.body_of(error))
        return
    yield telling.chunk({}, completion.finish)
    if telling.counts:
        yield telling.counted(completion.tokens)
    yield DONE
