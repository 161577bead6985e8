"""Asking models in tests: the provider's process, its models, and what is heard from them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.support.provider import Provider, Script
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.prompt import Prompt, Turn
from trialogue.ai.providers import Providers
from trialogue.ai.stream import Stream
from trialogue.ai.usage import Usage

GPT, QWEN = Link("openai", "gpt-test"), Link("alibaba", "qwen-test")
ASKED = Prompt("Be brief.", (Turn("user", "How are you?"),))


def credentials(provider: Provider, key: str = "sk-secret") -> Credentials:
    return Credentials(
        (
            Credential("openai", key, provider.url),
            Credential("alibaba", key, provider.url),
            Credential("ollama", url=provider.url),
            Credential("openai-compatible", None, provider.url),
        )
    )


@asynccontextmanager
async def opened(held: Credentials, **more: Any) -> AsyncIterator[Providers]:
    providers = Providers(held, **more)
    try:
        yield providers
    finally:
        await providers.close()


def on(provider: Provider, scene: Callable[[Providers], Awaitable[Any]], **more: Any) -> Any:
    """Run a scene with the provider's models."""

    async def play() -> Any:
        async with opened(credentials(provider), **more) as providers:
            return await scene(providers)

    return asyncio.run(play())


async def heard(
    providers: Providers, link: Link = GPT, prompt: Prompt = ASKED
) -> tuple[list[str], Stream]:
    async with providers.open(link, prompt) as stream:
        pieces = [piece async for piece in stream]
    return pieces, stream


def answered(provider: Provider, script: Script, link: Link = GPT) -> tuple[str, Stream]:
    provider.queue(link.model, script)
    pieces, stream = on(provider, lambda providers: heard(providers, link))
    return "".join(pieces), stream


def failed(
    provider: Provider, script: Script, link: Link = GPT, **more: Any
) -> tuple[str, ProviderFailure, Usage]:
    """What came before a failure, the failure, and the usage."""
    provider.queue(link.model, script)

    async def scene(providers: Providers) -> tuple[str, ProviderFailure, Usage]:
        said = ""
        async with providers.open(link, ASKED) as stream:
            try:
                async for piece in stream:
                    said += piece
            except ProviderFailure as failure:
                return said, failure, stream.usage
        raise AssertionError(f"it has not failed: {said!r}")

    found: tuple[str, ProviderFailure, Usage] = on(provider, scene, **more)
    return found
