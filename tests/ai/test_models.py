"""How a link becomes a model of pydantic-ai."""

import asyncio
import importlib.util

import httpx2
import pytest

from trialogue.ai import models
from trialogue.ai.credentials import REGIONS, Credential
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link


async def _closed(client: httpx2.AsyncClient) -> None:
    await client.aclose()


def made(link: Link, credential: Credential) -> models.Model:
    client = models.make_client()
    try:
        return models.make_model(link, credential, client)
    finally:
        asyncio.run(_closed(client))


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (Link("openai", "gpt-5"), "https://api.openai.com/v1/"),
        (Link("alibaba", "qwen-plus"), f"{REGIONS['singapore']}/"),
    ],
)
def test_each_provider_has_its_usual_address(link: Link, url: str) -> None:
    assert made(link, Credential(link.provider, "k")).base_url == url


def test_qwen_keeps_its_profile_and_its_white_space() -> None:
    profile = made(Link("alibaba", "qwen-plus"), Credential("alibaba", "k")).profile
    assert profile["ignore_streamed_leading_whitespace"] is False
    assert profile["openai_chat_streaming_requires_finish_reason"] is True
    assert profile["openai_chat_supports_document_input"] is False


@pytest.mark.parametrize("provider", ["anthropic", "google"])
def test_a_provider_without_its_package_says_so(provider: str) -> None:
    package = {"anthropic": "anthropic", "google": "google.genai"}[provider]
    try:
        there = importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        there = False
    link, credential = Link(provider, "some"), Credential(provider, "k")
    if there:
        assert made(link, credential).model_name == "some"
    else:
        with pytest.raises(ProviderFailure) as failure:
            made(link, credential)
        assert failure.value.code == "not_installed"


def test_proxies_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def proxied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async def scene() -> None:
        async with await asyncio.start_server(proxied, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
            monkeypatch.setenv("no_proxy", ".inside.test,other.test")
            async with models.make_client() as client:
                await client.get("http://outside.test/one")
                for address in (f"http://127.0.0.1:{port}/two", f"http://localhost:{port}/three"):
                    await client.get(address)
                for unknown in ("http://a.inside.test/", "http://other.test/"):
                    with pytest.raises(httpx2.ConnectError):
                        await client.get(unknown)

    asyncio.run(scene())
    assert [line.split(" ")[1] for line in asked] == ["http://outside.test/one", "/two", "/three"]
