"""URLs: the plain forms work, others are refused with a clear reason."""

import pytest

from trialogue.store import engines


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///chat.db", "sqlite"),
        ("postgresql://host/name", "postgresql+psycopg"),
        ("postgresql+asyncpg://host/name", "postgresql+psycopg"),
    ],
)
def test_plain_urls_get_our_driver(given: str, driver: str) -> None:
    assert engines.parse(given).drivername == driver


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "not a database URL"),
        ("nonsense", "not a database URL"),
        ("oracle://host/name", "oracle is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_what_is_not_supported_says_why(given: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        engines.parse(given)
