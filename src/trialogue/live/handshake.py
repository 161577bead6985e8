"""The upgrade request: which socket is asked for, by whom, and the answer to it. Pure.

The handshake itself (RFC 6455, section 4) is done by `websockets`; path, origin, token and
address are judged here, since an upgrade passes through no middleware.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import orjson
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_subprotocol
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from trialogue.gate.credentials import Credentials
from trialogue.gate.proxies import Proxies

NOTHING = Credentials("")
REQUEST_MOST = 16 * 1024  # bytes of the whole upgrade request
PROTOCOL = Subprotocol("trialogue")
_ONE = "/ws/chat/"
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")

# At its debug level the library would log headers, and tokens with them.
_silent = logging.getLogger("trialogue.live.handshake")
_silent.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The bytes that answer an upgrade request, and what was asked for if it was granted.

    `target` is the id in `/ws/chat/{id}`, None for `/ws`; the token is empty if none was sent.
    """

    response: bytes
    status: int
    path: str
    request_id: str
    address: str
    credentials: Credentials = NOTHING
    target: str | None = None

    @property
    def token(self) -> str:
        """The bearer token, empty if none was sent."""
        return self.credentials.token or ""

    def facts(self) -> dict[str, object]:
        """What the log may know: the path without its query, which may hold a token."""
        return {
            "path": self.path,
            "status": int(self.status),
            "request_id": self.request_id,
            "address": self.address,
        }


def read(data: bytes, peer: str, allowed_origins: frozenset[str], proxies: Proxies) -> Upgrade:
    """Judge an upgrade request that came from the address `peer`."""
    server = ServerProtocol(select_subprotocol=_select, max_size=None, logger=_silent)
    request = _parse(server, data)
    if request is None:
        refused = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if len(data) <= REQUEST_MOST:
            refused = HTTPStatus.BAD_REQUEST
        request_id = uuid4().hex
        return Upgrade(_refuse(server, refused, request_id), refused, "", request_id, peer)
    headers = request.headers
    request_id = _request_id(headers)
    path = urlsplit(request.path).path
    status = _judge(path, headers, allowed_origins)
    if status is HTTPStatus.SWITCHING_PROTOCOLS:
        response = server.accept(request)
        response.headers["X-Request-ID"] = request_id
        status = HTTPStatus(response.status_code)
        server.send_response(response)
        answer = b"".join(server.data_to_send())
    else:
        answer = _refuse(server, status, request_id)
    return Upgrade(
        response=answer,
        status=status,
        path=path,
        request_id=request_id,
        address=proxies.client(peer, headers.get_all("X-Forwarded-For")),
        credentials=_credentials(request),
        target=path.removeprefix(_ONE) if path.startswith(_ONE) else None,
    )


def _parse(server: ServerProtocol, data: bytes) -> Request | None:
    if len(data) > REQUEST_MOST:
        return None
    server.receive_data(data)
    found = server.events_received()
    request = found[0] if found else None
    return request if isinstance(request, Request) and _is_sound(request.path) else None


def _is_sound(target: str) -> bool:
    """Whether what is asked for can be read as an address at all (RFC 3986)."""
    try:
        urlsplit(target)
    except ValueError:
        return False
    return True


def _refuse(server: ServerProtocol, status: HTTPStatus, request_id: str) -> bytes:
    """A refusal before the upgrade, in the one form of errors (RFC 9457)."""
    server.data_to_send()  # what the library itself may have answered
    codes = {403: "forbidden", 404: "not_found", 431: "too_large"}
    body = orjson.dumps(
        {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": _DETAILS.get(status, "This is not a WebSocket handshake."),
            "code": codes.get(status, "bad_request"),
            "request_id": request_id,
        }
    )
    headers = Headers(
        {
            "Content-Type": "application/problem+json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "X-Request-ID": request_id,
        }
    )
    return Response(status.value, status.phrase, headers, body).serialize()


_DETAILS = {
    HTTPStatus.FORBIDDEN: "Pages of this origin may not connect.",
    HTTPStatus.NOT_FOUND: "There is no socket at this path.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers of this request are too long.",
}


def _judge(path: str, headers: Headers, allowed_origins: frozenset[str]) -> HTTPStatus:
    one = path.removeprefix(_ONE) if path.startswith(_ONE) else ""
    if path != "/ws" and (not one or "/" in one):
        return HTTPStatus.NOT_FOUND
    if any(len(headers.get_all(name)) > 1 for name in ("Origin", "Authorization", "Host")):
        return HTTPStatus.BAD_REQUEST
    origin = headers.get("Origin")
    if origin is not None and not _is_allowed(origin, headers.get("Host", ""), allowed_origins):
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.SWITCHING_PROTOCOLS


def _is_allowed(origin: str, host: str, allowed_origins: frozenset[str]) -> bool:
    """Browsers name the page's origin (RFC 6454); other programs send none. The scheme is not
    compared for the server's own: a proxy may have ended TLS."""
    if origin.rstrip("/").lower() in allowed_origins:
        return True
    try:
        return origin != "null" and urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def _request_id(headers: Headers) -> str:
    given = headers.get_all("X-Request-ID")
    if len(given) == 1 and _SANE_REQUEST_ID.fullmatch(given[0]):
        return given[0]
    return uuid4().hex


def _credentials(request: Request) -> Credentials:
    named = request.headers.get_all("X-User-ID")
    secrets = request.headers.get_all("X-Trusted-Secret")
    return Credentials(
        token=_token(request),
        # Of two names neither counts: one may have slipped past the gateway.
        user_id=named[0] if len(named) == 1 else None,
        secret=secrets[0] if secrets else None,
    )


def _token(request: Request) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return secret.strip()
    offered = _offered(request.headers)
    if PROTOCOL in offered and len(offered) > 1:
        return next(name for name in offered if name != PROTOCOL)
    return parse_qs(urlsplit(request.path).query).get("token", [""])[0]


def _offered(headers: Headers) -> list[str]:
    try:
        values = headers.get_all("Sec-WebSocket-Protocol")
        return [name for value in values for name in parse_subprotocol(value)]
    except InvalidHeader:
        return []


def _select(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return PROTOCOL if PROTOCOL in offered else None
