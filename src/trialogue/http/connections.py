"""One HTTP connection: uvicorn's, bounded in time before it has said what it wants.

Without that, who opens connections and says nothing, or goes on saying it, keeps them for ever.
"""

import asyncio
from enum import Enum, auto

from trialogue.http.heads import BoundedHttp

HEAD_PATIENCE = 10.0  # seconds for the head of a request, however it is spread over them
BODY_PATIENCE = 60.0  # seconds without a byte of a body that is under way


class Phase(Enum):
    """What the client is to send next."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class HttpConnection(BoundedHttp):
    """The class to hand to `uvicorn.Config(http=…)`. Requests that come at once cost no timer."""

    _phase = Phase.HEAD
    _began = _heard = 0.0  # when the head began, when the last byte came
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection is there; its first request is waited for."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._began = self.loop.time()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._heard = self.loop.time()
        if self._phase is Phase.NOTHING:
            self._phase, self._began = Phase.HEAD, self._heard
        super().data_received(data)
        if self._phase is not Phase.NOTHING:
            self._watch()

    def on_headers_complete(self) -> None:
        """The head has come."""
        self._phase = Phase.BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request has come."""
        self._rest()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket looks after itself."""
        self._rest()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._rest()
        super().connection_lost(exc)

    def _rest(self) -> None:
        self._phase = Phase.NOTHING
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_at(self._due(), self._look)

    def _due(self) -> float:
        if self._phase is Phase.HEAD:
            return self._began + HEAD_PATIENCE
        return self._heard + BODY_PATIENCE

    def _look(self) -> None:
        self._timer = None
        if self.loop.time() >= self._due() and not self._is_held_up():
            self.transport.abort()
            return
        # What the server itself holds up is looked at again later.
        self._timer = self.loop.call_at(max(self._due(), self.loop.time() + 1), self._look)

    def _is_held_up(self) -> bool:
        """Whether the client waits for the server: for an answer, or to be read from."""
        answering = self.cycle is not None and not self.cycle.response_complete
        return self.flow.read_paused or (self._phase is Phase.HEAD and answering)
