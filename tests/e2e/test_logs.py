"""What a server writes down of people who come, go and err: no password, no token, no key."""

from tests.http.shapes import NOBODY
from tests.support.client import Stage, unique
from tests.support.server import Server
from tests.support.serving import Make

AUTH = "/api/v1/auth"
PASSWORD = "a Passw0rd that nobody else has"
WRONG = "a wr0ng Word that nobody else has"
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
    await use_sockets(stage, grant["access_token"])
    good = {"Authorization": f"Bearer {grant['access_token']}"}
    assert (await http.post(f"{AUTH}/logout", headers=good)).is_success
    async with stage.socket(f"/ws?token={grant['access_token']}") as socket:
        assert await socket.closed() == 4009
    tokens = [one[name] for one in grants for name in ("access_token", "refresh_token")]
    return [PASSWORD, WRONG, GARBLED, cookie, *tokens]


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
        server = make_server(TRIALOGUE_LOG_LEVEL="debug", TRIALOGUE_LOG_FORMAT=form).start()
        async with Stage(server) as stage:
            secrets = await come_go_and_err(stage)
        server.stop()
        written = server.log()
        assert "socket.opened" in written, "there is a log"
        for secret in [*secrets, key_of(server)]:
            assert secret not in written, (number, secret)
            for part in secret.split("."):
                assert len(part) < 20 or part not in written, (number, part)
        assert server.faults() == []
