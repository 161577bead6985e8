"""Tokens: what is signed comes back, what was tampered with does not."""

from datetime import UTC, datetime, timedelta

import pytest

from trialogue.core import tokens
from trialogue.core.errors import ChatError
from trialogue.core.tokens import Claims

KEY = "a key of at least thirty-two characters"
CLAIMS = Claims("user", "login")


def signed(lifetime: int = 60) -> str:
    return tokens.sign(CLAIMS, KEY, issued=datetime.now(UTC), lifetime=lifetime)


def test_a_token_says_whose_it_is_and_by_which_login() -> None:
    assert tokens.read(signed(), KEY) == CLAIMS


def test_two_tokens_of_one_second_differ() -> None:
    assert signed() != signed()


def test_a_token_is_believed_when_the_clock_was_set_back_since() -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    assert tokens.read(tokens.sign(CLAIMS, KEY, issued=ahead, lifetime=60), KEY) == CLAIMS


def test_every_changed_part_of_a_token_is_noticed() -> None:
    token = signed()
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        if changed.rstrip("AQgw") == token.rstrip("AQgw"):
            continue  # the last character of a part carries bits that mean nothing
        with pytest.raises(ChatError):
            tokens.read(changed, KEY)


def test_secrets_are_long_random_and_kept_only_as_digests() -> None:
    secrets = {tokens.new_secret("trr") for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("trr_") and len(secret) >= 43 for secret in secrets)
    digests = {tokens.digest(secret) for secret in secrets}
    assert len(digests) == 100
    assert not digests & secrets
