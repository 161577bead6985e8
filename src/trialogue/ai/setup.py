"""Which providers, keys and chain are in force on this server.

The environment goes first, then what admins have set; with neither, what is found on this
machine, else the demo assistant. Changes take effect with the next question.
"""

import asyncio
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

import structlog

from trialogue.ai import links
from trialogue.ai.circuit import Circuit, Circuits
from trialogue.ai.credentials import REGIONS, Credential, Credentials, fallback, region_address
from trialogue.ai.discovery import Found, discover
from trialogue.ai.links import DEMO, KNOWN, LOCAL, PREFERRED, Link
from trialogue.ai.probing import probe
from trialogue.ai.providers import Providers
from trialogue.ai.sealing import seal, unseal
from trialogue.core import provider_settings, wire
from trialogue.core.arguments.providers import AskProvider, SetProvider, SetProviders
from trialogue.core.errors import ChatError, InvalidError
from trialogue.core.policy import Actor
from trialogue.core.provider_settings import Kept, ProviderSettings
from trialogue.store.database import Database

log = structlog.get_logger(__name__)

HINT = 4  # characters of a key's end that are shown
SHORT = 16  # of a key that is shorter nothing is shown
UNKEYED = (*LOCAL, "openai-compatible")


class Setup:
    """The setup of one server. `secret` seals keys; `chain` is the environment's."""

    def __init__(
        self,
        database: Database,
        providers: Providers,
        circuits: Circuits,
        *,
        chain: tuple[Link, ...],
        secret: str,
        port: int,
    ) -> None:
        self._database = database
        self._providers = providers
        self._circuits = circuits
        self._given = providers.credentials  # by the environment
        self._given_chain = chain
        self._secret = secret
        self._port = port
        self._kept = ProviderSettings()
        self._found: tuple[Found, ...] = ()
        self._looking: asyncio.Task[None] | None = None

    async def start(self, workspace_id: str) -> None:
        """Read what admins have set. Where that, and the environment, name nobody, look for
        model servers of this machine, beside: nothing waits for them."""
        self._apply(await self._database.read(provider_settings.find, workspace_id))
        if self.source == "demo":
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self) -> None:
        try:
            self._found = await discover(self._port or None)
        except Exception:
            log.exception("providers.discovery_failed")
        for server in self._found:
            log.info("providers.found", provider=server.provider, models=len(server.models))

    def _apply(self, kept: ProviderSettings) -> None:
        """Put into force what is kept."""
        self._kept = kept
        held = [self._credential(name) for name in (*KNOWN, *kept.providers)]
        unique = {one.provider: one for one in held if one is not None}
        now = Credentials(tuple(unique.values()))
        before = self._providers.credentials
        if now != before:
            self._providers.renew(now)
            for name in unique.keys() | {one.provider for one in before.held}:
                if now.of(name) != before.of(name):
                    self._circuits.forget(name)

    def _credential(self, provider: str) -> Credential | None:
        """What is held for a provider. The environment's key never goes to an address that an
        admin has set."""
        given = next((one for one in self._given.held if one.provider == provider), None)
        kept = self._kept.providers.get(provider, Kept())
        if given is not None and given.key:
            return given
        key = unseal(self._secret, kept.sealed) if kept.sealed else None
        url = (given.url if given is not None else None) or kept.url
        return Credential(provider, key, url) if key or url else None

    # The chain --------------------------------------------------------------------------------

    def chain(self) -> tuple[Link, ...]:
        """Who is asked for assistants that name nobody."""
        return self._chain()[0]

    @property
    def source(self) -> wire.ChainSource:
        """Where the chain comes from."""
        return self._chain()[1]

    def _chain(self) -> tuple[tuple[Link, ...], wire.ChainSource]:
        if self._given_chain:
            return self._given_chain, "environment"
        if kept := links.known(self._kept.chain):
            return kept, "workspace"
        held = self._providers.credentials
        here = tuple(link for server in self._found for link in server.links)[: links.MOST]
        return fallback(held, here), "keys" if held.chain() else "local" if here else "demo"

    def health(self) -> tuple[Literal["healthy", "degraded"], str]:
        """Whether anyone of the chain can be asked, and who is asked first."""
        chain = self.chain()
        opened = {one.name for one in self._circuits.states() if one.state == "open"}
        rested = all({str(link), link.provider} & opened for link in chain)
        return ("degraded" if rested else "healthy"), chain[0].provider

    # For admins -------------------------------------------------------------------------------

    async def report(self, actor: Actor, *, look: bool = False) -> wire.ModelProviders:
        """All providers; `look` for model servers of this machine first. Raises ChatError
        `forbidden`."""
        self._apply(await self._database.read(provider_settings.get, actor))
        if look:
            await self._look()
        chain, source = self._chain()
        circuits = {one.name: one for one in self._circuits.states()}
        return wire.ModelProviders(
            [self._shown(name, circuits) for name in KNOWN if name != DEMO],
            wire.ProviderChain([str(link) for link in chain], source),
            [wire.FoundServer(one.provider, one.url, one.models) for one in self._found],
        )

    def _shown(self, provider: str, circuits: Mapping[str, Circuit]) -> wire.ModelProvider:
        held = self._credential(provider)
        url = held.url if held is not None else None
        worst = _worst(provider, circuits)
        return wire.ModelProvider(
            provider=provider,
            key=self._key(provider, held),
            url=url,
            region=next((name for name, known in REGIONS.items() if known == url), None),
            model=PREFERRED.get(provider),
            needs_key=provider not in UNKEYED,
            circuit=worst.state if worst is not None else "closed",
            failure=worst.code if worst is not None else None,
            retry_in=round(worst.retry_in, 1) if worst is not None else 0.0,
        )

    def _key(self, provider: str, held: Credential | None) -> wire.ProviderKey:
        kept = self._kept.providers.get(provider, Kept()).sealed is not None
        source: wire.KeySource = "environment" if self._is_given(provider) else "workspace"
        if held is None or not held.key:  # what is kept may not be readable any more
            return wire.ProviderKey(kept, None, source if kept else None)
        hint = f"…{held.key[-HINT:]}" if len(held.key) >= SHORT else None
        return wire.ProviderKey(True, hint, source)

    def _is_given(self, provider: str) -> bool:
        return any(one.provider == provider and one.key for one in self._given.held)

    async def change(self, actor: Actor, changes: SetProviders) -> wire.ModelProviders:
        """Set keys, addresses and the chain. Raises ChatError `forbidden`, `invalid`, `conflict`
        where the environment says it."""
        before = await self._database.read(provider_settings.get, actor)
        self._apply(before)
        chain = None if changes.chain is None else [str(links.parse(one)) for one in changes.chain]
        if chain is not None and self._given_chain:
            raise ChatError("conflict", "TRIALOGUE_AI_PROVIDERS names the chain.", field="chain")
        providers = {one.provider: self._changed(one) for one in changes.providers}
        after = await self._database.write(
            provider_settings.change, actor, before, providers, chain
        )
        self._apply(after)
        for name in providers:
            self._circuits.forget(name)
        return await self.report(actor)

    def _changed(self, change: SetProvider) -> Kept:
        provider, told = _known(change.provider), change.model_fields_set
        if self._is_given(provider):
            raise ChatError("conflict", f"The environment has the key of {provider}.", field="key")
        kept = self._kept.providers.get(provider, Kept())
        url = _address(provider, change.url) if "url" in told else kept.url
        sealed = kept.sealed
        if "key" in told:
            sealed = seal(self._secret, change.key) if change.key else None
        elif sealed is not None and url != kept.url:
            raise _needs_key()
        return Kept(sealed, url)

    async def test(self, actor: Actor, asked: AskProvider) -> wire.ProviderTest:
        """Ask a provider for one token. Raises ChatError `forbidden`, `invalid`."""
        await self._database.read(provider_settings.get, actor)
        if asked.provider == DEMO:
            return wire.ProviderTest(True, "The demo assistant needs no key.", 0, None)
        provider = _known(asked.provider)
        told = await probe(self._asked(provider, asked), asked.model)
        if told.ok and asked.key is None:
            self._circuits.forget(provider)
        return wire.ProviderTest(told.ok, told.detail, told.ms, told.region)

    def _asked(self, provider: str, asked: AskProvider) -> Credential:
        """With what a provider is tested. A key that is set is not sent to another address."""
        held = self._providers.credentials.of(provider) or Credential(provider)
        url = _address(provider, asked.url) if asked.url is not None else held.url
        if asked.key is None and held.key and url != held.url:
            raise _needs_key()
        key = asked.key or held.key
        if not key and provider not in UNKEYED:
            raise InvalidError("invalid", "There is no key to test.", field="key")
        return Credential(provider, key, url)


def _worst(provider: str, circuits: Mapping[str, Circuit]) -> Circuit | None:
    """The state of a provider's key, or else of the model that has failed worst."""
    own = [one for name, one in circuits.items() if name.partition(":")[0] == provider]
    order = ("closed", "half_open", "open")
    return max(own, key=lambda one: (order.index(one.state), one.name == provider), default=None)


def _known(provider: str) -> str:
    if provider not in KNOWN or provider == DEMO:
        names = ", ".join(name for name in KNOWN if name != DEMO)
        raise InvalidError("invalid", f"Known providers are {names}.", field="provider")
    return provider


def _address(provider: str, url: str | None) -> str | None:
    if url is None:
        return None
    if provider == "alibaba":
        url = region_address(url)
    if not _is_web(url):
        raise InvalidError("invalid", "must be an http(s) address", field="url")
    return url.rstrip("/")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half of an IPv6 address
        return False


def _needs_key() -> ChatError:
    detail = "Give the key again: one that is set is not sent to a new address."
    return InvalidError("invalid", detail, field="key")
