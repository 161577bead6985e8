"""Errors as problem details (RFC 9457): the only table from codes to HTTP statuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from trialogue.core.errors import ChatError, Code
from trialogue.http import openai_errors

STATUS = {
    "invalid": 422,
    "bad_request": 400,
    "unauthenticated": 401,
    "invalid_credentials": 401,
    "forbidden": 403,
    "not_member": 403,
    "not_found": 404,
    "conflict": 409,
    "username_taken": 409,
    "email_taken": 409,
    "already_member": 409,
    "last_owner": 409,
    "edit_window_over": 409,
    "quota_reached": 409,
    "gone": 410,
    "too_large": 413,
    "unsupported_type": 415,
    "limited": 429,
    "internal": 500,
    "provider_failed": 502,
    "unavailable": 503,
}
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported type",
    416: "Range not satisfiable",
    422: "Invalid",
    429: "Too many requests",
    500: "Internal error",
    502: "Provider failed",
    503: "Unavailable",
}
PLAIN = "/api/chat"  # plain callers: all that is wrong with a request is 400, all else 500
PLAIN_FORMS: dict[str, tuple[Code, int]] = {
    "invalid": ("bad_request", 400),
    "provider_failed": ("provider_failed", 500),
}
BY_STATUS = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    416: "range_not_satisfiable",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: where it is, in words, and as a stable type."""

    loc: list[str | int]
    msg: str
    type: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document (RFC 9457). `code` is stable and for programs, `detail` for people.

    `errors` comes with status 422 only.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    request_id: str,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem response; `errors` only where single fields are at fault."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if status == 422:
        content["errors"] = list(errors)
    return Response(
        orjson.dumps(content), status, headers=headers, media_type="application/problem+json"
    )


def install(app: FastAPI) -> None:
    """Answer every kind of error of this application with a problem document."""
    app.add_exception_handler(ChatError, _on_chat_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_exception)


def _is_openai(path: str) -> bool:
    return path.startswith(openai_errors.PREFIX)


def refusal(path: str, status: int, code: str, detail: str, **more: Any) -> Response:
    """What cannot be answered at a path, in the form that its callers know."""
    if _is_openai(path):
        body = openai_errors.body(code, detail)
        return openai_errors.response(status, body, more.get("headers"))
    return problem(status, code, detail, **more)


def _request_id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


async def _on_chat_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ChatError)  # noqa: S101 — registered for this type alone
    errors: list[FieldError] = []
    if error.field is not None:
        place = "query" if request.method == "GET" else "body"
        errors = [FieldError([place, error.field], error.detail, error.code)]
    path, code, status = request.url.path, error.code, STATUS[error.code]
    if path.startswith(PLAIN):
        code, status = PLAIN_FORMS.get(code, (code, status))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if error.code in ("limited", "unavailable") or error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after or 1)
    if _is_openai(path):
        told = openai_errors.status_of(error, status)
        return openai_errors.response(told, openai_errors.body_of(error), headers)
    return problem(
        status,
        code,
        error.detail,
        request_id=_request_id(request),
        errors=errors,
        headers=headers,
    )


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 — registered for this type
    found: Sequence[Any] = error.errors()
    request_id, path = _request_id(request), request.url.path
    if any(item["type"] == "json_invalid" for item in found):
        detail = "The body is not JSON."
        return refusal(path, 400, "bad_request", detail, request_id=request_id)
    if any(item["type"] == "model_attributes_type" for item in found) and not _is_json(request):
        detail = "Send the body as JSON, with Content-Type: application/json."
        return refusal(path, 415, "unsupported_type", detail, request_id=request_id)
    if any(item["loc"][0] == "path" for item in found):
        detail = "There is nothing with this id."
        return refusal(path, 404, "not_found", detail, request_id=request_id)
    errors = [
        FieldError(
            _place(item, error.body), item["msg"].removeprefix("Value error, "), item["type"]
        )
        for item in found
    ]
    where = ".".join(str(part) for part in errors[0].loc[1:])
    detail = f"{where}: {errors[0].msg}" if where else errors[0].msg
    if _is_openai(path):
        body = openai_errors.body("invalid", detail, where or None)
        return openai_errors.response(400, body)
    if path.startswith(PLAIN):
        return problem(400, "bad_request", detail, request_id=request_id)
    return problem(422, "invalid", detail, request_id=request_id, errors=errors)


def _place(item: Any, body: object) -> list[str | int]:
    """Where an error is, by names and indexes alone: pydantic also tells which of several types
    it has tried there, and what such a type is made of is of the server's inside."""
    place: list[str | int] = list(item["loc"])
    if place[0] != "body" or body is None:
        return place  # without a body it is our own, of a form whose fields are plain
    told, there = place[:1], body
    for part in place[1:]:
        if isinstance(there, Mapping) and part in there:
            there = there[part]
        elif isinstance(there, list) and isinstance(part, int):
            there = there[part] if part < len(there) else None
        elif item["type"] != "missing" or part != place[-1]:
            continue
        told.append(part)
    return told


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 — registered for this type alone
    status = error.status_code
    code = BY_STATUS.get(status, "internal" if status >= 500 else "bad_request")
    headers = dict(error.headers) if error.headers else None
    detail = str(error.detail)
    if status == 404:
        detail = "There is nothing at this address."
    if status == 405:
        detail = f"This address takes {(headers or {}).get('Allow', 'other methods')}."
    told = {"request_id": _request_id(request), "headers": headers}
    return refusal(request.url.path, status, code, detail, **told)
