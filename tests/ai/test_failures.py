"""Each failure has a text that may be shown and says what to do next."""

import json

import httpx2
import pytest
from pydantic_ai import exceptions as library

from tests.support.server import ROOT
from trialogue.ai import failures
from trialogue.ai.failures import MEANINGS, UNASKED, FailureCode, ProviderFailure

NAMES = {"model_name": "gpt", "message": "raw text with sk-secret"}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("data_inspection_failed",), "refused"),
        (("DataInspectionFailed",), "refused"),
        ((None, "content_filter"), "refused"),
        (("Arrearage",), "account"),
        (("insufficient_quota",), "account"),
        (("billing_hard_limit_reached",), "account"),
        (("rate_limit_exceeded", 429), None),
        ((), None),
    ],
)
def test_codes_of_providers_that_decide_are_known(
    names: tuple[object, ...], code: FailureCode | None
) -> None:
    assert failures.named(*names) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (library.ModelHTTPError(418, "gpt"), "rejected"),
        (library.ModelHTTPError(599, "gpt"), "unavailable"),
        (library.ModelConnectionError(**NAMES, phase="connect"), "unreachable"),
        (library.ModelConnectionError(**NAMES, phase="pool"), "unreachable"),
        (library.ModelConnectionError(**NAMES, phase="read"), "cut"),
        (library.ModelTimeoutError(**NAMES, phase="connect"), "unreachable"),
        (library.ModelTimeoutError(**NAMES, phase="read"), "timeout"),
        (library.ModelOverloadedError(**NAMES), "unavailable"),
        (library.ModelRequestTimeout("gpt", 3), "timeout"),
        (library.ModelQuotaExceededError(**NAMES), "account"),
        (library.ContentFilterError("no"), "refused"),
        (library.UnexpectedModelBehavior("what"), "cut"),
        (library.UserError("no pictures"), "rejected"),
        (httpx2.ReadError("cut"), "cut"),
        (httpx2.InvalidURL("http://[::1"), "unreachable"),
    ],
)
def test_errors_of_libraries_become_failures(error: Exception, code: FailureCode) -> None:
    failure = failures.of(error)
    assert failure is not None
    assert failure.code == code
    assert "secret" not in failure.detail


def test_a_fault_of_our_own_is_no_failure_of_a_provider() -> None:
    assert failures.of(KeyError("x")) is None


def test_every_failure_has_a_text_and_a_verdict() -> None:
    for code, meaning in MEANINGS.items():
        failure = ProviderFailure(code, retry_after=3)
        assert (failure.detail, failure.verdict) == (str(failure), meaning.verdict)
        assert 20 < len(failure.detail) < 80
        assert repr(failure) == f"ProviderFailure({code!r})"
    assert set(MEANINGS) > UNASKED


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_web_client_has_words_for_every_failure(language: str) -> None:
    texts = json.loads((ROOT / f"web/src/i18n/{language}.json").read_text())["replies"]
    assert set(texts["why"]) == {*MEANINGS, "interrupted", "internal"}
    assert set(texts["short"]) == {*MEANINGS, "other"}
