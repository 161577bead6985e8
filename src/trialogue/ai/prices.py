"""What tokens cost: our own table, since libraries know no prices of Qwen. Reads files, no network.

`prices.json` holds list prices as they were at its `as_of`; a file of one's own goes before it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Self

from trialogue.ai.links import DEMO, LOCAL
from trialogue.ai.usage import Usage

MILLION = 1_000_000
# `gpt-5` stands for `gpt-5-2026-08-07` and `gpt-5-latest`, and not for `gpt-5-mini`.
_SUFFIX = re.compile(r"[-@:](?:\d|latest|preview)")


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens. `above`: for questions of more tokens than that; `cached`: of the
    question's tokens those that came from a cache."""

    input: Decimal
    output: Decimal
    cached: Decimal
    above: int = 0

    def of(self, usage: Usage) -> Decimal:
        """What an attempt cost, in USD."""
        cached = min(usage.cached_tokens, usage.input_tokens)
        fresh = usage.input_tokens - cached
        total = fresh * self.input + cached * self.cached + usage.output_tokens * self.output
        return total / MILLION


_Table = Mapping[str, Mapping[str, tuple[Price, ...]]]


@dataclass(frozen=True)
class Prices:
    """A table of prices: by provider and model the price of each tier, dearest questions last."""

    as_of: str
    table: _Table

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The built-in table, with what a file sets of it. Raises ValueError that says where."""
        text = resources.files("trialogue.ai").joinpath("prices.json").read_text(encoding="utf-8")
        built_in = cls.read(text, "prices.json")
        if path is None:
            return built_in
        try:
            own = cls.read(path.read_text(encoding="utf-8"), str(path))
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
        merged = {
            provider: {**built_in.table.get(provider, {}), **own.table.get(provider, {})}
            for provider in {**built_in.table, **own.table}
        }
        return replace(own, table=merged)

    @classmethod
    def read(cls, text: str, name: str) -> Self:
        """A table from its text. Raises ValueError that names the model at fault."""
        try:
            found = json.loads(text, parse_float=Decimal)
            models: dict[str, dict[str, object]] = found["models"]
            table = {
                provider: {
                    model: _tiers(f"{provider}:{model}", entry) for model, entry in of.items()
                }
                for provider, of in models.items()
            }
            return cls(as_of=str(found.get("as_of", "")), table=table)
        except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{name} is no table of prices: {error}.") from error

    def find(self, provider: str, model: str, input_tokens: int = 0) -> Price | None:
        """The price of a model for a question of so many tokens; None where it is not known."""
        if provider == DEMO or provider in LOCAL:
            return self._free
        known = self.table.get(provider, {})
        names = [name for name in known if model == name or _is_form(model, name)]
        if not names:
            return None
        tiers = known[max(names, key=len)]
        return next(tier for tier in reversed(tiers) if input_tokens >= tier.above)

    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        """What an attempt cost, in USD; None where the price is not known. Local models and the
        demo assistant cost nothing."""
        price = self.find(provider, model, usage.input_tokens)
        return None if price is None else price.of(usage)

    @cached_property
    def _free(self) -> Price:
        return Price(Decimal(0), Decimal(0), Decimal(0))


def _is_form(model: str, name: str) -> bool:
    return model.startswith(name) and _SUFFIX.match(model, len(name)) is not None


def _tiers(name: str, entry: object) -> tuple[Price, ...]:
    if not isinstance(entry, dict):
        raise ValueError(f"The price of {name} is no object.")
    tiers = (entry, *entry.get("tiers", ()))
    return tuple(sorted((_price(name, tier) for tier in tiers), key=lambda tier: tier.above))


def _price(name: str, tier: Mapping[str, object]) -> Price:
    try:
        told = {
            key: Decimal(str(tier[key])) for key in ("input", "output", "cached") if key in tier
        }
        price = Price(
            told["input"],
            told["output"],
            told.get("cached", told["input"]),
            int(str(tier.get("above", 0))),
        )
    except (KeyError, ValueError, InvalidOperation) as error:
        raise ValueError(f"The price of {name} needs numbers for input and output.") from error
    if not all(value.is_finite() and value >= 0 for value in told.values()):
        raise ValueError(f"The price of {name} is below nothing.")
    return price
