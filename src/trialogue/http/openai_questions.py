"""What OpenAI's clients ask, as a question to an assistant. Pure."""

import base64
import binascii
from collections.abc import Sequence
from typing import Literal

from trialogue.core import wire
from trialogue.core.arguments.foreign import ChatMessage, ContentPart, CreateCompletion
from trialogue.core.completions import Picture, Question, Said
from trialogue.core.errors import ChatError

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
SETTINGS = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")


def read(body: CreateCompletion, assistant: wire.Assistant) -> Question:
    """The question of a call. What `system` and `developer` say are instructions, wherever they
    stand. Raises ChatError `invalid` for what is not supported."""
    check(body)
    said = tuple(_said(number, one) for number, one in enumerate(body.messages) if _speaks(one))
    if not any(one.role == "user" for one in said):
        raise _invalid("There is no message of the user.", "messages")
    return Question(
        assistant=assistant,
        said=said,
        instructions="\n\n".join(_instructions(body.messages)),
        settings=_settings(body),
        whole=not body.stream,
    )


def check(body: CreateCompletion) -> None:
    """ChatError `invalid` for what no answer can be made to."""
    if body.n not in (None, 1):
        raise _invalid("Only one answer is made: leave `n` out, or 1.", "n")
    for number, message in enumerate(body.messages):
        if message.role in ("tool", "function"):
            raise _invalid("Tools are not supported.", f"messages.{number}.role")


def question_of(body: CreateCompletion) -> str:
    """The text of the last message, which must be the user's; for what is kept in a conversation.
    Raises ChatError `invalid`."""
    check(body)
    number, last = len(body.messages) - 1, body.messages[-1]
    said = _said(number, last)
    if said.role != "user":
        raise _invalid("The last message must be the user's.", f"messages.{number}.role")
    if said.pictures:
        place = f"messages.{number}.content"
        raise _invalid("Pictures cannot be kept: send them without `store`.", place)
    return said.text


def _speaks(message: ChatMessage) -> bool:
    return message.role in ("user", "assistant") and bool(message.content)


def _instructions(messages: Sequence[ChatMessage]) -> list[str]:
    found = enumerate(messages)
    told = [_said(number, one).text for number, one in found if one.role in ("system", "developer")]
    return [text for text in told if text.strip()]


def _said(number: int, message: ChatMessage) -> Said:
    role: Literal["user", "assistant"] = "assistant" if message.role == "assistant" else "user"
    if isinstance(message.content, str) or message.content is None:
        return Said(role, message.content or "", message.name)
    place = f"messages.{number}.content"
    texts = [part.text or "" for part in message.content if part.type in ("text", "refusal")]
    pictures = [picture for part in message.content if (picture := _picture(part, place))]
    return Said(role, "\n".join(texts), message.name, tuple(pictures))


def _picture(part: ContentPart, place: str) -> Picture | None:
    if part.type in ("text", "refusal"):
        return None
    if part.type != "image_url" or part.image_url is None:
        raise _invalid(f"Parts of the type {part.type!r} are not supported.", place)
    head, _, data = part.image_url.url.partition(",")
    kind, _, coding = head.removeprefix("data:").partition(";")
    if not head.startswith("data:") or coding != "base64":
        raise _invalid("Send pictures as `data:image/png;base64,…`; none are fetched.", place)
    if kind not in PICTURES:
        raise _invalid(f"Pictures may be {', '.join(PICTURES)}.", place)
    try:
        return Picture(base64.b64decode(data, validate=True), kind)
    except binascii.Error:
        raise _invalid("This is no base64.", place) from None


def _settings(body: CreateCompletion) -> dict[str, object]:
    given = {name: getattr(body, name) for name in SETTINGS}
    given["max_tokens"] = body.max_completion_tokens or body.max_tokens
    given["stop_sequences"] = [body.stop] if isinstance(body.stop, str) else body.stop
    return {name: value for name, value in given.items() if value is not None}


def _invalid(detail: str, place: str) -> ChatError:
    return ChatError("invalid", detail, field=place)
