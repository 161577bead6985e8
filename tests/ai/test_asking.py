"""How a chain is asked; that it fails over is tested on whole servers (`e2e/test_replies.py`).

Here: what a model is asked beside a conversation, its name.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.ai.asking import GPT, credentials
from tests.support.assistants import assistant, claim, conversation
from tests.support.nowhere import nowhere
from tests.support.provider import Provider, Script, fail, hold, say
from tests.support.world import World
from trialogue.ai.asking import Asking
from trialogue.ai.chain import Chain
from trialogue.ai.circuit import Circuits
from trialogue.ai.pictures import Pictures
from trialogue.ai.prices import Prices
from trialogue.ai.providers import Providers
from trialogue.ai.run import Run
from trialogue.core.models import Conversation
from trialogue.store.database import Database

Scene = Callable[[Database, Asking, Run], Awaitable[None]]


def play(database_url: str, provider: Provider, titles: str, scene: Scene) -> None:
    """A conversation without a name, and its first answer by a model."""
    database = Database(database_url)
    world = World(database)
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "What is a lease?")
    run = Run(claim(world, room, helper))
    run.link = GPT
    run.add("A promise for a while.")

    async def whole() -> None:
        chain = Chain(
            Providers(credentials(provider)), Prices.load(), Circuits(), usual=lambda: (GPT,)
        )
        asking = Asking(database, chain, Pictures(database, nowhere()), titles=titles)
        try:
            await scene(database, asking, run)
        finally:
            await asking.close()
            await database.close()

    asyncio.run(whole())


async def name(database: Database, run: Run) -> str | None:
    place = run.work.conversation_id
    found = await database.read(lambda db: db.get(Conversation, place))
    return found.name if found is not None else None


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("titles", "script", "expected"),
    [
        ("model", say("“Leases ", "explained.”"), "Leases explained"),
        ("model", fail(500), "What is a lease?"),
        ("words", say("Leases"), "What is a lease?"),
    ],
)
def test_a_model_names_what_it_has_answered_or_the_question_does(
    database_url: str, provider: Provider, titles: str, script: Script, expected: str
) -> None:
    async def scene(database: Database, asking: Asking, run: Run) -> None:
        await asking.afterwards(run)
        assert await name(database, run) == expected

    provider.queue(GPT.model, script)
    play(database_url, provider, titles, scene)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_name_is_asked_for_once_however_many_answers_there_are(
    database_url: str, provider: Provider
) -> None:
    async def scene(database: Database, asking: Asking, run: Run) -> None:
        first = asyncio.create_task(asking.afterwards(run))
        await asyncio.to_thread(provider.asked, began=1)
        await asking.afterwards(run)  # the second answer, while the name is on its way
        assert await name(database, run) is None
        await asyncio.to_thread(provider.release, "named")
        await first
        await asking.afterwards(run)  # the third, which began before there was a name
        assert await name(database, run) == "Leases explained"
        assert len(await asyncio.to_thread(provider.asked)) == 1

    provider.queue(GPT.model, say("Leases ", hold("named"), "explained"), say("Asked twice"))
    play(database_url, provider, "model", scene)
