"""What comes in about assistants and their replies."""

from typing import Annotated

from pydantic import Field

from trialogue.core.arguments import Arguments, ClientId, Id, Name, SoundText
from trialogue.core.wire import Trigger


class Context(Arguments):
    """How much of the history an assistant is given."""

    messages: int = Field(default=40, ge=1, le=1_000, description="Messages at the most.")
    characters: int = Field(
        default=24_000, ge=1_000, le=2_000_000, description="Characters of them at the most."
    )
    summary: bool = Field(
        default=True, description="Whether what is older is kept as a summary, made by the model."
    )


class ModelSettings(Arguments):
    """What is passed on to the model; what is left out is the provider's own choice."""

    temperature: float | None = Field(default=None, ge=0, le=2, strict=False)
    top_p: float | None = Field(default=None, gt=0, le=1, strict=False)
    max_tokens: int | None = Field(default=None, ge=1, le=1_000_000)
    images: bool | None = Field(
        default=None,
        description="Whether its models are shown pictures; left out: those known to see.",
    )


Providers = Annotated[
    list[Annotated[SoundText, Field(max_length=160)]],
    Field(
        max_length=10,
        description="The chain, asked in order until one answers; empty: the server's.",
        examples=[["openai:gpt-5", "alibaba:qwen-plus", "demo"]],
    ),
]
Instructions = Annotated[SoundText, Field(max_length=100_000, description="The system prompt.")]
AssistantTrigger = Annotated[
    Trigger,
    Field(
        description="Which messages it answers: all (`always`), those that name it (`mention`), or "
        "all until another person has spoken (`until_human`). In a conversation with it alone it "
        "answers all, also with `mention`."
    ),
]


class CreateAssistant(Arguments):
    """A new assistant."""

    name: Name
    instructions: Instructions = ""
    providers: Providers = Field(default_factory=list)
    trigger: AssistantTrigger = "always"
    context: Context = Field(default_factory=Context)
    settings: ModelSettings = Field(default_factory=ModelSettings)
    avatar_url: SoundText | None = Field(default=None, max_length=1024)


class ChangeAssistant(Arguments):
    """Changes to an assistant; what is left out stays."""

    name: Name | None = None
    instructions: Instructions | None = None
    providers: Providers | None = None
    trigger: AssistantTrigger | None = None
    context: Context | None = None
    settings: ModelSettings | None = None
    avatar_url: SoundText | None = Field(
        default=None, max_length=1024, description="Null clears it."
    )


class Ask(Arguments):
    """A question to an assistant."""

    content: SoundText = Field(
        description="Markdown, as when sending a message.", examples=["What is a lease?"]
    )
    conversation_id: Id | None = Field(default=None, description="Left out: a new one begins.")
    client_id: ClientId | None = None
    assistant_id: Id | None = Field(
        default=None, description="Who answers in a new conversation; the default assistant."
    )


class AskAgain(Arguments):
    """A question in other words."""

    content: SoundText = Field(description="As when sending.")
    client_id: ClientId | None = None


class GiveFeedback(Arguments):
    """How one rates a reply; a second time changes the first."""

    message_id: Id
    rating: int = Field(ge=1, le=5, description="1 (bad) to 5 (good).")
    comment: SoundText | None = Field(default=None, max_length=4_000)
