"""What a server writes down of people who come, go and err: no password, no token, no key; and by
which id the lines of a request are found."""

import json
import stat

import pytest

from tests.http.shapes import NOBODY
from tests.support.client import Stage, unique
from tests.support.server import Server
from tests.support.serving import Make

AUTH = "/api/v1/auth"
PASSWORD = "a Passw0rd that nobody else has"
WRONG = "a wr0ng Word that nobody else has"
GATEWAY = "a Secret that only the gateway knows"
METRICS = "a T0ken that only Prometheus has"
GARBLED = "eyJhbGciOiJub25lIn0.bm90LWEtdG9rZW4.c2lnbmF0dXJl"


async def come_go_and_err(stage: Stage) -> list[str]:
    """Everything in which secrets are sent, well and badly; the secrets."""
    http = stage.http
    account = {"username": unique("ada"), "password": PASSWORD}
    grant = (await http.post(f"{AUTH}/register", json=account)).json()
    again = (await http.post(f"{AUTH}/login", json=account)).json()
    form = await http.post(f"{AUTH}/token", data=account)
    cookie = form.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    grants = [grant, again, form.json()]
    renewed = await http.post(f"{AUTH}/refresh", json={"refresh_token": again["refresh_token"]})
    assert renewed.status_code == 200, renewed.text
    grants.append(renewed.json())
    for body in (
        {**account, "password": WRONG},
        {**account, "passwort": WRONG},
        {"username": [WRONG], "password": {"x": WRONG}},
        {**account, "password": f"{WRONG}\x00"},
    ):
        for path in ("register", "login"):
            assert (await http.post(f"{AUTH}/{path}", json=body)).is_client_error
    as_json = {"Content-Type": "application/json"}
    cut_off = f'{{"password": "{WRONG}"'
    await http.post(f"{AUTH}/login", content=cut_off, headers=as_json)
    await http.post(f"{AUTH}/refresh", json={"refresh_token": GARBLED})
    bad = {"Authorization": f"Bearer {GARBLED}", "Cookie": f"refresh={GARBLED}"}
    assert (await http.get("/api/v1/users/me", headers=bad)).status_code == 401
    await http.get(f"/api/v1/users/{NOBODY}", headers=bad)
    await http.get(f"/api/v1/users/me?token={GARBLED}&access_token={GARBLED}")
    await http.get("/metrics", headers=bad)
    named = {"X-Trusted-Secret": GATEWAY, "X-User-ID": "eve"}
    assert (await http.get("/api/v1/users/me", headers=named)).status_code == 200
    named["X-Trusted-Secret"] = WRONG
    assert (await http.get("/api/v1/users/me", headers=named)).status_code == 401
    good = {"Authorization": f"Bearer {again['access_token']}"}
    personal = await http.post(f"{AUTH}/tokens", json={"name": "bot"}, headers=good)
    mine = {"Authorization": f"Bearer {personal.json()['token']}"}
    assert (await http.get("/api/v1/users/me", headers=mine)).status_code == 200
    await use_sockets(stage, grant["access_token"])
    good = {"Authorization": f"Bearer {grant['access_token']}"}
    assert (await http.post(f"{AUTH}/logout", headers=good)).is_success
    async with stage.socket(f"/ws?token={grant['access_token']}") as socket:
        assert await socket.closed() == 4009
    tokens = [one[name] for one in grants for name in ("access_token", "refresh_token")]
    return [PASSWORD, WRONG, GARBLED, GATEWAY, cookie, personal.json()["token"], *tokens]


async def use_sockets(stage: Stage, token: str) -> None:
    """Tokens in the address, in the header and in the subprotocol; good ones and bad ones."""
    async with stage.socket(f"/ws?token={token}") as socket:
        await socket.expect("ready")
        await socket.ask("auth.renew", token=GARBLED)
        await socket.ask(WRONG, token=GARBLED)
        await socket.connection.send(f"no frame {GARBLED}")
        assert await socket.closed() == 4400
    for path in (f"/ws?token={GARBLED}", f"/ws/chat/{NOBODY}?token={GARBLED}"):
        async with stage.socket(path) as socket:
            assert await socket.closed() == 4001
    async with stage.socket("/ws", subprotocols=["trialogue", token]) as socket:
        await socket.expect("ready")


def key_of(server: Server) -> str:
    """The key with which it signs."""
    return (server.folder / "data" / "secret_key").read_text().strip()


async def test_no_secret_is_written_down(make_server: Make) -> None:
    for number, form in enumerate(("text", "json")):
        server = make_server(
            TRIALOGUE_LOG_LEVEL="debug",
            TRIALOGUE_LOG_FORMAT=form,
            TRIALOGUE_TRUSTED_USER_SECRET=GATEWAY,
            TRIALOGUE_METRICS_TOKEN=METRICS,
        ).start()
        async with Stage(server) as stage:
            secrets = await come_go_and_err(stage)
        server.stop()
        written = server.log()
        assert "socket.opened" in written, "there is a log"
        for secret in [*secrets, METRICS, key_of(server)]:
            assert secret not in written, (number, secret)
            for part in secret.split("."):
                assert len(part) < 20 or part not in written, (number, part)
        assert server.faults() == []


ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@ON_ONE
async def test_secrets_on_the_disk_are_for_their_owner_alone(make_server: Make) -> None:
    server = make_server().start()
    kept = server.folder / "data" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = key_of(server)
    server.stop()
    server.start()
    assert key_of(server) == before
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@ON_ONE
async def test_a_log_of_json_holds_a_line_for_each_request_with_its_id(make_server: Make) -> None:
    server = make_server(TRIALOGUE_LOG_LEVEL="debug", TRIALOGUE_LOG_FORMAT="json").start()
    async with Stage(server) as stage:
        ada = await stage.person()
        asked = {"X-Request-ID": "asked-for-this"}
        await stage.http.get("/api/v1/users/me?secret=1", headers=asked)
        async with stage.socket(f"/ws?token={ada.token}", headers=asked) as socket:
            await socket.expect("ready")
    server.stop()
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    found = {line["event"]: line for line in lines if line.get("request_id") == "asked-for-this"}
    request = found["request"]
    assert (request["method"], request["path"]) == ("GET", "/api/v1/users/me")
    assert (request["status"], request["address"]) == (401, "127.0.0.1")
    assert request["ms"] >= 0
    assert found["socket.opened"]["address"] == "127.0.0.1"


@ON_ONE
async def test_the_address_is_that_behind_trusted_proxies_on_both_doors(make_server: Make) -> None:
    said = {"X-Forwarded-For": "6.6.6.6, 1.1.1.1, 10.0.0.9", "X-Request-ID": "through-proxies"}
    for trusted, address in (("127.0.0.1, 10.0.0.0/8", "1.1.1.1"), ("10.0.0.0/8", "127.0.0.1")):
        server = make_server(
            TRIALOGUE_LOG_LEVEL="debug",
            TRIALOGUE_LOG_FORMAT="json",
            TRIALOGUE_TRUSTED_PROXIES=trusted,
        ).start()
        async with Stage(server) as stage:
            await stage.http.get("/health/live", headers=said)
            async with stage.socket("/ws", headers=said) as socket:
                assert await socket.closed() == 4001
        server.stop()
        lines = [json.loads(line) for line in server.log().splitlines()]
        of_it = [line for line in lines if line.get("request_id") == "through-proxies"]
        seen = {line["event"]: line["address"] for line in of_it}
        assert seen == {"request": address, "socket.opened": address}
