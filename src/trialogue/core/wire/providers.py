"""Wire types of model providers, as admins see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

KeySource = Literal["environment", "workspace"]
ChainSource = Literal["environment", "workspace", "keys", "local", "demo"]
CircuitState = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """A key; never the key itself. `hint` is its end, null where it is short or cannot be read."""

    set: bool
    hint: str | None
    source: KeySource | None


@dataclass(frozen=True, slots=True)
class ModelProvider:
    """A provider of models. `url` is null for its usual address; `model` is what is asked of it
    where nothing else is named; `circuit` is `open` while it is left alone after failures."""

    provider: str
    key: ProviderKey
    url: str | None
    region: str | None
    model: str | None
    needs_key: bool
    circuit: CircuitState
    failure: str | None
    retry_in: float


@dataclass(frozen=True, slots=True)
class ProviderChain:
    """Who is asked, in order, for assistants that name nobody, and where that was said."""

    links: Sequence[str]
    source: ChainSource


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A model server on the machine of this one."""

    provider: str
    url: str
    models: Sequence[str]


@dataclass(frozen=True, slots=True)
class ModelProviders:
    """All providers, the chain, and the model servers that were found on this machine."""

    providers: Sequence[ModelProvider]
    chain: ProviderChain
    found: Sequence[FoundServer]


@dataclass(frozen=True, slots=True)
class ProviderTest:
    """What the test of a key told. `region` is the one of DashScope that accepts the key."""

    ok: bool
    detail: str
    ms: int
    region: str | None
