"""Real models, by pydantic-ai: what a link is there, and how a prompt is put to it.

May touch: pydantic-ai, which it loads: import it in a thread, once a model is first asked.
"""

import asyncio
import os
import ssl
import urllib.request
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import httpx2
from openai import AsyncOpenAI
from pydantic_ai import direct
from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    UserContent,
    UserPromptPart,
)
from pydantic_ai.models import Model, StreamedResponse
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import ModelProfile, merge_profile
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.alibaba import AlibabaProvider
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from trialogue.ai.credentials import REGIONS, Credential
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.merging import MergingTransport
from trialogue.ai.prompt import Prompt, Turn
from trialogue.ai.usage import Usage

CONNECT = 5.0  # seconds
LIMITS = httpx2.Limits(max_connections=1_000, max_keepalive_connections=100)
OPENAI = "https://api.openai.com/v1"
CANNED = (
    b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"x",'
    b'"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)
# What an assistant may set; other names are not passed on.
SETTINGS = (
    *("temperature", "top_p", "max_tokens", "presence_penalty", "frequency_penalty", "seed"),
    "stop_sequences",
)
# Who tells usage more than once in a stream tells totals: the last one counts, they are not added
# up. Not every server knows the option with which pydantic-ai asks for that; it is not sent.
LAST_USAGE: dict[str, object] = {
    "openai_continuous_usage_stats": True,
    "extra_body": {"stream_options": {"include_usage": True}},
}
NO_KEY = "not-needed"  # the SDK insists on one; local servers do not


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: until the first output, for a whole answer, and between two signs of life."""

    first_event: float = 10.0
    request: float = 300.0
    silence: float = 60.0


def make_client() -> httpx2.AsyncClient:
    """The HTTP client of all providers. Honours the usual variables for proxies, which httpx2
    leaves to whoever brings a transport. Reads certificates: make it in a thread."""
    mounts: dict[str, httpx2.AsyncBaseTransport | None] = {}
    proxies = urllib.request.getproxies()
    for scheme in ("http", "https"):
        if proxy := proxies.get(scheme) or proxies.get("all"):
            mounts[f"{scheme}://"] = _transport(proxy)
    if mounts:
        direct_hosts = ["localhost", "127.0.0.1", "[::1]", *_unproxied()]
        mounts.update({f"all://{host}": _transport() for host in direct_hosts})
    return httpx2.AsyncClient(transport=_transport(), mounts=mounts)


def warm() -> None:
    """Ask a model that is not there: libraries load a good part of themselves, most of a second,
    with their first request, which should not happen in the server's loop. Call it in a thread."""
    asyncio.run(_warm())


async def _warm() -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=CANNED)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        model = make_model(Link("openai", "x"), Credential("openai", url="http://x"), client)
        prompt = Prompt("x", (Turn("user", "x"),))
        async with ask(model, prompt, Patience()) as stream:
            async for event in stream:
                text_of(event)


def _transport(proxy: str | None = None) -> httpx2.AsyncBaseTransport:
    return MergingTransport(httpx2.AsyncHTTPTransport(verify=_trust(), limits=LIMITS, proxy=proxy))


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that are believed; reading them takes most of a tenth of a second."""
    return httpx2.create_ssl_context()


def _unproxied() -> list[str]:
    hosts = os.environ.get("no_proxy", os.environ.get("NO_PROXY", "")).split(",")
    return [f"*{host}" if host.startswith(".") else host for host in map(str.strip, hosts) if host]


def make_model(link: Link, credential: Credential, client: httpx2.AsyncClient) -> Model:
    """The model of a link. Raises ProviderFailure where its package is not installed."""
    if link.provider == "anthropic":
        return _anthropic(link, credential, client)
    if link.provider == "google":
        return _google(link, credential, client)
    sdk = AsyncOpenAI(
        api_key=credential.key or NO_KEY,
        base_url=credential.url or _usual_address(link.provider),
        http_client=client,
        max_retries=0,  # the chain is our retry; the SDK's hides up to 4 s of it
    )
    provider = _provider(link.provider, sdk)
    return OpenAIChatModel(link.model, provider=provider, profile=_profile(link, provider))


def _usual_address(provider: str) -> str:
    return REGIONS["singapore"] if provider == "alibaba" else OPENAI


def _provider(name: str, sdk: AsyncOpenAI) -> Provider[AsyncOpenAI]:
    if name == "openai":
        return OpenAIProvider(openai_client=sdk)
    if name == "alibaba":
        return AlibabaProvider(openai_client=sdk)
    if name == "ollama":
        return OllamaProvider(openai_client=sdk)
    return OpenAICompatibleProvider(name, openai_client=sdk)


def _profile(link: Link, provider: Provider[AsyncOpenAI]) -> ModelProfile | None:
    ours = OpenAIModelProfile(
        # Else an answer that a proxy cut short counts as complete.
        openai_chat_streaming_requires_finish_reason=True,
        # Qwen's profile would drop the white space at an answer's beginning.
        ignore_streamed_leading_whitespace=False,
    )
    if link.provider != "openai":
        ours["openai_chat_supports_max_completion_tokens"] = False
    return merge_profile(provider.model_profile(link.model), ours)


def _anthropic(link: Link, credential: Credential, client: httpx2.AsyncClient) -> Model:
    try:
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider
    except ImportError as error:
        raise ProviderFailure("not_installed") from error
    provider = AnthropicProvider(
        api_key=credential.key, base_url=credential.url, http_client=client
    )
    return AnthropicModel(link.model, provider=provider)


def _google(link: Link, credential: Credential, client: httpx2.AsyncClient) -> Model:
    try:
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider
    except ImportError as error:
        raise ProviderFailure("not_installed") from error
    if credential.key is None:
        raise ProviderFailure("no_key")
    provider = GoogleProvider(api_key=credential.key, base_url=credential.url, http_client=client)
    return GoogleModel(link.model, provider=provider)


def ask(
    model: Model, prompt: Prompt, patience: Patience
) -> AbstractAsyncContextManager[StreamedResponse]:
    """Put a prompt to a model. Entering it waits for the first event."""
    settings = {name: prompt.settings[name] for name in SETTINGS if name in prompt.settings}
    settings |= {
        "max_retries": 0,
        "first_event_timeout": patience.first_event,
        "request_timeout": patience.request,
    }
    if isinstance(model, OpenAIChatModel):
        settings |= LAST_USAGE
    if model.system != "google":
        settings["timeout"] = httpx2.Timeout(patience.silence, connect=CONNECT)
    return direct.model_request_stream(
        model, _messages(prompt), model_settings=cast(ModelSettings, settings)
    )


def _messages(prompt: Prompt) -> list[ModelMessage]:
    messages: list[ModelMessage] = []
    instructions = [SystemPromptPart(prompt.instructions)] if prompt.instructions else []
    for turn in prompt.exchanges():
        if turn.role == "assistant":
            messages.append(ModelResponse(parts=[TextPart(turn.text)]))
        else:
            messages.append(ModelRequest(parts=[*instructions, UserPromptPart(_content(turn))]))
            instructions = []
    return messages


def _content(turn: Turn) -> str | list[UserContent]:
    if not turn.images:
        return turn.text
    pictures = [BinaryContent(image.data, media_type=image.mime_type) for image in turn.images]
    return [turn.text, *pictures]


def text_of(event: ModelResponseStreamEvent | Any) -> str:
    """The text in an event, if any. The first of an answer is inside of the start of its part;
    what a model thinks is no text."""
    if isinstance(event, PartDeltaEvent):
        return event.delta.content_delta if isinstance(event.delta, TextPartDelta) else ""
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    return ""


def usage_of(answer: StreamedResponse) -> Usage | None:
    """What the provider counted; None where it has not said it (yet)."""
    usage = answer.usage
    if not usage.output_tokens and not usage.input_tokens:
        return None
    return Usage(
        usage.input_tokens,
        usage.output_tokens,
        estimated=False,
        cached_tokens=usage.cache_read_tokens,
    )
