"""What a provider's answer is to whoever reads it: pieces of text, then what they took. Pure.

Real providers and the demo assistant both have this form.
"""

from types import TracebackType
from typing import Protocol, Self

from trialogue.ai.usage import Usage
from trialogue.core import wire


class Stream(Protocol):
    """An answer. Nothing is asked before the first piece is; leaving the context ends it at once.

    `usage` is right at any time: estimated until the provider has said its own; `model` is the
    name the provider gave; `finish` is `length` where the answer reached its longest.
    """

    finish: wire.Finish

    @property
    def usage(self) -> Usage:
        """The tokens so far."""
        ...

    @property
    def model(self) -> str:
        """The model that answers."""
        ...

    async def __aenter__(self) -> Self:
        """Nothing is asked yet."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the line to the provider, whether its answer has ended or not."""
        ...

    def __aiter__(self) -> Self:
        """The pieces."""
        ...

    async def __anext__(self) -> str:
        """The next piece, verbatim. Raises ProviderFailure."""
        ...
