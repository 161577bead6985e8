"""Model servers of this machine are found when they are there, and nobody waits when not."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.provider import Provider
from trialogue.ai import discovery
from trialogue.ai.discovery import Found
from trialogue.ai.links import Link

PATIENCE = 30.0  # seconds: what is there is there, however busy the machine


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """Something else on a port; with None it takes connections and says nothing."""
    import threading

    ready, done, url = threading.Event(), asyncio.Event(), ""
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        nonlocal url

        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if answer is None:
                await done.wait()
            else:
                await reader.readuntil(b"\r\n\r\n")
                head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\n\r\n".encode()
                writer.write(head + answer)
                await writer.drain()
            writer.close()

        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            ready.set()
            await done.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(PATIENCE)


def look(
    addresses: dict[str, str], own: int | None = None, within: float = PATIENCE
) -> list[Found]:
    return list(asyncio.run(discovery.discover(own, addresses, within=within)))


def test_what_is_there_is_found_in_our_order(provider: Provider) -> None:
    provider.serve(models=["llama3.2:3b", "nomic-embed-text", "qwen3:8b"])
    addresses = {"ollama": provider.url, "vllm": provider.url, "lmstudio": "http://127.0.0.1:9/v1"}
    names = ("llama3.2:3b", "qwen3:8b")
    assert look(addresses) == [
        Found("ollama", provider.url, names),
        Found("vllm", provider.url, names),
    ]
    assert look(addresses)[0].links == (Link("ollama", "llama3.2:3b"), Link("ollama", "qwen3:8b"))


def test_a_server_without_models_is_none(provider: Provider) -> None:
    provider.serve(models=[])
    assert look({"ollama": provider.url}) == []


def test_our_own_server_is_not_asked(provider: Provider) -> None:
    port = int(provider.root.rpartition(":")[2])
    assert look({"vllm": provider.url}, own=port) == []
    assert look({"vllm": provider.url}, own=port + 1) != []


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"models": [{"name": "x"}]}',
        b'{"object": "list", "data": "x"}',
        b'{"object": "list", "data": [1, {"id": 2}]}',
        b'{"object": "list", "data": [{"id": "Helper", "owned_by": "trialogue"}]}',
    ],
)
def test_something_else_on_a_port_is_no_model_server(answer: bytes) -> None:
    with listening(answer) as url:
        assert look({"vllm": url}) == []


def test_a_silent_port_holds_nobody_up() -> None:
    with listening(None) as url:
        begun = time.monotonic()
        assert look({"vllm": url, "ollama": url}, within=0.2) == []
        assert time.monotonic() - begun < PATIENCE


def test_where_nobody_listens_no_http_client_is_loaded() -> None:
    program = """
import asyncio, sys
from trialogue.ai import discovery
assert asyncio.run(discovery.discover(addresses={"vllm": "http://127.0.0.1:9/v1"})) == ()
assert "httpx2" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_any_server_nothing_is_found() -> None:
    nobody = "http://127.0.0.1:9/v1"
    assert look({"ollama": nobody, "vllm": nobody}) == []
