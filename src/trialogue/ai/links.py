"""Links of a chain: which provider and which model. Pure.

A chain is written `openai:gpt-5.6-terra,alibaba:qwen-plus,demo`; its links are asked in this order.
"""

from dataclasses import dataclass

from trialogue.core.errors import InvalidError

DEMO = "demo"
# What a server asks of a provider for which it has a key, unless its settings name a model.
PREFERRED = {
    "openai": "gpt-5.6-terra",
    "alibaba": "qwen-plus",
    "anthropic": "claude-sonnet-5-5",
    "google": "gemini-3.8-flash",
}
LOCAL = ("ollama", "lmstudio", "vllm", "llamacpp")
KNOWN = (*PREFERRED, *LOCAL, "openai-compatible", DEMO)
LONGEST = 200  # characters of a model's name
MOST = 8  # links of one chain


@dataclass(frozen=True, slots=True)
class Link:
    """One provider and its model; `demo` has no model."""

    provider: str
    model: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.model else self.provider


def parse(text: str) -> Link:
    """A link from its text. A model's name may hold colons (`ollama:llama3.2:3b`).

    Raises InvalidError (a ValueError) that says what is wrong and what would be right.
    """
    provider, _, model = (part.strip() for part in text.strip().partition(":"))
    if provider not in KNOWN:
        known = ", ".join(KNOWN)
        raise _invalid(f"There is no provider {provider!r}; known ones are {known}.")
    if provider == DEMO and model:
        raise _invalid("The demo assistant has no models: write `demo`.")
    if provider != DEMO and not model:
        raise _invalid(f"Name a model of {provider}: `{provider}:<model>`.")
    if len(model) > LONGEST or not model.isprintable():
        raise _invalid(f"A model's name has up to {LONGEST} printable characters.")
    return Link(provider, model)


def chain(text: str) -> tuple[Link, ...]:
    """The links of a chain in order; a link named twice counts once, an empty text is no link.

    Raises InvalidError (a ValueError) for a link that is wrong, and for more than 8 of them.
    """
    found = tuple(dict.fromkeys(parse(part) for part in text.split(",") if part.strip()))
    if len(found) > MOST:
        raise _invalid(f"A chain has up to {MOST} links.")
    return found


def _invalid(detail: str) -> InvalidError:
    return InvalidError("invalid", detail, field="providers")
