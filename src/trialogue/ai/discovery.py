"""Looks for model servers on this machine.

May touch: model providers, by HTTP. Its HTTP client is loaded, in a thread, once somebody listens.
"""

import asyncio
import importlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from trialogue.ai.credentials import ADDRESSES
from trialogue.ai.links import Link

BRIEF = 0.3  # seconds in which a local server must answer
LISTS: Mapping[str, str] = {"ollama": "/api/tags"}  # others: `/v1/models`
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Found:
    """A model server on this machine, and the models that it has."""

    provider: str
    url: str
    models: tuple[str, ...]

    @property
    def links(self) -> tuple[Link, ...]:
        """Its models as links of a chain."""
        return tuple(Link(self.provider, model) for model in self.models)


async def discover(
    own_port: int | None = None,
    addresses: Mapping[str, str] = ADDRESSES,
    *,
    within: float = BRIEF,
) -> tuple[Found, ...]:
    """The model servers that listen here, in our order; all asked at once, never longer than
    `within` seconds. `own_port` is our own server's, which is not asked."""
    wanted = {name: url for name, url in addresses.items() if not _is_own(url, own_port)}
    open_ = await asyncio.gather(*(_listens(url, within) for url in wanted.values()))
    wanted = {name: url for (name, url), there in zip(wanted.items(), open_, strict=True) if there}
    if not wanted:
        return ()
    http = await _http()
    async with http.AsyncClient(timeout=within, trust_env=False) as client:
        asked = [_look(client, http, name, url, within) for name, url in wanted.items()]
        found = await asyncio.gather(*asked)
    return tuple(server for server in found if server is not None and server.models)


async def _listens(url: str, within: float) -> bool:
    """Whether there is anybody; where nobody is, which is usual, no HTTP client is loaded."""
    parts = urlsplit(url)
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(within):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        writer.close()
        return True
    return False


async def _http() -> ModuleType:
    return await asyncio.to_thread(importlib.import_module, "httpx2")


def _is_own(url: str, own_port: int | None) -> bool:
    return own_port is not None and any(f"//{host}:{own_port}/" in url for host in _LOCAL_HOSTS)


async def _look(
    client: Any, http: ModuleType, provider: str, url: str, within: float
) -> Found | None:
    root = url.removesuffix("/v1")
    with suppress(http.HTTPError, ValueError, TimeoutError):
        async with asyncio.timeout(within):
            answer = await client.get(root + LISTS.get(provider, "/v1/models"))
        if answer.status_code == 200:
            return Found(provider, url, _models(provider, answer.json()))
    return None


def _models(provider: str, told: object) -> tuple[str, ...]:
    """The names of models in a list of the right shape; nothing in any other."""
    match told:
        case {"models": [*entries]} if provider == "ollama":
            names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
        case {"object": "list", "data": [*entries]} if provider != "ollama":
            # Another Trialogue lists its assistants in the same form.
            models = [entry for entry in entries if isinstance(entry, dict)]
            names = [one.get("id") for one in models if one.get("owned_by") != "trialogue"]
        case _:
            return ()
    return tuple(name for name in names if isinstance(name, str) and _is_chat(name))


def _is_chat(name: str) -> bool:
    return bool(name) and "embed" not in name.lower()
