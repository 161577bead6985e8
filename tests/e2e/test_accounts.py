"""An account that ends is out at once, by whatever way it came: on HTTP and on every socket.

The first person of a server of the test's own is its owner. A named colleague hears on.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import jwt
import pytest

from tests.support.client import Person, Socket, Stage, unique
from tests.support.issuer import AUDIENCE, Issuer
from tests.support.server import Server
from tests.support.serving import Make

USERS = "/api/v1/admin/users"
ME = "/api/v1/users/me"
TOKENS = "/api/v1/auth/tokens"
SECRET = "what the gateway knows and nobody else"
SHARED = "a secret that is shared with the issuer"
# Where the database plays no part.
ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
LOSSY = [sys.executable, "-m", "tests.support.lossy", "serve"]
SETTINGS = {"TRIALOGUE_TRUSTED_USER_SECRET": SECRET, "TRIALOGUE_JWT_SECRET": SHARED}


def vouched(name: str) -> dict[str, str]:
    """What the gateway sends for someone."""
    return {"X-User-ID": name, "X-Trusted-Secret": SECRET}


@asynccontextmanager
async def owned(server: Server) -> AsyncIterator[tuple[Stage, Person]]:
    """The stage, and the owner of its server."""
    async with Stage(server) as stage:
        owner = await stage.person("owner")
        assert owner.grant["user"]["role"] == "owner"
        yield stage, owner


async def personal(person: Person, **more: Any) -> Any:
    """A personal access token of someone."""
    return await person.ok("POST", TOKENS, name="script", **more)


async def is_shut_out(stage: Stage, headers: dict[str, str]) -> None:
    """Neither HTTP nor a new socket lets in who shows this."""
    answer = await stage.http.get(ME, headers=headers)
    assert answer.status_code == 401, answer.text
    async with stage.socket(headers=headers) as socket:
        assert await socket.closed() == 4009
        assert socket.frames == []


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def check_ended(server: Server, way: str) -> None:
    """bob is there by two logins, a personal token, in one room and in all; then he is not."""
    async with owned(server) as (stage, owner), AsyncExitStack() as sockets:
        bob, eve = await stage.people("bob", "eve")
        room = await owner.room(bob, eve)
        token = (await personal(bob))["token"]
        other = await bob.log_in()
        open_sockets: list[Socket] = []
        for path, secret in (
            ("/ws", bob.token),
            ("/ws", other.token),
            ("/ws", token),
            (f"/ws/chat/{room}", token),
        ):
            socket = await sockets.enter_async_context(stage.socket(path, token=secret))
            await socket.expect("ready")
            open_sockets.append(socket)
        hers = await sockets.enter_async_context(eve.socket())
        if way == "removed":
            await owner.ok("DELETE", f"{USERS}/{bob.id}")
        else:
            await owner.ok("PATCH", f"{USERS}/{bob.id}", is_active=False)
        for socket in open_sockets:
            assert await socket.closed() == 4009
        before = [len(socket.frames) for socket in open_sockets]
        said = await owner.say(room, "bob is gone")
        await hers.until(
            lambda: (
                any(f.get("rev", 0) >= said["rev"] for f in hers.about(room))
                or any(f["data"].get("rev", 0) >= said["rev"] for f in hers.events("changes"))
            ),
            "what is said after",
        )
        assert before == [len(socket.frames) for socket in open_sockets]
        for secret in (bob.token, other.token, token):
            await is_shut_out(stage, bearer(secret))


@pytest.mark.parametrize("way", ["deactivated", "removed"])
def test_an_account_that_ends_is_out_at_once(make_server: Make, way: str) -> None:
    server = make_server().start()
    asyncio.run(check_ended(server, way))
    assert server.faults() == []


@ON_ONE
def test_also_when_the_bus_loses_it(make_server: Make) -> None:
    lost = "account.state,login.ended,member.left,user.updated"
    asyncio.run(check_ended(make_server(command=LOSSY, LOSES=lost).start(), "deactivated"))


async def test_who_came_from_outside_is_out_at_once_too(make_server: Make) -> None:
    server = make_server(**SETTINGS).start()
    async with owned(server) as (stage, owner), AsyncExitStack() as sockets:
        token = jwt.encode({"sub": "42", "exp": 4_000_000_000}, SHARED, algorithm="HS256")
        for headers in (vouched(unique("bob")), bearer(token)):
            me = (await stage.http.get(ME, headers=headers)).json()
            room = await owner.room()
            await owner.ok("POST", f"/api/v1/conversations/{room}/members", user_id=me["id"])
            his = [
                await sockets.enter_async_context(stage.socket(path, headers=headers))
                for path in ("/ws", f"/ws/chat/{room}")
            ]
            for socket in his:
                assert (await socket.expect("ready"))["data"]["user"]["id"] == me["id"]
            await owner.ok("PATCH", f"{USERS}/{me['id']}", is_active=False)
            for socket in his:
                assert await socket.closed() == 4009
            await is_shut_out(stage, headers)
            await owner.ok("PATCH", f"{USERS}/{me['id']}", is_active=True)
            async with stage.socket(headers=headers) as again:
                assert (await again.expect("ready"))["data"]["user"]["id"] == me["id"]
    assert server.faults() == []


@ON_ONE
async def test_the_gateway_names_the_user_on_http_and_on_sockets(make_server: Make) -> None:
    server = make_server(**SETTINGS).start()
    async with owned(server) as (stage, owner):
        ada, bob = vouched("ada"), vouched("bob")
        her = (await stage.http.get(ME, headers=ada)).json()
        his = (await stage.http.get(ME, headers=bob)).json()
        assert (her["username"], his["username"], her["role"]) == ("ada", "bob", "member")
        room = {"kind": "group", "name": "Hers"}
        made = await stage.http.post("/api/v1/conversations", json=room, headers=ada)
        path = f"/api/v1/conversations/{made.json()['id']}"
        assert (await stage.http.get(path, headers=ada)).status_code == 200
        assert (await stage.http.get(path, headers=bob)).status_code == 404
        async with stage.socket(headers=ada) as socket:
            assert (await socket.expect("ready"))["data"]["user"]["id"] == her["id"]
        wrong = {**ada, "X-Trusted-Secret": "wrong"}
        for headers in (wrong, {**wrong, **bearer(owner.token)}, {"X-User-ID": "ada"}):
            assert (await stage.http.get(ME, headers=headers)).status_code == 401
            async with stage.socket(headers=headers) as socket:
                assert await socket.closed() == 4001
        both = {"X-User-ID": "ada", **bearer(owner.token)}
        assert (await stage.http.get(ME, headers=both)).json()["id"] == owner.id
    assert server.faults() == []


async def test_without_a_secret_set_the_headers_count_for_nothing(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        for headers in (vouched("bob"), {"X-User-ID": "bob", "X-Trusted-Secret": ""}):
            assert (await stage.http.get(ME, headers=headers)).status_code == 401
            both = {**headers, **bearer(ada.token)}
            assert (await stage.http.get(ME, headers=both)).json()["id"] == ada.id
            async with stage.socket(headers=headers) as socket:
                assert await socket.closed() == 4001


async def test_a_personal_token_holds_a_socket_until_it_is_revoked(server: Server) -> None:
    async with Stage(server) as stage:
        ada = await stage.person()
        made = await personal(ada)
        async with stage.socket(token=made["token"]) as one, ada.socket() as two:
            await one.expect("ready")
            await ada.ok("DELETE", f"{TOKENS}/{made['id']}")
            assert await one.closed() == 4009
            await two.settled()
        await is_shut_out(stage, bearer(made["token"]))


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer().serving() as made:
        yield made


def trusting(issuer: Issuer) -> dict[str, str]:
    """Settings of a server that accepts an issuer's tokens."""
    return {
        "TRIALOGUE_JWKS_URL": issuer.jwks_url,
        "TRIALOGUE_JWT_ISSUER": issuer.url,
        "TRIALOGUE_JWT_AUDIENCE": AUDIENCE,
    }


@ON_ONE
async def test_outside_tokens_let_in_on_http_and_on_sockets(
    make_server: Make, issuer: Issuer
) -> None:
    server = make_server(**trusting(issuer)).start()
    async with owned(server) as (stage, owner):
        found = []
        for key_id in ("elliptic", "rivest"):
            token = issuer.token("42", key_id=key_id, preferred_username="bob", name="Bob")
            answer = await stage.http.get(ME, headers=bearer(token))
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
            async with stage.socket(f"/ws?token={token}") as socket:
                ready = await socket.expect("ready")
                assert ready["data"]["user"]["id"] == found[0]["id"]
        assert found[0]["id"] == found[1]["id"] != owner.id
        assert (found[0]["username"], found[0]["role"]) == ("bob", "member")
        for bad in (issuer.token(aud="someone"), issuer.token(lifetime=-60)):
            assert (await stage.http.get(ME, headers=bearer(bad))).status_code == 401
            async with stage.socket(token=bad) as socket:
                assert await socket.closed() == 4001
        assert (await owner.call("GET", ME)).status_code == 200
    assert server.faults() == []


@ON_ONE
async def test_a_socket_ends_with_the_outside_token_unless_it_is_renewed(
    make_server: Make, issuer: Issuer
) -> None:
    server = make_server(**trusting(issuer)).start()
    async with Stage(server) as stage:
        short = issuer.token("42", lifetime=4)
        async with stage.socket(token=short) as ends, stage.socket(token=short) as goes_on:
            for socket in (ends, goes_on):
                await socket.expect("ready")
            stranger = await goes_on.ask("auth.renew", token=issuer.token("43"))
            assert stranger["error"]["code"] == "forbidden"
            await goes_on.done("auth.renew", token=issuer.token("42", lifetime=600))
            assert await ends.closed() == 4001
            await goes_on.settled()
    assert server.faults() == []


@ON_ONE
async def test_without_the_issuers_keys_the_server_says_that_it_is_unavailable(
    make_server: Make, issuer: Issuer
) -> None:
    issuer.failing = True
    server = make_server(**trusting(issuer)).start()
    async with Stage(server) as stage:
        answer = await stage.http.get(ME, headers=bearer(issuer.token()))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        ada = await stage.person()
        assert (await ada.call("GET", ME)).status_code == 200


async def test_a_changed_profile_is_told_to_those_who_share_a_conversation(server: Server) -> None:
    async with Stage(server) as stage:
        ada, bob, olga = await stage.people("ada", "bob", "olga")
        await ada.room(bob)
        async with ada.socket() as own, bob.socket() as his, olga.socket() as hers:
            await ada.ok("PATCH", ME, display_name="Ada Lovelace", email=f"{ada.name}@example.org")
            for socket in (own, his):
                told = await socket.expect("user.updated", id=ada.id)
                assert told["data"]["display_name"] == "Ada Lovelace"
                assert told["data"]["online"] is True
                assert "email" not in told["data"]
            await olga.ok("PATCH", ME, display_name="Olga")
            await hers.expect("user.updated", id=olga.id)
            assert [f["data"]["id"] for f in hers.events("user.updated")] == [olga.id]
