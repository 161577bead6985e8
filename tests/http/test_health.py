"""Health: for people, balancers, and whoever restarts the process."""

import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.http.shapes import refused
from tests.support.client import PATIENCE, Caller
from tests.support.databases import Databases
from tests.support.own_redis import OwnRedis
from tests.support.server import Server
from tests.support.serving import Make

pytestmark = pytest.mark.on_mariadb


def test_health_tells_of_all_parts(api: Caller, server: Server) -> None:
    answer = api.get("/health")
    assert answer.status_code == 200
    report = answer.json()
    assert set(report) == {"status", "version", "components"}
    assert report["status"] == "healthy"
    assert report["version"].count(".") == 2
    assert set(report["components"]) == {"database", "redis", "storage", "ai"}
    database = report["components"].pop("database")
    assert set(database) == {"status", "kind", "ms"}
    assert database["status"] == "healthy"
    assert database["kind"] == make_url(server.database_url).get_backend_name()
    assert database["ms"] >= 0
    storage = report["components"].pop("storage")
    assert (storage["status"], storage["kind"]) == ("healthy", "local")
    assistants = report["components"].pop("ai")
    assert (assistants["status"], assistants["kind"]) == ("healthy", "demo")
    # What is not configured is off, and does not degrade.
    assert {part["status"] for part in report["components"].values()} == {"off"}


def test_a_server_is_live_and_ready(api: Caller) -> None:
    for path in ("/health/live", "/health/ready"):
        assert api.get(path).status_code == 200
        assert api.call("HEAD", path).status_code == 200


def ruin(databases: Databases, url: str) -> None:
    """From here on every statement on a database fails."""
    if make_url(url).get_backend_name() != "sqlite":
        databases.drop(url)
        return
    path = Path(make_url(url).database or "")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    path.write_bytes(b"this is no database" * 1000)


def test_without_its_database_a_server_lives_but_is_not_ready(
    make_server: Make, databases: Databases
) -> None:
    server = make_server().start()
    with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as http:
        api = Caller(http)
        ada = api.person()
        ruin(databases, server.database_url)
        answer = api.get("/health")
        assert answer.status_code == 503
        assert answer.json()["status"] == "degraded"
        assert answer.json()["components"]["database"]["status"] == "unhealthy"
        assert api.get("/health/ready").status_code == 503
        assert api.get("/health/live").status_code == 200
        problem = refused(ada.get("/api/v1/users/me"), 503, "unavailable")
        assert "database" in problem["detail"]
        assert ada.post("/api/v1/auth/logout").headers["retry-after"] == "1"
    assert "Traceback" not in server.log()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_without_redis_a_server_is_degraded_and_serves(
    make_server: Make, own_redis: OwnRedis
) -> None:
    server = make_server(REDIS_URL=own_redis.url).start()
    with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as http:
        api = Caller(http)
        ada = api.person()
        assert part(api, "healthy") == {"status": "healthy", "kind": "redis"}
        assert api.get("/health").json()["status"] == "healthy"
        own_redis.kill()
        assert part(api, "unhealthy") == {"status": "unhealthy", "kind": "redis"}
        report = api.get("/health")
        assert (report.status_code, report.json()["status"]) == (200, "degraded")
        assert api.get("/health/ready").status_code == 200
        ada.say(ada.room(), "Hello all the same")
    assert server.faults() == []


def part(api: Caller, status: str) -> dict[str, str]:
    """What is said of Redis when it has come to a status, but for how long it takes."""
    deadline = time.monotonic() + PATIENCE
    while (found := api.get("/health").json()["components"]["redis"])["status"] != status:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)  # sleep: between two looks
    assert (found.pop("ms") is None) is (status == "unhealthy")
    return {key: str(value) for key, value in found.items()}
