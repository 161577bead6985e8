"""The test of a key says which part fails, and finds DashScope's region."""

import asyncio
import ssl
from typing import Any

import pytest

from tests.support import provider as wire
from tests.support.provider import Provider, Script
from trialogue.ai import probing
from trialogue.ai.credentials import Credential
from trialogue.ai.probing import Probe


def probed(credential: Credential, **more: Any) -> Probe:
    return asyncio.run(probing.probe(credential, **{"model": "gpt-test", **more}))


def openai(provider: Provider, script: Script | None = None) -> Probe:
    if script is not None:
        provider.queue("gpt-test", script)
    return probed(Credential("openai", "sk-1", provider.url))


def test_a_good_key_is_good_and_costs_one_token(provider: Provider) -> None:
    found = openai(provider)
    assert (found.ok, found.detail, found.region) == (True, "The provider has answered.", None)
    assert found.ms >= 0
    (asked,) = provider.asked()
    assert (asked.body["max_completion_tokens"], asked.key) == (1, "sk-1")


@pytest.mark.parametrize(
    ("script", "ok", "says"),
    [
        (wire.fail(401, "invalid_api_key"), False, "does not accept the key"),
        (wire.fail(403, "no_access"), False, "does not accept the key"),
        (wire.fail(429, "insufficient_quota"), False, "out of credit"),
        (wire.arrears(), False, "out of credit"),
        (wire.fail(402), False, "out of credit"),
        (wire.fail(400, "invalid", "Your credit balance is too low"), False, "out of credit"),
        (wire.fail(404, "model_not_found"), False, "does not know the model"),
        (wire.fail(500), False, "has a fault"),
        (wire.fail(400, "bad"), False, "did not accept the request"),
        (wire.fail(429, "rate_limit_exceeded"), True, "key is accepted"),
        (wire.inspected(), True, "has answered"),
        (wire.fail(400, "x", "max_tokens is too small"), True, "has answered"),
    ],
)
def test_what_fails_is_named(provider: Provider, script: Script, ok: bool, says: str) -> None:
    found = openai(provider, script)
    assert found.ok is ok
    assert says in found.detail


def test_an_answer_of_another_form_is_read_too(provider: Provider) -> None:
    script = {"status": 400, "body": '{"code": "Arrearage", "message": "x"}'}
    assert "out of credit" in openai(provider, script).detail
    assert not openai(provider, {"status": 400, "body": "<html>"}).ok


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://nobody.invalid/v1", "not known (DNS)"),
        ("http://127.0.0.1:9/v1", "does not accept the connection"),
        ("box:11434/v1", "not a web address"),
    ],
)
def test_a_line_that_fails_is_named(url: str, says: str) -> None:
    found = probed(Credential("openai", "sk-1", url))
    assert not found.ok
    assert says in found.detail


def test_tls_that_fails_is_named() -> None:
    async def scene() -> Probe:
        def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"this is no TLS\r\n")
            writer.close()

        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            return await probing.probe(Credential("openai", "sk-1", url), "gpt-test")

    found = asyncio.run(scene())
    assert (found.ok, "TLS" in found.detail) == (False, True)


def test_a_cause_deep_below_is_found() -> None:
    error = OSError("what")
    error.__cause__ = ssl.SSLCertVerificationError("expired")
    assert "TLS" in probing._line(error)


def test_a_silent_provider_is_waited_for_only_so_long(provider: Provider) -> None:
    provider.queue("gpt-test", wire.silent())
    found = probed(Credential("openai", "sk-1", provider.url), within=0.2)
    assert (found.ok, found.detail) == (False, "No answer within 0.2 seconds.")


def test_a_key_of_another_region_is_told_its_region(provider: Provider) -> None:
    with wire.running() as beijing:
        provider.serve(key="sk-singapore")
        beijing.serve(key="sk-beijing")
        regions = {"singapore": provider.url, "beijing": beijing.url}

        def ask(key: str) -> Probe:
            return probed(Credential("alibaba", key, provider.url), regions=regions)

        good = ask("sk-singapore")
        assert (good.ok, good.region) == (True, "singapore")
        other = ask("sk-beijing")
        assert (other.ok, other.region) == (False, "beijing")
        assert other.detail == "The key belongs to the region beijing."
        wrong = ask("sk-nowhere")
        assert (wrong.ok, wrong.region, wrong.detail) == (False, None, "No region accepts the key.")
        beijing.queue("gpt-test", wire.arrears())
        unpaid = ask("sk-beijing")
        assert unpaid.region == "beijing"


@pytest.mark.parametrize(
    ("provider_name", "path", "header"),
    [
        ("anthropic", "/v1/messages", "x-api-key"),
        ("google", "/v1beta/models/m:generateContent", "x-goog-api-key"),
        ("ollama", "/v1/chat/completions", None),
    ],
)
def test_each_provider_is_asked_in_its_own_form(
    provider_name: str, path: str, header: str | None
) -> None:
    key = "k" if header else None
    url, headers, body = probing._question(Credential(provider_name, key), "m")
    assert url.endswith(path)
    assert list(headers.values())[:1] == ([key] if header else [])
    assert header is None or header in headers
    assert body
