"""Many at once at an empty server: one of them owns it, and one of them has a name."""

import asyncio
from typing import Any

from tests.support.client import PASSWORD, Stage
from tests.support.server import Server

TIMES = 20


async def register_all(stage: Stage, names: list[str]) -> list[Any]:
    """Register all of these at once; the answers."""
    asked = [
        stage.http.post("/api/v1/auth/register", json={"username": name, "password": PASSWORD})
        for name in names
    ]
    return await asyncio.gather(*asked)


async def test_of_many_first_ones_one_is_the_owner(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:
        answers = await register_all(stage, [f"first-{number}" for number in range(TIMES)])
        assert {answer.status_code for answer in answers} == {201}
        roles = sorted(answer.json()["user"]["role"] for answer in answers)
        assert roles == ["member"] * (TIMES - 1) + ["owner"]
        token = answers[0].json()["access_token"]
        found = await stage.http.get(
            "/api/v1/users", params={"limit": 200}, headers={"Authorization": f"Bearer {token}"}
        )
        people = [user for user in found.json()["items"] if user["kind"] == "human"]
        assert sorted(user["role"] for user in people) == roles


async def test_of_many_with_one_name_one_gets_it(lone_server: Server) -> None:
    async with Stage(lone_server) as stage:
        written = ["grüße", "GRÜSSE", "Grüße", "grüsse"]
        answers = await register_all(stage, [written[n % 4] for n in range(TIMES)])
        made = [answer for answer in answers if answer.status_code == 201]
        assert len(made) == 1
        assert made[0].json()["user"]["role"] == "owner"
        refused = [answer for answer in answers if answer.status_code != 201]
        assert {answer.json()["code"] for answer in refused} == {"username_taken"}
