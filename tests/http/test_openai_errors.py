"""Errors in OpenAI's form: the words of their clients where they have one, else our own."""

import orjson
import pytest

from trialogue.core.errors import ChatError, ProviderError, QuotaError
from trialogue.http import openai_errors

CASES = [
    (ChatError("unauthenticated", "x"), 401, "invalid_request_error", "invalid_api_key"),
    (ChatError("not_found", "x", field="model"), 404, "invalid_request_error", "model_not_found"),
    (ChatError("not_found", "x"), 404, "invalid_request_error", "not_found"),
    (ChatError("invalid", "x", field="n"), 422, "invalid_request_error", "invalid"),
    (ChatError("forbidden", "x"), 403, "permission_error", "forbidden"),
    (ChatError("limited", "x"), 429, "rate_limit_error", "rate_limit_exceeded"),
    (QuotaError("x", retry_after=9), 429, "insufficient_quota", "insufficient_quota"),
    (ChatError("unavailable", "x"), 503, "server_error", "unavailable"),
    (ProviderError("timeout", "x"), 502, "server_error", "provider_failed"),
    (ProviderError("limited", "x"), 502, "rate_limit_error", "rate_limit_exceeded"),
    (ProviderError("refused", "x"), 502, "invalid_request_error", "content_filter"),
]


@pytest.mark.parametrize(("error", "usual", "kind", "code"), CASES)
def test_an_error_has_the_type_and_code_that_clients_know(
    error: ChatError, usual: int, kind: str, code: str
) -> None:
    told = openai_errors.body_of(error)["error"]
    assert told == {"message": "x", "type": kind, "param": error.field, "code": code}
    expected = {"invalid": 400, "rate_limit_exceeded": 429, "content_filter": 400}
    assert openai_errors.status_of(error, usual) == expected.get(code, usual)


def test_clients_are_told_not_to_ask_again_at_once_where_that_is_of_no_use() -> None:
    body = openai_errors.body("limited", "Used up.")
    tomorrow = openai_errors.response(429, body, {"Retry-After": "3600"})
    assert tomorrow.headers["x-should-retry"] == "false"
    soon = openai_errors.response(429, body, {"Retry-After": "2"})
    assert "x-should-retry" not in soon.headers
    assert orjson.loads(bytes(soon.body)) == body
