"""Keys and addresses of providers. Pure; a key is in no `repr`.

Addresses end where `/chat/completions` would follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trialogue.ai.links import DEMO, LOCAL, PREFERRED, Link
from trialogue.core.errors import InvalidError

# Where DashScope answers; keys belong to one region.
REGIONS: Mapping[str, str] = {
    "singapore": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "beijing": "https://dashscope.aliyuncs.com/compatible-mode/v1",
    "virginia": "https://dashscope-us.aliyuncs.com/compatible-mode/v1",
    "hongkong": "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1",
}
_OTHER_NAMES = {
    "intl": "singapore",
    "international": "singapore",
    "cn": "beijing",
    "us": "virginia",
}
# Where local model servers listen unless told otherwise.
ADDRESSES: Mapping[str, str] = {
    "ollama": "http://127.0.0.1:11434/v1",
    "lmstudio": "http://127.0.0.1:1234/v1",
    "vllm": "http://127.0.0.1:8000/v1",
    "llamacpp": "http://127.0.0.1:8080/v1",
}


@dataclass(frozen=True, slots=True)
class Credential:
    """How one provider is reached: a key, an address other than its usual one, or both."""

    provider: str
    key: str | None = field(default=None, repr=False)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """The providers that can be asked."""

    held: tuple[Credential, ...] = ()

    def of(self, provider: str) -> Credential | None:
        """What is held for a provider. Local servers need nothing, and have their usual address."""
        found = next((held for held in self.held if held.provider == provider), None)
        if found is None and provider in LOCAL:
            return Credential(provider, url=ADDRESSES[provider])
        return found

    def having(self, credential: Credential) -> "Credentials":
        """The same with one provider's credential set or replaced."""
        others = tuple(held for held in self.held if held.provider != credential.provider)
        return Credentials((*others, credential))

    def chain(self) -> tuple[Link, ...]:
        """The links that keys alone suggest: each provider's usual model, in our order."""
        keyed = {held.provider for held in self.held if held.key}
        return tuple(Link(name, model) for name, model in PREFERRED.items() if name in keyed)


def region_address(region: str) -> str:
    """DashScope's address in a region (`singapore`, `beijing`, …), or a full address as it is.

    Raises InvalidError for a region that is not known.
    """
    if region.startswith(("https://", "http://")):
        return region.rstrip("/")
    name = region.strip().lower().replace(" ", "").replace("-", "").replace("_", "")
    name = _OTHER_NAMES.get(name, name)
    if name not in REGIONS:
        known = ", ".join(REGIONS)
        raise InvalidError("invalid", f"must be an http(s) address or one of {known}")
    return REGIONS[name]


def ollama_address(url: str) -> str:
    """Ollama's address for chats: people give it with and without `/v1`."""
    url = url.rstrip("/")
    return url if url.endswith("/v1") else f"{url}/v1"


def fallback(credentials: Credentials, discovered: tuple[Link, ...] = ()) -> tuple[Link, ...]:
    """The chain of a server that names none: by its keys, else what was discovered; else demo."""
    return credentials.chain() or discovered or (Link(DEMO),)
