"""Asks models: a link and a prompt in, a stream of text out, failures with a verdict.

May touch: model providers. pydantic-ai is loaded in a thread when a model is first asked, and
never for the demo assistant.
"""

import asyncio
import importlib
from contextlib import AsyncExitStack
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import structlog

from trialogue.ai import failures
from trialogue.ai.credentials import Credential, Credentials
from trialogue.ai.demo import Demo
from trialogue.ai.failures import UNASKED, ProviderFailure
from trialogue.ai.links import DEMO, LOCAL, Link
from trialogue.ai.prompt import Prompt
from trialogue.ai.seam import Seam
from trialogue.ai.sound import Sound
from trialogue.ai.stream import Stream
from trialogue.ai.usage import Usage, estimated
from trialogue.core import wire

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model, StreamedResponse

    from trialogue.ai.models import Patience

log = structlog.get_logger(__name__)

LOGGED = 2_000  # characters of a provider's answer that the log keeps
_MODELS = "trialogue.ai.models"  # a name, so that whoever reads this module does not load it


class Providers:
    """The providers of one server. One for each event loop; `close` it there.

    Times in seconds: until the first output, for a whole answer, between two signs of life.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        first_event_timeout: float = 10.0,
        request_timeout: float = 300.0,
        silence_timeout: float = 60.0,
        demo: Demo | None = None,
    ) -> None:
        self._credentials = credentials
        self._times = (first_event_timeout, request_timeout, silence_timeout)
        self._demo = demo or Demo()
        self._models: dict[Link, Model] = {}
        self._library: ModuleType | None = None
        self._client: httpx2.AsyncClient | None = None
        self._loading = asyncio.Lock()

    @property
    def credentials(self) -> Credentials:
        """The keys in force."""
        return self._credentials

    def renew(self, credentials: Credentials) -> None:
        """Use other keys from the next question on."""
        self._credentials = credentials
        self._models.clear()

    def open(self, link: Link, prompt: Prompt, *, stands_in: bool = False) -> Stream:
        """The answer of a link to a prompt; asked for when its first piece is.

        `async with providers.open(link, prompt) as stream:` and `async for text in stream:`.
        `stands_in` where all links before have failed: the demo assistant then only apologises.
        """
        if link.provider == DEMO:
            return self._demo.open(prompt, stands_in=stands_in)
        return _Answer(self, link, prompt)

    async def close(self) -> None:
        """Close all lines."""
        self._models.clear()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    # For answers ---------------------------------------------------------------------------

    async def load(self) -> tuple[ModuleType, "Patience"]:
        """The module of real models; the first call takes a second, in a thread."""
        async with self._loading:
            if self._library is None:
                self._library = await asyncio.to_thread(_load)
            if self._client is None:
                self._client = await asyncio.to_thread(self._library.make_client)
        return self._library, self._library.Patience(*self._times)

    def model(self, models: ModuleType, link: Link) -> "Model":
        """The model of a link. Raises ProviderFailure."""
        found = self._models.get(link)
        if found is None:
            credential = self.credential(link.provider)
            found = self._models[link] = models.make_model(link, credential, self._client)
        return found

    def credential(self, provider: str) -> Credential:
        """What a provider is asked with. Raises ProviderFailure where that is missing."""
        held = self._credentials.of(provider)
        if held is None or not (held.key or held.url):
            raise ProviderFailure("no_key")
        if not held.key and provider not in (*LOCAL, "openai-compatible", "openai"):
            raise ProviderFailure("no_key")
        if held.key and not held.key.isascii():  # no header can hold it
            raise ProviderFailure("unauthorized")
        return held


def _load() -> ModuleType:
    models = importlib.import_module(_MODELS)
    models.warm()
    return models


class _Answer:
    """A real model's answer."""

    def __init__(self, providers: Providers, link: Link, prompt: Prompt) -> None:
        self._providers = providers
        self._link = link
        self._prompt = prompt
        self._seam = Seam(prompt.prefill)
        self._sound = Sound()
        self._stack = AsyncExitStack()
        self._models: Any = None
        self._answer: StreamedResponse | None = None
        self._said: list[str] = []
        self._asked = False
        self._ended = False
        self.finish: wire.Finish = "stop"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        await self._stack.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        if self._ended:
            raise StopAsyncIteration
        try:
            return await self._piece()
        except StopAsyncIteration:
            self._ended = True
            raise
        except ProviderFailure as failure:
            self._end(failure)
            raise
        except Exception as error:
            known = failures.of(error)
            if known is None:
                raise
            self._tell(error, known)
            self._end(known)
            raise known from None

    @property
    def model(self) -> str:
        """The model's name as the provider says it."""
        return (self._answer and self._answer.model_name) or self._link.model

    @property
    def usage(self) -> Usage:
        """The tokens so far."""
        counted = self._answer and self._models.usage_of(self._answer)
        if counted is None and not self._asked:
            return Usage(0, 0, estimated=True)
        return counted or estimated(self._prompt, "".join(self._said))

    async def _piece(self) -> str:
        answer = self._answer or await self._ask()
        async for event in answer:
            if text := self._sound.take(self._models.text_of(event)):
                self._said.append(text)
                if new := self._seam.take(text):
                    return new
        if rest := self._seam.rest():
            return rest
        self._check_end(answer.finish_reason)
        raise StopAsyncIteration

    async def _ask(self) -> "StreamedResponse":
        self._models, patience = await self._providers.load()
        model = self._providers.model(self._models, self._link)
        opened = self._models.ask(model, self._prompt, patience)
        self._asked = True
        answer: StreamedResponse = await self._stack.enter_async_context(opened)
        self._answer = answer
        return answer

    def _check_end(self, reason: str | None) -> None:
        if reason == "content_filter":
            raise ProviderFailure("refused")
        if reason == "error":
            raise ProviderFailure("cut")
        if not "".join(self._said).strip():
            raise ProviderFailure("empty")
        self.finish = "length" if reason == "length" else "stop"

    def _end(self, failure: ProviderFailure) -> None:
        self._ended = True
        if self._answer is None and failure.code in UNASKED:
            self._asked = False

    def _tell(self, error: Exception, failure: ProviderFailure) -> None:
        """Keep for the log what users must not see. Providers do repeat keys in their answers."""
        held = self._providers.credentials.of(self._link.provider)
        raw = str(error)
        if held and held.key:
            raw = raw.replace(held.key, "[key]")
        log.warning(
            "a provider failed", link=str(self._link), code=failure.code, answer=raw[:LOGGED]
        )
