"""URLs: the plain forms work, others are refused with a clear reason."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, OperationalError

from trialogue.store import engines


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///chat.db", "sqlite"),
        ("postgresql://host/name", "postgresql+psycopg"),
        ("postgresql+asyncpg://host/name", "postgresql+psycopg"),
        ("mysql://host/name", "mysql+pymysql"),
        ("mariadb://host/name", "mysql+pymysql"),
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
        ("mysql://host", "needs the name of a database"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_what_is_not_supported_says_why(given: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        engines.parse(given)


@pytest.mark.parametrize("databases", ["mariadb"], indirect=True)
def test_a_session_of_mysql_is_strict_and_keeps_to_utc(database_url: str) -> None:
    engine = engines.synchronous(engines.parse(database_url))
    with engine.connect() as connection:
        names = "@@sql_mode, @@time_zone, @@character_set_client, @@tx_isolation"
        row = connection.execute(text(f"SELECT {names}")).one()
        assert "STRICT_ALL_TABLES" in row[0]
        assert row[1:] == ("+00:00", "utf8mb4", "READ-COMMITTED")
        cut = text("UPDATE chat_version SET version_num = repeat('x', 100)")
        with pytest.raises(DataError):
            connection.execute(cut)
    engine.dispose()


def unlocked(engine: Engine) -> int:
    """How many rows of a table nobody has locked."""
    with engine.connect() as connection:
        query = text("SELECT version_num FROM chat_version FOR UPDATE SKIP LOCKED")
        return len(connection.execute(query).all())


@pytest.mark.parametrize("databases", ["mariadb"], indirect=True)
def test_a_connection_goes_back_to_the_pool_without_its_transaction(database_url: str) -> None:
    engine = engines.mysql(engines.parse(database_url), size=1)
    watcher = engines.mysql(engines.parse(database_url), size=1)
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM chat_version"))
        assert unlocked(watcher) == 0
    assert unlocked(watcher) == 1
    engine.dispose()
    watcher.dispose()


@pytest.mark.parametrize("databases", ["mariadb"], indirect=True)
def test_a_connection_that_the_server_ended_is_replaced(database_url: str) -> None:
    engine = engines.mysql(engines.parse(database_url), size=1)
    other = engines.mysql(engines.parse(database_url), size=1)
    with engine.connect() as connection:
        number = connection.execute(text("SELECT connection_id()")).scalar()
    with other.connect() as connection:
        connection.execute(text(f"KILL {number}"))
    with pytest.raises(OperationalError) as lost, engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert lost.value.connection_invalidated
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()
    other.dispose()
