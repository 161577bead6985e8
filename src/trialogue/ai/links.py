"""Links of a chain: which provider and which model. Pure, but for the log.

A chain is written `openai:gpt-5.6-terra,alibaba:qwen-plus,demo`; its links are asked in this order.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from trialogue.core.errors import InvalidError
from trialogue.core.links import DEMO, KNOWN, LOCAL, invalid, split

__all__ = ["DEMO", "KNOWN", "LOCAL", "MOST", "PREFERRED", "Link", "chain", "known", "parse"]

log = structlog.get_logger(__name__)

# What a server asks of a provider for which it has a key, unless its settings name a model.
PREFERRED = {
    "openai": "gpt-5.6-terra",
    "alibaba": "qwen-plus",
    "anthropic": "claude-sonnet-5-5",
    "google": "gemini-3.8-flash",
}
MOST = 8  # links of one chain


@dataclass(frozen=True, slots=True)
class Link:
    """One provider and its model; `demo` has no model."""

    provider: str
    model: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.model else self.provider


def parse(text: str) -> Link:
    """A link from its text. Raises InvalidError (a ValueError)."""
    return Link(*split(text))


def chain(text: str) -> tuple[Link, ...]:
    """The links of a chain in order; a link named twice counts once, an empty text is no link.

    Raises InvalidError (a ValueError) for a link that is wrong, and for more than 8 of them.
    """
    found = tuple(dict.fromkeys(parse(part) for part in text.split(",") if part.strip()))
    if len(found) > MOST:
        raise invalid(f"A chain has up to {MOST} links.")
    return found


def known(texts: Iterable[str]) -> tuple[Link, ...]:
    """The links of a chain that is kept, without those that cannot be asked any more: it may be
    older than the rules."""
    found: list[Link] = []
    for text in texts:
        try:
            found.append(parse(text))
        except InvalidError as error:
            log.warning("a link is left out", link=text, reason=error.detail)
    return tuple(found)
