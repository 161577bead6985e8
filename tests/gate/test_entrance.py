"""The gate: each way in, and that none of them opens another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from trialogue.core import logins, personal_tokens, users, workspaces
from trialogue.core.errors import ChatError
from trialogue.gate.credentials import Credentials
from trialogue.gate.entrance import Gate
from trialogue.gate.issuers import Issuer
from trialogue.store.database import Database

KEY = "a key that signs the tokens of tests"
SHARED = "a secret that is shared with the issuer"
GATEWAY = "a secret that the gateway knows"
ISSUER = Issuer(issuer="https://issuer.example", audience="trialogue", secret=SHARED)


class House:
    """A database with ada, who is logged in."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def begin(self) -> None:
        self.workspace_id = await self.database.write(workspaces.ensure_default)
        self.ada = await self.database.write(
            users.register, self.workspace_id, username="ada", password_hash="-"
        )
        self.grant = await self.database.write(logins.open_login, self.workspace_id, self.ada, KEY)

    def gate(self, **options: object) -> Gate:
        return Gate(self.database, KEY, **options)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[House]:
    house = House(Database(url))
    try:
        await house.begin()
        yield house
    finally:
        await house.database.close()


Play = Callable[[House], Awaitable[None]]


@pytest.fixture
def play(database_url: str) -> Callable[[Play], None]:
    """Runs a scene on a fresh database."""

    def run(scene: Play) -> None:
        async def scenery() -> None:
            async with opened(database_url) as house:
                await scene(house)

        asyncio.run(scenery())

    return run


async def refuses(gate: Gate, shown: Credentials, code: str = "unauthenticated") -> None:
    with pytest.raises(ChatError) as refused:
        await gate.admit(shown)
    assert refused.value.code == code


def outside(**more: object) -> str:
    claims = {
        "iss": ISSUER.issuer,
        "aud": ISSUER.audience,
        "sub": "42",
        "exp": datetime.now(UTC) + timedelta(minutes=1),
        **more,
    }
    return jwt.encode(claims, SHARED, algorithm="HS256")


def test_our_own_tokens_open_whatever_else_is_set(play: Callable[[Play], None]) -> None:
    async def scene(house: House) -> None:
        for gate in (house.gate(), house.gate(issuer=ISSUER, trusted_secret=GATEWAY)):
            entry = await gate.admit(Credentials(house.grant.access_token))
            assert (entry.actor.user_id, entry.expires_at) == (house.ada, None)
            await refuses(gate, Credentials())
            await refuses(gate, Credentials("nonsense"))

    play(scene)


def test_a_personal_token_opens_and_its_use_is_noted(play: Callable[[Play], None]) -> None:
    async def scene(house: House) -> None:
        gate, database = house.gate(), house.database
        actor = (await gate.admit(Credentials(house.grant.access_token))).actor
        made = await database.write(personal_tokens.create, actor, "script")
        for _ in range(2):
            entry = await gate.admit(Credentials(made.token))
            assert (entry.actor.user_id, entry.actor.way) == (house.ada, "token")
        page = await database.read(personal_tokens.page, actor)
        assert page.items[0].used_at is not None
        await database.write(personal_tokens.revoke, actor, made.id)
        await refuses(gate, Credentials(made.token), "gone")

    play(scene)


def test_the_gateway_names_the_user_by_its_secret_alone(play: Callable[[Play], None]) -> None:
    async def scene(house: House) -> None:
        gate = house.gate(trusted_secret=GATEWAY)
        bob = await gate.admit(Credentials(user_id="bob", secret=GATEWAY))
        again = await gate.admit(Credentials(user_id="bob", secret=GATEWAY))
        assert bob.actor == again.actor
        assert bob.actor.user_id != house.ada
        named_ada = await gate.admit(Credentials(user_id="ada", secret=GATEWAY))
        assert named_ada.actor.user_id != house.ada  # no one is linked by a name
        await refuses(gate, Credentials(user_id="bob", secret=GATEWAY + "!"))
        await refuses(gate, Credentials(user_id="bob", secret=""))
        await refuses(gate, Credentials(user_id="bob", secret="é\ud800"))
        await refuses(gate, Credentials(user_id="bob"))
        await refuses(gate, Credentials(secret=GATEWAY))
        await refuses(gate, Credentials(user_id="b\x00b", secret=GATEWAY))
        # A wrong secret is no reason to look at the token instead.
        await refuses(gate, Credentials(house.grant.access_token, "bob", "wrong"))
        mine = await gate.admit(Credentials(house.grant.access_token, "bob"))
        assert mine.actor.user_id == house.ada

    play(scene)


def test_without_the_setting_the_headers_count_for_nothing(play: Callable[[Play], None]) -> None:
    async def scene(house: House) -> None:
        gate = house.gate()
        await refuses(gate, Credentials(user_id="bob", secret=GATEWAY))
        await refuses(gate, Credentials(user_id="bob", secret=""))
        entry = await gate.admit(Credentials(house.grant.access_token, "bob", "x"))
        assert entry.actor.user_id == house.ada

    play(scene)


def test_an_outside_token_opens_until_it_expires(play: Callable[[Play], None]) -> None:
    async def scene(house: House) -> None:
        gate = house.gate(issuer=ISSUER)
        entry = await gate.admit(Credentials(outside()))
        assert entry.actor.way == "outside"
        assert entry.expires_at is not None
        assert (await gate.admit(Credentials(outside()))).actor == entry.actor
        await refuses(gate, Credentials(outside(iss="https://other.example")))
        await refuses(house.gate(), Credentials(outside()))
        # Nor is one of its making taken for ours, or ours for one of its making.
        posing = {"login": "x", "sub": house.ada, "exp": datetime.now(UTC) + timedelta(minutes=1)}
        await refuses(gate, Credentials(jwt.encode(posing, SHARED, algorithm="HS256")))
        posing["iss"] = ISSUER.issuer or ""
        await refuses(gate, Credentials(jwt.encode(posing, KEY, algorithm="HS256")))
        await refuses(gate, Credentials(outside(sub="a\x00b")))

    play(scene)
