"""Callers who hang up: work that is for them alone ends with their connection."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Result = TypeVar("Result")


class HungUp(Exception):
    """The caller is not there any more; nobody hears what is answered."""


async def _hang_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work yields; when the caller hangs up it is cancelled, and HungUp raised. The body
    of the request must have been read."""
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_hang_up(receive))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise HungUp
    finally:
        for task in (working, gone):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(working, gone, return_exceptions=True)


def nobody() -> Response:
    """The answer that nobody hears; the number is the one that nginx writes into its log."""
    return Response(status_code=499)


class OwnStream(Response):
    """Server-sent events that are made for this caller alone: `owned` is closed with them."""

    def __init__(
        self, request: Request, events: AsyncIterator[bytes], owned: AsyncExitStack
    ) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(headers=headers, media_type="text/event-stream; charset=utf-8")
        del self.headers["content-length"]
        self._request = request
        self._events = events
        self._owned = owned

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them, until they end or the caller hangs up."""
        try:
            with suppress(HungUp):
                await unless(self._request.receive, self._stream(send))
        finally:
            await self._owned.aclose()

    async def _stream(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async for event in self._events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
