"""Errors as OpenAI's clients know them: `{"error": {"message", "type", "param", "code"}}`."""

from collections.abc import Mapping

import orjson
from fastapi import Response

from trialogue.core.errors import ChatError, ProviderError, QuotaError

NO_RETRY = ("x-should-retry", "false")  # their clients ask again by themselves otherwise
PREFIX = "/v1/"  # all answers below it have this form
# By our own code: their type and code. What is not here keeps its own code.
KNOWN: Mapping[str, tuple[str, str | None]] = {
    "unauthenticated": ("invalid_request_error", "invalid_api_key"),
    "forbidden": ("permission_error", "forbidden"),
    "not_member": ("permission_error", "not_member"),
    "limited": ("rate_limit_error", "rate_limit_exceeded"),
    "internal": ("server_error", "internal"),
    "unavailable": ("server_error", "unavailable"),
    "provider_failed": ("server_error", "provider_failed"),
}
# What a provider said, where their clients have a word for it: status, type, code.
REASONS: Mapping[str, tuple[int, str, str]] = {
    "refused": (400, "invalid_request_error", "content_filter"),
    "too_long": (400, "invalid_request_error", "context_length_exceeded"),
    "rejected": (400, "invalid_request_error", "rejected"),
    "limited": (429, "rate_limit_error", "rate_limit_exceeded"),
}

SCHEMA = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}
EXPLANATIONS = {
    400: "The request is wrong (`param` says where), or the provider refuses it.",
    401: "Without a key that holds: `invalid_api_key`.",
    403: "One may not do this.",
    404: "There is no such model (`model_not_found`), or no such conversation.",
    409: "No assistant answers in this conversation: `conflict`.",
    413: "The body is too large: `too_large`.",
    415: "The body is not sent as JSON: `unsupported_type`.",
    429: "Today's tokens are used up (`insufficient_quota`), or we or a provider are asked too "
    "often (`rate_limit_exceeded`).",
    502: "No model provider has answered: `provider_failed`.",
    503: "The database cannot be reached, or is busy: `unavailable`.",
}


def described(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The documentation of the errors that a route answers with."""
    content = {"application/json": {"schema": SCHEMA}}
    return {
        status: {"description": EXPLANATIONS[status], "content": content} for status in statuses
    }


def body(code: str, message: str, param: str | None = None) -> dict[str, object]:
    """An error by our own code."""
    kind, known = KNOWN.get(code, ("invalid_request_error", code))
    if code == "not_found" and param == "model":
        known = "model_not_found"
    return {"error": {"message": message, "type": kind, "param": param, "code": known}}


def body_of(error: ChatError) -> dict[str, object]:
    """The body that tells of an error."""
    if isinstance(error, ProviderError) and error.reason in REASONS:
        _, kind, code = REASONS[error.reason]
        return {"error": {"message": error.detail, "type": kind, "param": None, "code": code}}
    if isinstance(error, QuotaError):
        kind = code = "insufficient_quota"
        return {"error": {"message": error.detail, "type": kind, "param": None, "code": code}}
    return body(error.code, error.detail, error.field)


def status_of(error: ChatError, usual: int) -> int:
    """The status of an error; what is wrong with a request is always 400 there."""
    if isinstance(error, ProviderError) and error.reason in REASONS:
        return REASONS[error.reason][0]
    return 400 if usual == 422 else usual


def response(
    status: int, content: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    """The whole answer."""
    more = dict(headers or {})
    if status == 429 and int(more.get("Retry-After", "0")) > 60:
        more |= [NO_RETRY]
    return Response(orjson.dumps(content), status, headers=more, media_type="application/json")
