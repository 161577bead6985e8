"""What programs send that know another form: OpenAI's, the Vercel AI SDK's, or the plainest.

Fields that are not known are accepted and ignored, as those services do.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from trialogue.core.arguments import Id, SoundText

MOST = 2_000  # messages of one call
Item = TypeVar("Item")
# Up to the first that is wrong: each error takes 20 µs, and a body has room for half a million.
Items = Annotated[list[Item], Field(fail_fast=True)]


class Foreign(BaseModel):
    """The base of what other standards define: unknown fields are accepted."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class ImageAddress(Foreign):
    """A picture; only as a `data:` address, since this server fetches nothing for callers."""

    url: SoundText = Field(description="`data:image/png;base64,…` (or jpeg, gif, webp).")


class ContentPart(Foreign):
    """A part of what was said: text, or a picture."""

    type: SoundText = Field(description="`text` or `image_url`.")
    text: SoundText | None = Field(default=None, description="The text.")
    image_url: ImageAddress | None = Field(default=None, description="The picture.")


class ChatMessage(Foreign):
    """What was said before, in OpenAI's form."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        description="Whose voice it is. `tool` and `function` are not supported."
    )
    content: SoundText | Items[ContentPart] | None = Field(
        default=None, description="A text, or its parts."
    )
    name: SoundText | None = Field(default=None, max_length=128, description="Who of several.")


class StreamOptions(Foreign):
    """How a stream is told."""

    include_usage: bool = Field(
        default=False, description="Whether a last chunk tells of the tokens."
    )


Stop = Annotated[list[SoundText], Field(max_length=16)]


class CreateCompletion(Foreign):
    """A chat completion, in OpenAI's form."""

    model: SoundText = Field(
        min_length=1,
        max_length=256,
        description="An assistant: its username, its id or its name; `default`.",
        examples=["assistant"],
    )
    messages: Items[ChatMessage] = Field(
        min_length=1, max_length=MOST, description="What was said before, the question last."
    )
    stream: bool | None = Field(default=None, description="Whether to hear it as it is written.")
    stream_options: StreamOptions | None = Field(default=None, description="How a stream is told.")
    store: bool | None = Field(
        default=None,
        description="True: the question and its answer become a conversation like any other.",
    )
    metadata: dict[str, object] | None = Field(
        default=None,
        description="`conversation_id`: the conversation to which the last message is posted.",
    )
    n: int | None = Field(default=None, description="1; more than one answer is not made.")
    temperature: float | None = Field(default=None, ge=0, le=2, description="0 to 2.")
    top_p: float | None = Field(default=None, gt=0, le=1, description="Above 0, up to 1.")
    max_tokens: int | None = Field(default=None, ge=1, description="The same as the next one.")
    max_completion_tokens: int | None = Field(
        default=None, ge=1, description="The longest answer, in tokens."
    )
    presence_penalty: float | None = Field(default=None, ge=-2, le=2, description="-2 to 2.")
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2, description="-2 to 2.")
    seed: int | None = Field(default=None, description="For answers that can be repeated.")
    stop: SoundText | Stop | None = Field(default=None, description="Where the answer ends.")


class PlainQuestion(Foreign):
    """A question, in the plainest form."""

    message: SoundText = Field(min_length=1, description="The question.", examples=["Hello"])
    user_id: SoundText | None = Field(
        default=None, description="Who asks; only the caller's own id is accepted."
    )


class UIPart(Foreign):
    """A part of a message of the Vercel AI SDK."""

    type: SoundText = Field(description="`text`; `file` is refused, all others are left out.")
    text: SoundText | None = Field(default=None, description="The text.")


class UIMessage(Foreign):
    """A message of the Vercel AI SDK."""

    id: SoundText | None = Field(
        default=None, max_length=256, description="The client's own id; posted once, ever."
    )
    role: SoundText = Field(description="`user`, `assistant` or `system`.")
    parts: Items[UIPart] = Field(default_factory=list, description="What it says.")


class UIChat(Foreign):
    """What the Vercel AI SDK's `useChat` sends."""

    id: SoundText = Field(
        min_length=1,
        max_length=256,
        description="The client's own id of the chat, which makes one conversation; or the id of "
        "a conversation that one is a member of.",
    )
    messages: Items[UIMessage] = Field(
        min_length=1,
        max_length=MOST,
        description="The last one is posted; those before it are known here.",
    )
    trigger: SoundText = Field(
        default="submit-message", description="`submit-message` or `regenerate-message`."
    )
    message_id: SoundText | None = Field(
        default=None,
        alias="messageId",
        max_length=256,
        description="Which answer to make anew; the last one.",
    )
    assistant_id: Id | None = Field(
        default=None, description="Who answers in a new conversation; the default assistant."
    )
