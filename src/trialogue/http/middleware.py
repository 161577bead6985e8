"""What every request passes: its id, the bound of its body, headers, and the last resort.

Plain ASGI, since Starlette's own middleware class buffers and costs a task a request.
"""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trialogue.http.errors import refusal

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


UPLOADS = "/api/v1/attachments"
AVATAR_LIMIT = 10 * 1024 * 1024  # bytes of a picture that becomes an avatar
ENVELOPE = 64 * 1024  # bytes of a multipart body beside its file
DRAINED = 32 * 1024 * 1024  # bytes of a refused body that are read to its end


class TooLarge(Exception):
    """More body came than is allowed."""


class Frame:
    """The outermost layer: every response has an id and the headers that all have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _no_socket(receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if SANE_ID.fullmatch(given) else uuid4().hex
        scope["request_id"] = request_id
        if scope["method"] == "HEAD":  # whatever can be read; the server leaves the body out
            scope = {**scope, "method": "GET", "bodiless": True}
        status: int | None = None
        started = time.perf_counter()

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, framed)
        finally:
            log.debug(
                "request",
                request_id=request_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )


async def _no_socket(receive: Receive, send: Send) -> None:
    """Under `trialogue serve` upgrades never come here: the line takes them before."""
    await receive()
    reason = "This server has no socket here: start it by `trialogue serve`."
    log.error("socket.unavailable", detail=reason)
    await send({"type": "websocket.close", "code": 1013, "reason": reason})


class Guard:
    """The bound of bodies, and the last resort for what nobody expected."""

    def __init__(self, app: ASGIApp, *, body_limit: int, upload_limit: int) -> None:
        self._app = app
        self._body_limit = body_limit
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self._bounded(scope, receive, answer)
        except TooLarge:
            await self._refuse(scope, receive, send)
        except Exception:
            request_id = scope["request_id"]
            log.exception("request.failed", request_id=request_id, path=scope["path"])
            if answer.begun:
                raise
            detail = "Something went wrong on the server."
            failure = refusal(scope["path"], 500, "internal", detail, request_id=request_id)
            await failure(scope, receive, send)

    def _bound(self, path: str) -> int:
        """How many bytes a body may have: files are streamed, and have a bound of their own."""
        if path == UPLOADS:
            return self._upload_limit + ENVELOPE
        if path.startswith("/api/v1/") and path.endswith("/avatar"):
            return min(AVATAR_LIMIT, self._upload_limit) + ENVELOPE
        return self._body_limit

    async def _bounded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        bound = self._bound(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > bound:
            raise TooLarge
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > bound:
                answer.muted = True  # FastAPI would call what it cannot read a bad request
                raise TooLarge
            return message

        await self._app(scope, counted, answer)
        if answer.muted:
            raise TooLarge

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A connection closed with unread bytes is reset, and the answer lost on its way: a body
        # that is too large, but not absurd, is read to its end and dropped.
        await self._drain(scope, receive)
        refused = refusal(
            scope["path"],
            413,
            "too_large",
            f"The body is larger than {self._bound(scope['path'])} bytes.",
            request_id=scope["request_id"],
            headers={"Connection": "close"},
        )
        await refused(scope, receive, send)

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
    """Sends on a response, unless it is muted; knows whether it has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.muted = False

    async def __call__(self, message: Message) -> None:
        if self.muted:
            return
        self.begun = True
        await self._send(message)
