"""A running server whose assistants ask a provider that does what a test says.

Shared by many tests: each makes an assistant of its own, whose models nobody else asks.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx
import pytest

from tests.support import provider
from tests.support.client import PATIENCE, Caller, no_cookies
from tests.support.databases import Databases
from tests.support.provider import Asked, Provider, Script
from tests.support.server import Server


@dataclass(frozen=True)
class Answerer:
    """An assistant: its ids, and the models of its chain."""

    id: str
    username: str
    name: str
    user_id: str
    first: str
    second: str


class Assisted:
    """The server, its owner, and the provider."""

    def __init__(self, server: Server, made: Provider, http: httpx.Client) -> None:
        self.server = server
        self.provider = made
        self.http = http
        self.owner = Caller(http).person("keeper")  # the first account owns the server

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    def person(self, name: str = "ada") -> Caller:
        """Someone new."""
        return self.owner.person(name)

    def answerer(self, *scripts: Script, **facts: object) -> Answerer:
        """A new assistant with two models; `scripts` are the first one's next answers."""
        name = f"Helper-{os.urandom(4).hex()}"
        models = [f"gpt-{name.lower()}-{end}" for end in ("a", "b")]
        chain = [f"openai:{model}" for model in models]
        answer = self.owner.post("/api/v1/assistants", name=name, providers=chain, **facts)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        self.provider.queue(models[0], *scripts)
        return Answerer(made["id"], made["user"]["username"], name, made["user"]["id"], *models)

    def asked(self, helper: Answerer, *, ended: int = 0) -> list[Asked]:
        """What the models of an assistant were asked, once so many of these have ended."""
        while True:
            everything = self.provider.asked()
            found = [one for one in everything if one.model in (helper.first, helper.second)]
            over = [one for one in found if one.ended or one.closed_early]
            if len(over) >= ended:
                return found
            all_over = [one for one in everything if one.ended or one.closed_early]
            self.provider.asked(ended=len(all_over) + 1)

    def usage(self, person: Caller, *, attempts: int = 1) -> list[tuple[str, int, int]]:
        """What someone has used, by model: attempts and tokens; asked again until there are so
        many attempts: that of who hangs up is recorded a moment later."""
        deadline = monotonic() + PATIENCE
        while True:
            items = person.get("/api/v1/usage", by="model").json()["items"]
            if sum(one["requests"] for one in items) >= attempts:
                break
            assert monotonic() < deadline, f"no {attempts} attempts: {items}"
        tokens = [one["input_tokens"] + one["output_tokens"] for one in items]
        return sorted(
            (one["key"], one["requests"], sum_) for one, sum_ in zip(items, tokens, strict=True)
        )


class AssistedPool:
    """One such server for each kind of database, one provider for all."""

    def __init__(self, folder: Path, exits: ExitStack) -> None:
        self._folder = folder
        self._exits = exits
        self._provider: Provider | None = None
        self._made: dict[int, Assisted] = {}

    def on(self, databases: Databases) -> Assisted:
        """The server on a database of this kind, started when first asked for."""
        if id(databases) not in self._made:
            self._made[id(databases)] = self._start(databases)
        return self._made[id(databases)]

    def _start(self, databases: Databases) -> Assisted:
        if self._provider is None:
            self._provider = self._exits.enter_context(provider.running())
        settings = {
            "OPENAI_API_KEY": "sk-of-the-test",
            "OPENAI_BASE_URL": self._provider.url,
            "TRIALOGUE_AI_TITLES": "words",
            "TRIALOGUE_AI_FIRST_TOKEN": "60",  # a loaded machine is no silent provider
        }
        folder = self._folder / str(len(self._made))
        server = Server(databases.migrated(), folder, **settings)
        self._exits.callback(server.discard)
        server.start()
        http = httpx.Client(
            base_url=server.url, cookies=no_cookies(), timeout=PATIENCE, trust_env=False
        )
        return Assisted(server, self._provider, self._exits.enter_context(http))


@pytest.fixture(scope="session")
def assisted_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssistedPool]:
    """The shared servers of this process."""
    with ExitStack() as exits:
        yield AssistedPool(tmp_path_factory.mktemp("assisted"), exits)


@pytest.fixture
def assisted(databases: Databases, assisted_pool: AssistedPool) -> Iterator[Assisted]:
    """A running server that asks a provider. It must survive, and must not have failed."""
    found = assisted_pool.on(databases)
    found.provider.reset()
    start = found.server.written()
    yield found
    assert found.server.running, "the server has died"
    assert found.server.faults(start) == []
