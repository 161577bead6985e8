"""Accounts that end while sockets are open, or while one is just being let in."""

from collections.abc import Awaitable, Callable

import pytest

from tests.live.conftest import House, Person, Play
from trialogue.core import accounts
from trialogue.core.events import AccountState, Event
from trialogue.gate.credentials import Credentials
from trialogue.gate.entrance import Entry
from trialogue.gate.issuers import Vouched


async def set_active(house: House, owner: Person, person: Person, active: bool) -> None:
    await house.database.write(accounts.change, owner.actor, person.id, {}, is_active=active)


def interrupt(house: House, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Let something happen after who comes has been let in, and before they are connected."""
    gate = house.line.protocol.floor.gate
    admit = gate.admit

    async def interrupted(shown: Credentials, vouched: Vouched | None) -> Entry:
        entry = await admit(shown, vouched)
        gate.admit = admit  # type: ignore[method-assign]
        await meanwhile()
        return entry

    gate.admit = interrupted  # type: ignore[method-assign]


@pytest.mark.parametrize("revived", [False, True])
def test_who_is_let_in_while_the_account_ends_is_closed_out(play: Play, revived: bool) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")

        async def meanwhile() -> None:
            await set_active(house, ada, bob, False)
            if revived:  # the account is active again, but this login is not
                await set_active(house, ada, bob, True)

        interrupt(house, meanwhile)
        async with house.client(bob.token) as client:
            assert (await client.closed())[0] == 4009
            assert client.heard == []

    play(scene)


def test_a_revived_account_comes_in_at_once(play: Play) -> None:
    async def scene(house: House) -> None:
        ada, bob = await house.person("ada"), await house.person("bob")
        async with house.joined(bob) as (client,):
            await set_active(house, ada, bob, False)
            assert (await client.closed())[0] == 4009
        await set_active(house, ada, bob, True)
        async with house.joined(await house.log_in("bob", bob.id)) as (client,):
            assert (await client.ask("ping"))["ok"]

    play(scene)


def test_an_end_that_is_in_doubt_closes_the_sockets(play: Play) -> None:
    async def scene(house: House) -> None:
        bob, eve = await house.person("bob"), await house.person("eve")
        async with house.joined(bob, eve) as (his, hers):
            ended = Event("account.state", AccountState(active=False), user_ids=(bob.id,))
            house.database.doubt([ended])
            assert (await his.closed())[0] == 4009
            assert (await hers.ask("ping"))["ok"]

    play(scene)
