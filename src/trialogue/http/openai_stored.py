"""A call of OpenAI's clients that is kept: a message of a conversation, and the reply to it."""

from collections.abc import AsyncIterator

from pydantic import TypeAdapter, ValidationError

from trialogue.core import assistants, members, replies, users, wire
from trialogue.core.arguments import Id
from trialogue.core.arguments.assistants import Ask
from trialogue.core.arguments.foreign import CreateCompletion
from trialogue.core.completions import Tokens
from trialogue.core.errors import ChatError, ProviderError
from trialogue.core.policy import Actor
from trialogue.http import answers, chat
from trialogue.http.deps import Services
from trialogue.http.openai_questions import question_of

CONVERSATION = "conversation_id"  # the key of `metadata` that names one
BEGUN_ANEW = "The answer broke off and was begun anew; read it in its conversation."
ANOTHER = "Another assistant answers this message."
_ID = TypeAdapter(Id)


def is_stored(body: CreateCompletion) -> bool:
    """Whether a call is to be kept."""
    return bool(body.store) or CONVERSATION in (body.metadata or {})


async def ask(
    serving: Services,
    actor: Actor,
    body: CreateCompletion,
    assistant: wire.Assistant,
    key: str | None,
) -> wire.Message:
    """Post the last message, to a new conversation with the assistant where none is named. In one
    that is there the assistant must be a member, unless it is the `default`: there that is whoever
    answers."""
    conversation_id = _conversation(body)
    question = Ask(
        content=question_of(body),
        conversation_id=conversation_id,
        client_id=key,
        assistant_id=assistant.id,
    )
    if conversation_id is not None:
        await serving.database.read(replies.must_be_possible, actor, conversation_id)
        place = (conversation_id, assistant.user.id)
        if _names(body) and not await serving.database.read(members.is_in, *place):
            detail = f"{assistant.name} is not in this conversation."
            raise ChatError("not_found", detail, field="model")
    return await chat.ask(serving, actor, question, assistant.id if _names(body) else None)


def _names(body: CreateCompletion) -> bool:
    """Whether a call says which assistant is to answer."""
    return users.fold(body.model) != assistants.DEFAULT


async def reply_to(
    serving: Services,
    actor: Actor,
    body: CreateCompletion,
    assistant: wire.Assistant,
    asked: wire.Message,
) -> "Kept":
    """The reply to what was posted; ChatError `conflict` where there is none by who was named."""
    reply_id = await chat.reply_to(serving, asked, assistant.id)
    assistant_id, model = await serving.database.read(replies.answering, reply_id)
    if _names(body) and assistant_id != assistant.id:
        raise ChatError("conflict", ANOTHER, field="model")
    return Kept(serving, actor, asked, reply_id, model, live=bool(body.stream))


def _conversation(body: CreateCompletion) -> str | None:
    named = (body.metadata or {}).get(CONVERSATION)
    try:
        return None if named is None else _ID.validate_python(named)
    except ValidationError:
        place = f"metadata.{CONVERSATION}"
        raise ChatError("not_found", "There is no such conversation.", field=place) from None


class Kept:
    """The reply to a message that was posted, as an answer. `model`: whose it is;
    `live`: it is told as it grows."""

    finish: wire.Finish = "stop"

    def __init__(
        self,
        serving: Services,
        actor: Actor,
        asked: wire.Message,
        reply_id: str,
        model: str,
        *,
        live: bool,
    ) -> None:
        self.model = model
        self._serving = serving
        self._actor = actor
        self._asked = asked
        self._reply_id = reply_id
        self._live = live
        self.tokens = Tokens(0, 0)

    @property
    def metadata(self) -> dict[str, str]:
        """Where the answer is kept."""
        ids = {CONVERSATION: self._asked.conversation_id, "question_id": self._asked.id}
        return {**ids, "reply_id": self._reply_id}

    async def pieces(self) -> AsyncIterator[str]:
        """Its text as it comes. Raises ChatError where it breaks off: what was told cannot be
        taken back in this form, so that is also when another provider starts over."""
        if not self._live:
            final = await answers.whole(self._serving, self._actor, self._reply_id)
            yield final.content
        else:
            message_id = await answers.message_of(self._serving, self._actor, self._reply_id)
            async for piece in self._grown(message_id):
                yield piece
            final = await answers.ended(self._serving, self._actor, message_id)
        if final.reply is not None:
            self._end(final.reply)

    def _end(self, reply: wire.Reply) -> None:
        self.finish = reply.finish or "stop"
        if reply.usage is not None:
            self.tokens = Tokens(reply.usage.input_tokens, reply.usage.output_tokens)

    async def _grown(self, message_id: str) -> AsyncIterator[str]:
        attempt = told = 0
        async for seen in self._serving.replies.watch(self._actor, message_id):
            if seen is None:
                continue
            if told and (seen.attempt != attempt or told > len(seen.text)):
                raise ProviderError("cut", BEGUN_ANEW)
            attempt = seen.attempt
            if piece := seen.text[told:]:
                told = len(seen.text)
                yield piece
