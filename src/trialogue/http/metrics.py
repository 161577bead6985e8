"""The numbers of this process, for Prometheus: to this machine, or by a token."""

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response

from trialogue.core.errors import ChatError
from trialogue.http.deps import Serving, Token, address

router = APIRouter(include_in_schema=False)
FORM = "text/plain; version=0.0.4; charset=utf-8"
# A proxy on this machine is as near as Prometheus; it says that it only passes things on.
PASSED_ON = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


@router.get("/metrics")
async def metrics(serving: Serving, request: Request, token: Token) -> Response:
    """In the text format of Prometheus. From this machine itself, or by the token that is set."""
    if not (_shows(token, serving.metrics_token) or _is_here(request)):
        raise ChatError("unauthenticated", "This needs TRIALOGUE_METRICS_TOKEN as bearer token.")
    return Response(await serving.metrics.text(), headers={"Content-Type": FORM})


def _shows(token: str | None, wanted: str | None) -> bool:
    if token is None or wanted is None:
        return False
    return hmac.compare_digest(token.encode(errors="replace"), wanted.encode())


def _is_here(request: Request) -> bool:
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ip_address(address(request) or "").is_loopback
    except ValueError:
        return False
