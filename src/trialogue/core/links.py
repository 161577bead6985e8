"""Links of a chain as they are written: `provider:model`, or `demo`. Pure.

Which providers there are is said here, so that what names one can be checked before it is kept.
"""

from trialogue.core.errors import InvalidError

HOSTED = ("openai", "alibaba", "anthropic", "google")
LOCAL = ("ollama", "lmstudio", "vllm", "llamacpp")
DEMO = "demo"
KNOWN = (*HOSTED, *LOCAL, "openai-compatible", DEMO)
LONGEST = 200  # characters of a model's name


def split(text: str) -> tuple[str, str]:
    """The provider and the model of a link; `demo` has no model. A model's name may hold colons
    (`ollama:llama3.2:3b`).

    Raises InvalidError (a ValueError) that says what is wrong and what would be right.
    """
    provider, _, model = (part.strip() for part in text.strip().partition(":"))
    if provider not in KNOWN:
        known = ", ".join(KNOWN)
        raise invalid(f"There is no provider {provider!r}; known ones are {known}.")
    if provider == DEMO and model:
        raise invalid("The demo assistant has no models: write `demo`.")
    if provider != DEMO and not model:
        raise invalid(f"Name a model of {provider}: `{provider}:<model>`.")
    if len(model) > LONGEST or not model.isprintable():
        raise invalid(f"A model's name has up to {LONGEST} printable characters.")
    return provider, model


def invalid(detail: str) -> InvalidError:
    """What is wrong with a chain."""
    return InvalidError("invalid", detail, field="providers")
