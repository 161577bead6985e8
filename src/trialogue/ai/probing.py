"""Tests a key by asking for one token, and says which part fails.

May touch: model providers, by HTTP. The HTTP client is loaded in a thread when first needed.
"""

import asyncio
import importlib
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from trialogue.ai.credentials import ADDRESSES, REGIONS, Credential
from trialogue.ai.failures import MEANINGS, named
from trialogue.ai.links import PREFERRED

PATIENCE = 10.0  # seconds in which an answer must come


@dataclass(frozen=True, slots=True)
class Probe:
    """What the test of a key told. `region` is DashScope's that accepts it."""

    ok: bool
    detail: str
    ms: int
    region: str | None = None


async def probe(
    credential: Credential,
    model: str | None = None,
    *,
    regions: Mapping[str, str] = REGIONS,
    within: float = PATIENCE,
) -> Probe:
    """Ask a provider for one token, and say which part fails: name, line, TLS, key, region, credit,
    model. A DashScope key that its region refuses is tried in the others."""
    begun = time.monotonic()
    told = await _try(credential, model, within)
    if credential.provider != "alibaba":
        return Probe(told.code is None, told.detail, _since(begun))
    own = next((name for name, url in regions.items() if url == credential.url), None)
    if told.code != "unauthorized":
        return Probe(told.code is None, told.detail, _since(begun), own)
    others = {name: url for name, url in regions.items() if name != own}
    fits = await _accepting(credential, model, others, within)
    detail = f"The key belongs to the region {fits}." if fits else "No region accepts the key."
    return Probe(False, detail, _since(begun), fits)


async def _accepting(
    credential: Credential, model: str | None, regions: Mapping[str, str], within: float
) -> str | None:
    """The first of the regions that knows a key, whatever else it says."""
    keys = [Credential(credential.provider, credential.key, url) for url in regions.values()]
    told = await asyncio.gather(*(_try(key, model, within) for key in keys))
    known = (None, "account", "no_model")
    return next((name for name, one in zip(regions, told, strict=True) if one.code in known), None)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1_000)


@dataclass(frozen=True, slots=True)
class _Told:
    code: str | None
    detail: str


async def _http() -> ModuleType:
    return await asyncio.to_thread(importlib.import_module, "httpx2")


async def _try(credential: Credential, model: str | None, within: float) -> _Told:
    http = await _http()
    url, headers, body = _question(credential, model or PREFERRED.get(credential.provider, ""))
    try:
        async with http.AsyncClient(timeout=within) as client:
            answer = await client.post(url, headers=headers, json=body)
    except (http.InvalidURL, http.UnsupportedProtocol):
        return _Told("address", "The address is not a web address.")
    except http.TimeoutException:
        return _Told("timeout", f"No answer within {within:g} seconds.")
    except http.HTTPError as error:
        return _Told("unreachable", _line(error))
    return _read(answer.status_code, answer.content)


def _question(credential: Credential, model: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The request for one token, in the provider's own form."""
    key, said = credential.key or "", [{"role": "user", "content": "Hi"}]
    if credential.provider == "anthropic":
        url = credential.url or "https://api.anthropic.com"
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        return f"{url}/v1/messages", headers, {"model": model, "max_tokens": 1, "messages": said}
    if credential.provider == "google":
        url = credential.url or "https://generativelanguage.googleapis.com"
        contents = [{"role": "user", "parts": [{"text": "Hi"}]}]
        body = {"contents": contents, "generationConfig": {"maxOutputTokens": 1}}
        return f"{url}/v1beta/models/{model}:generateContent", {"x-goog-api-key": key}, body
    usual = REGIONS["singapore"] if credential.provider == "alibaba" else _usual(credential)
    limit = "max_completion_tokens" if credential.provider == "openai" else "max_tokens"
    headers = {"authorization": f"Bearer {key}"} if key else {}
    url = f"{(credential.url or usual).rstrip('/')}/chat/completions"
    return url, headers, {"model": model, "messages": said, limit: 1}


def _usual(credential: Credential) -> str:
    return ADDRESSES.get(credential.provider, "https://api.openai.com/v1")


def _line(error: BaseException) -> str:
    """Which part of the line to a provider fails, by what its HTTP client says."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return "The server's TLS certificate or protocol is not accepted."
        seen = seen.__cause__ or seen.__context__
    text = str(error).lower()
    if any(sign in text for sign in ("name or service", "resolution", "getaddrinfo", "nodename")):
        return "The server's name is not known (DNS)."
    if "certificate" in text or "ssl" in text:
        return "The server's TLS certificate or protocol is not accepted."
    return "The server does not accept the connection."


def _read(status: int, content: bytes) -> _Told:
    if status == 200:
        return _Told(None, "The provider has answered.")
    lowered = content.decode(errors="replace").lower()
    told = named(*_names(content))
    if told == "account" or status == 402 or "credit balance" in lowered:
        return _Told("account", MEANINGS["account"].detail)
    if told == "refused":
        return _Told(None, "The provider has answered.")
    if status in (401, 403) or "api_key_invalid" in lowered:
        return _Told("unauthorized", MEANINGS["unauthorized"].detail)
    if status == 404:
        return _Told("no_model", "The provider does not know the model, or the address is wrong.")
    if status == 429:
        return _Told(None, "The key is accepted; the provider is asked too often just now.")
    if status >= 500:
        return _Told("unavailable", MEANINGS["unavailable"].detail)
    # One token is too few for some models to say anything: the key has passed all the same.
    if "max_tokens" in lowered or "max_completion_tokens" in lowered or "output limit" in lowered:
        return _Told(None, "The provider has answered.")
    return _Told("rejected", MEANINGS["rejected"].detail)


def _names(content: bytes) -> tuple[object, ...]:
    """The provider's own code and type of an error."""
    try:
        told = json.loads(content)
    except ValueError:
        return ()
    match told:
        case {"error": {**error}}:
            return error.get("code"), error.get("type")
        case {"code": code}:
            return (code,)
        case _:
            return ()
