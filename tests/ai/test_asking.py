"""How a chain is asked; that it fails over is tested on whole servers (`e2e/test_replies.py`).

Here: what a model is asked beside a conversation, its name.
"""

import asyncio

import pytest

from tests.ai.asking import GPT, credentials
from tests.support.assistants import assistant, claim, conversation
from tests.support.nowhere import nowhere
from tests.support.provider import Provider, Script, fail, say
from tests.support.world import World
from trialogue.ai.asking import Asking
from trialogue.ai.chain import Chain
from trialogue.ai.circuit import Circuits
from trialogue.ai.pictures import Pictures
from trialogue.ai.prices import Prices
from trialogue.ai.providers import Providers
from trialogue.ai.run import Run
from trialogue.core import conversations
from trialogue.store.database import Database


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("titles", "script", "name"),
    [
        ("model", say("“Leases ", "explained.”"), "Leases explained"),
        ("model", fail(500), "What is a lease?"),
        ("words", say("Leases"), "What is a lease?"),
    ],
)
def test_a_model_names_what_it_has_answered_or_the_question_does(
    database_url: str, provider: Provider, titles: str, script: Script, name: str
) -> None:
    database = Database(database_url)
    world = World(database)
    ada = world.person("ada")
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    world.post(ada, room, "What is a lease?")
    run = Run(claim(world, room, helper))
    run.link = GPT
    run.add("A promise for a while.")
    provider.queue(GPT.model, script)

    async def play() -> None:
        chain = Chain(
            Providers(credentials(provider)), Prices.load(), Circuits(), usual=lambda: (GPT,)
        )
        asking = Asking(database, chain, Pictures(database, nowhere()), titles=titles)
        try:
            await asking.afterwards(run)
            shown = await database.read(conversations.get, ada, room)
            assert shown.name == name
        finally:
            await asking.close()
            await database.close()

    asyncio.run(play())
