"""Which providers are in force: the environment's first, then what admins have set."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.world import World
from trialogue.ai.circuit import Circuits
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.failures import ProviderFailure
from trialogue.ai.links import Link
from trialogue.ai.providers import Providers
from trialogue.ai.setup import Setup
from trialogue.core import provider_settings
from trialogue.core.arguments.providers import SetProvider, SetProviders
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.core.provider_settings import ProviderSettings
from trialogue.store.database import Database

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
SECRET, KEY = "s" * 48, "sk-0123456789abcdefghij"
Scene = Callable[[Setup, Providers], Awaitable[Any]]


class Site:
    """A server's setup on one database, made anew for each scene."""

    def __init__(self, url: str) -> None:
        self.url = url
        database = Database(url)
        world = World(database)
        self.workspace_id = world.workspace_id
        self.owner: Actor = world.person("ada")
        self.other: Actor = world.person("bob")
        database.dispose()

    def play(
        self,
        scene: Scene,
        *held: Credential,
        chain: tuple[Link, ...] = (),
        circuits: Circuits | None = None,
        secret: str = SECRET,
    ) -> None:
        async def run() -> None:
            database = Database(self.url)
            providers = Providers(Credentials(held))
            known = circuits or Circuits()
            setup = Setup(database, providers, known, chain=chain, secret=secret, port=0)
            try:
                await setup.start(self.workspace_id)
                await scene(setup, providers)
            finally:
                await setup.stop()
                await database.close()

        asyncio.run(run())


@pytest.fixture
def site(database_url: str) -> Site:
    return Site(database_url)


def change(*providers: SetProvider, chain: list[str] | None = None) -> SetProviders:
    return SetProviders(providers=list(providers), chain=chain)


@pytest.mark.parametrize(
    ("kept", "chain", "source"),
    [
        (["nope:x", "ollama:one"], (Link("ollama", "one"),), "workspace"),
        (["nope:x"], (Link("demo"),), "demo"),
    ],
)
def test_a_kept_chain_is_asked_without_those_who_are_not_known_any_more(
    site: Site, kept: list[str], chain: tuple[Link, ...], source: str
) -> None:
    database = Database(site.url)
    with database.transaction() as db:
        provider_settings.change(db, site.owner, ProviderSettings(), {}, kept)
    database.dispose()

    async def look(setup: Setup, _: Providers) -> None:
        assert (setup.chain(), setup.source) == (chain, source)

    site.play(look)


def test_a_key_is_in_force_at_once_and_after_a_restart(site: Site) -> None:
    async def set_it(setup: Setup, providers: Providers) -> None:
        assert setup.chain() == (Link("demo"),)
        report = await setup.change(site.owner, change(SetProvider(provider="openai", key=KEY)))
        assert report.chain.source == "keys"
        assert providers.credential("openai").key == KEY

    async def look(setup: Setup, providers: Providers) -> None:
        assert providers.credential("openai").key == KEY
        assert setup.source == "keys"

    async def with_another_secret(setup: Setup, providers: Providers) -> None:
        assert setup.source == "demo"
        report = await setup.report(site.owner)
        (openai,) = [one for one in report.providers if one.provider == "openai"]
        assert (openai.key.set, openai.key.hint) == (True, None)  # kept, and not readable

    site.play(set_it)
    site.play(look)
    site.play(with_another_secret, secret="t" * 48)


def test_the_environment_s_key_never_goes_to_an_address_that_was_set(site: Site) -> None:
    elsewhere = SetProvider(provider="openai", url="https://elsewhere.example/v1")

    async def set_it(setup: Setup, _: Providers) -> None:
        await setup.change(site.owner, change(elsewhere))

    async def look(_: Setup, providers: Providers) -> None:
        assert providers.credential("openai") == Credential("openai", KEY)

    site.play(set_it)
    site.play(look, Credential("openai", KEY))


def test_a_chain_comes_from_the_environment_then_from_admins_then_from_keys(site: Site) -> None:
    given = (Link("openai", "gpt-test"),)

    async def set_it(setup: Setup, _: Providers) -> None:
        assert setup.source == "keys"
        report = await setup.change(site.owner, change(chain=["ollama:llama3.2:3b", "demo"]))
        assert (report.chain.links, report.chain.source) == (
            ["ollama:llama3.2:3b", "demo"],
            "workspace",
        )

    async def look(setup: Setup, _: Providers) -> None:
        assert (setup.chain(), setup.source) == (given, "environment")
        with pytest.raises(ChatError) as refused:
            await setup.change(site.owner, change(chain=["demo"]))
        assert refused.value.code == "conflict"

    async def clear(setup: Setup, _: Providers) -> None:
        assert (await setup.change(site.owner, change(chain=[]))).chain.source == "keys"

    key = Credential("openai", KEY)
    site.play(set_it, key)
    site.play(look, key, chain=given)
    site.play(clear, key)


def test_a_new_key_lets_a_provider_be_asked_again(site: Site) -> None:
    circuits = Circuits()
    link = Link("openai", "gpt-test")

    async def scene(setup: Setup, _: Providers) -> None:
        circuits.failed(link, ProviderFailure("unauthorized"))
        assert setup.health() == ("degraded", "openai")
        await setup.change(site.owner, change(SetProvider(provider="openai", key=KEY)))
        assert setup.health() == ("healthy", "openai")

    site.play(scene, chain=(link,), circuits=circuits)


def test_a_key_of_an_account_that_is_closed_degrades_all_its_models(site: Site) -> None:
    circuits = Circuits()
    chain = (Link("openai", "a"), Link("openai", "b"))

    async def scene(setup: Setup, _: Providers) -> None:
        circuits.failed(chain[0], ProviderFailure("account"))
        assert setup.health() == ("degraded", "openai")

    site.play(scene, Credential("openai", KEY), chain=chain, circuits=circuits)


def test_others_than_admins_neither_see_nor_set_anything(site: Site) -> None:
    async def scene(setup: Setup, providers: Providers) -> None:
        for attempt in (
            setup.report(site.other),
            setup.change(site.other, change(SetProvider(provider="openai", key=KEY))),
        ):
            with pytest.raises(ChatError) as refused:
                await attempt
            assert refused.value.code == "forbidden"
        assert providers.credentials.of("openai") is None

    site.play(scene)


def test_a_name_of_a_region_is_dashscope_s_address(site: Site) -> None:
    async def scene(setup: Setup, providers: Providers) -> None:
        asked = SetProvider(provider="alibaba", key=KEY, url="beijing")
        report = await setup.change(site.owner, change(asked))
        (alibaba,) = [one for one in report.providers if one.provider == "alibaba"]
        assert alibaba.region == "beijing"
        assert providers.credential("alibaba").url == alibaba.url

    site.play(scene)
