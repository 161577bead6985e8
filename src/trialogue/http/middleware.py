"""What every request passes: its id, the bound of its body, headers, and the last resort.

Plain ASGI, since Starlette's own middleware class buffers and costs a task a request.
"""

import re
import time
from collections.abc import Callable
from random import getrandbits

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from trialogue.core.errors import ChatError
from trialogue.gate.limiter import STRANGERS, Limiter, Spent, network
from trialogue.http import depth
from trialogue.http.errors import refusal

log = structlog.get_logger()

SANE_ID = re.compile(r"[A-Za-z0-9._:\-]{1,128}")
# Styles in attributes are what virtual lists and popovers position themselves with.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data: blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What no page here uses; the clipboard and full screen are used.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"),
        *("gyroscope", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": CONTENT_POLICY,
}


TRANSPORT_SECURITY = "max-age=31536000"  # a year; not for subdomains, which may be others'
APIS = ("/api/", "/v1/")
UPLOADS = "/api/v1/attachments"
LOGIN_FORM = "/api/v1/auth/token"
LOGIN_FORM_LIMIT = 16 * 1024  # bytes: a name and a password; each field of a form costs time
AVATAR_LIMIT = 10 * 1024 * 1024  # bytes of a picture that becomes an avatar
FORMS = ("multipart/", "application/x-www-form-urlencoded")
ENVELOPE = 64 * 1024  # bytes of a multipart body beside its file
DRAINED = 32 * 1024 * 1024  # bytes of a refused body that are read to its end


Answered = Callable[[str, str, int, float], None]  # method, route, status, seconds


class TooLarge(Exception):
    """More body came than is allowed."""


class TooDeep(Exception):
    """The body is JSON of too many levels."""


class Frame:
    """The outermost layer: every response has an id and the headers that all have."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter, answered: Answered) -> None:
        self._app = app
        self._answered = answered
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _no_socket(receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if SANE_ID.fullmatch(given) else f"{getrandbits(128):032x}"
        scope["request_id"] = request_id
        bind_contextvars(request_id=request_id)  # of the request's own task
        spent: Spent = []
        scope["spent"] = spent  # what the request is counted in, by those who count it
        on_error: dict[str, str] = {}
        scope["on_error"] = on_error  # the headers of whatever error becomes of the request
        if scope["method"] == "HEAD":  # whatever can be read; the server leaves the body out
            scope = {**scope, "method": "GET", "bodiless": True}
        status: int | None = None
        seconds = 0.0
        started = time.perf_counter()

        async def framed(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - started
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                if status >= 400:
                    headers.update(on_error)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
                told = self._limiter.told(spent)
                if told is not None:
                    headers["RateLimit-Policy"], headers["RateLimit"] = told
            await send(message)

        try:
            await self._app(scope, receive, framed)
        finally:
            if status is not None:
                self._answered(scope["method"], _template(scope), status, seconds)
            log.debug(
                "request",
                method=scope["method"],
                path=scope["path"],
                address=scope["client"][0] if scope["client"] else None,
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )


def _template(scope: Scope) -> str:
    """The route of a request that was answered, without what is special in its path."""
    if scope["path"].startswith("/assets/"):
        return "/assets"
    found: str = getattr(scope.get("route"), "path", "other")
    return found


async def _no_socket(receive: Receive, send: Send) -> None:
    """Under `trialogue serve` upgrades never come here: the line takes them before."""
    await receive()
    reason = "This server has no socket here: start it by `trialogue serve`."
    log.error("socket.unavailable", detail=reason)
    await send({"type": "websocket.close", "code": 1013, "reason": reason})


class Guard:
    """The bounds of strangers and of bodies, and the last resort for what nobody expected."""

    def __init__(
        self, app: ASGIApp, *, body_limit: int, upload_limit: int, limiter: Limiter
    ) -> None:
        self._app = app
        self._limiter = limiter
        self._body_limit = body_limit
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._count(scope)
        except ChatError as error:
            await self._refuse_stranger(error, scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self._bounded(scope, receive, answer)
        except TooLarge:
            await self._refuse(scope, receive, send)
        except TooDeep:
            detail = f"The body is nested deeper than {depth.MOST} levels."
            told = {"request_id": scope["request_id"]}
            refused = refusal(scope["path"], 400, "bad_request", detail, **told)
            await refused(scope, receive, send)
        except Exception:
            request_id = scope["request_id"]
            log.exception("request.failed", path=scope["path"])
            if answer.begun:
                raise
            detail = "Something went wrong on the server."
            failure = refusal(scope["path"], 500, "internal", detail, request_id=request_id)
            await failure(scope, receive, send)

    def _count(self, scope: Scope) -> None:
        """Count a call as one of a stranger, until it is known who it is. What is not of the API
        costs no more than its bytes."""
        if scope["path"].startswith(APIS):
            whence = network(scope["client"][0] if scope["client"] else None)
            scope["spent"].append((STRANGERS, whence))
            self._limiter.take(STRANGERS, whence)

    async def _refuse_stranger(
        self, error: ChatError, scope: Scope, receive: Receive, send: Send
    ) -> None:
        refused = refusal(
            scope["path"],
            429,
            error.code,
            error.detail,
            request_id=scope["request_id"],
            headers={"Retry-After": str(error.retry_after)},
        )
        await refused(scope, receive, send)

    def _bound(self, path: str) -> int:
        """How many bytes a body may have: files are streamed, and have a bound of their own."""
        if path == LOGIN_FORM:
            return min(LOGIN_FORM_LIMIT, self._body_limit)
        if not self._is_file(path):
            return self._body_limit
        most = self._upload_limit if path == UPLOADS else min(AVATAR_LIMIT, self._upload_limit)
        return most + ENVELOPE

    @staticmethod
    def _is_file(path: str) -> bool:
        return path == UPLOADS or (path.startswith("/api/v1/") and path.endswith("/avatar"))

    async def _bounded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        bound = self._bound(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > bound:
            raise TooLarge
        received = 0
        kind = Headers(scope=scope).get("content-type", "")
        parts: list[bytes] | None = None if kind.startswith(FORMS) else []
        refused: type[TooLarge | TooDeep] | None = None

        async def counted() -> Message:
            nonlocal received, refused
            message = await receive()
            part = message.get("body", b"")
            received += len(part)
            if received > bound:
                refused = TooLarge
            elif parts is not None:
                parts.append(part)
                if not message.get("more_body") and depth.is_too_deep(b"".join(parts)):
                    refused = TooDeep
            if refused is not None:
                answer.muted = True  # FastAPI would call what it cannot read a bad request
                raise refused
            return message

        await self._app(scope, counted, answer)
        if refused is not None:
            raise refused

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
