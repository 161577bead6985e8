"""What comes in about model providers."""

from typing import Annotated

from pydantic import AfterValidator, Field

from trialogue.core.arguments import Arguments, SoundText

Provider = Annotated[
    SoundText,
    Field(max_length=32, description="Its name, as in a chain.", examples=["openai"]),
]


def _key(value: str) -> str:
    """A key as it can be sent: what was copied with it, such as `…` or a line break, is none."""
    value = value.strip()
    if not value or not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError("must be a key: ASCII characters without spaces")
    return value


Key = Annotated[SoundText, Field(min_length=1, max_length=1_000), AfterValidator(_key)]
Url = Annotated[SoundText, Field(min_length=1, max_length=500)]


class SetProvider(Arguments):
    """One provider; what is left out stays."""

    provider: Provider
    key: Key | None = Field(default=None, description="Kept sealed, never told; null forgets it.")
    url: Url | None = Field(
        default=None,
        description="An address other than its usual one, of DashScope also a region; null: the "
        "usual one. A new address needs the key anew.",
    )


class SetProviders(Arguments):
    """Changes to model providers; what is left out stays."""

    providers: list[SetProvider] = Field(
        default_factory=list, max_length=20, description="The providers to change."
    )
    chain: list[Annotated[SoundText, Field(max_length=240)]] | None = Field(
        default=None,
        max_length=8,
        description="Who is asked for assistants that name nobody; empty: by keys.",
        examples=[["openai:gpt-5.6-terra", "demo"]],
    )


class AskProvider(Arguments):
    """Which provider is tested, and with what: left out, with what is set."""

    provider: Provider
    key: Key | None = Field(default=None, description="A key that is not set yet.")
    url: Url | None = Field(
        default=None, description="An address other than what is set; needs a key with it."
    )
    model: SoundText | None = Field(
        default=None, max_length=200, description="Which of its models; its usual one."
    )
