"""What every request passes: its id, the bound of its body, headers, and the last resort.

Plain ASGI, since Starlette's own middleware class buffers and costs a task a request.
"""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialogue.http.errors import problem

log = structlog.get_logger()

SANE_ID = re.compile(r"[A-Za-z0-9._:\-]{1,128}")
# Styles in attributes are what virtual lists and popovers position themselves with.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data: blob:; connect-src 'self' ws: wss:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": CONTENT_POLICY,
}


DRAINED = 32 * 1024 * 1024  # bytes of a refused body that are read to its end


class TooLarge(Exception):
    """More body came than is allowed."""


class Frame:
    """The outermost layer around the application."""

    def __init__(self, app: ASGIApp, *, body_limit: int) -> None:
        self._app = app
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if SANE_ID.fullmatch(given) else uuid4().hex
        scope["request_id"] = request_id
        if scope["method"] == "HEAD":  # whatever can be read; the server leaves the body out
            scope = {**scope, "method": "GET"}
        answer = _Answer(send, request_id)
        started = time.perf_counter()
        try:
            await self._bounded(scope, receive, answer)
        except TooLarge:
            await self._refuse(scope, receive, answer)
        except Exception:
            log.exception("request.failed", request_id=request_id, path=scope["path"])
            if answer.status is not None:
                raise
            failure = problem(
                500, "internal", "Something went wrong on the server.", request_id=request_id
            )
            await failure(scope, receive, answer)
        finally:
            log.debug(
                "request",
                request_id=request_id,
                method=scope["method"],
                path=scope["path"],
                status=answer.status,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )

    async def _bounded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self._body_limit:
            raise TooLarge
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._body_limit:
                answer.muted = True  # FastAPI would call what it cannot read a bad request
                raise TooLarge
            return message

        await self._app(scope, counted, answer)
        if answer.muted:
            raise TooLarge

    async def _refuse(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        # A connection closed with unread bytes is reset, and the answer lost on its way: a body
        # that is too large, but not absurd, is read to its end and dropped.
        await self._drain(scope, receive)
        answer.muted = False
        refusal = problem(
            413,
            "too_large",
            f"The body is larger than {self._body_limit} bytes.",
            request_id=answer.request_id,
            headers={"Connection": "close"},
        )
        await refusal(scope, receive, answer)

    async def _drain(self, scope: Scope, receive: Receive) -> None:
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > DRAINED:
            return
        left = DRAINED
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if not message.get("more_body", False):
                return


class _Answer:
    """Sends on a response with the headers that all have; knows whether it has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.status: int | None = None
        self.muted = False

    async def __call__(self, message: Message) -> None:
        if self.muted:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)
