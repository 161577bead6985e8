"""The turnstile: so many at a time, who catches up first, nobody for ever last."""

import asyncio
import random

import pytest

from trialogue.live.turnstile import FIRST, Turnstile


class Crowd:
    """People who go through a turnstile of one place when they are let."""

    def __init__(self, turnstile: Turnstile) -> None:
        self.turnstile = turnstile
        self.order: list[str] = []

    async def come(self, name: str, *, first: bool = False) -> None:
        async with self.turnstile.turn(first=first):
            self.order.append(name)


def test_no_more_than_its_places_are_inside_and_all_come_through() -> None:
    async def scene() -> None:
        turnstile, inside, most, through = Turnstile(3), 0, 0, 0

        async def pass_through(number: int) -> None:
            nonlocal inside, most, through
            async with turnstile.turn(first=number % 2 == 0):
                inside += 1
                most = max(most, inside)
                for _ in range(number % 4):
                    await asyncio.sleep(0)
                inside -= 1
                through += 1

        await asyncio.gather(*(pass_through(number) for number in range(100)))
        assert (most, through) == (3, 100)

    asyncio.run(scene())


def test_who_catches_up_goes_first_but_not_for_ever() -> None:
    async def scene() -> None:
        crowd = Crowd(Turnstile(1))
        async with crowd.turnstile.turn():
            comers = [asyncio.create_task(crowd.come(f"new {n}")) for n in range(3)]
            again = [asyncio.create_task(crowd.come(f"back {n}", first=True)) for n in range(5)]
            await asyncio.sleep(0)
        await asyncio.gather(*comers, *again)
        assert FIRST == 3
        backs = ["back 0", "back 1", "back 2", "new 0", "back 3", "back 4"]
        assert crowd.order == [*backs, "new 1", "new 2"]

    asyncio.run(scene())


def test_who_gives_up_takes_no_place_with_them() -> None:
    async def scene() -> None:
        crowd = Crowd(Turnstile(1))
        async with crowd.turnstile.turn():
            gone = [asyncio.create_task(crowd.come("gone")) for _ in range(2)]
            last = asyncio.create_task(crowd.come("last"))
            await asyncio.sleep(0)
            gone[0].cancel()
        # Its turn has come, and it has not begun: the place goes on to the next one.
        gone[1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone[1]
        await last
        assert crowd.order == ["last"]
        await crowd.come("later")

    asyncio.run(scene())


@pytest.mark.parametrize("seed", range(20))
def test_whoever_gives_up_when_no_place_is_lost(seed: int) -> None:
    chance = random.Random(seed)

    async def scene() -> None:
        turnstile = Turnstile(2)

        async def visit() -> None:
            async with turnstile.turn(first=chance.random() < 0.5):
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)

        visits: list[asyncio.Task[None]] = []
        for _ in range(200):
            visits.append(asyncio.create_task(visit()))
            if chance.random() < 0.5:
                await asyncio.sleep(0)
            if chance.random() < 0.4:
                chance.choice(visits).cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        async with asyncio.timeout(30), turnstile.turn(), turnstile.turn():
            pass

    asyncio.run(scene())
