"""The one entrance for what people send: each send is counted, and dear ones more."""

import asyncio

import pytest

from trialogue.core import conversations, users, workspaces
from trialogue.core.arguments import SendMessage
from trialogue.core.errors import ChatError
from trialogue.core.policy import Actor
from trialogue.gate.limiter import SENDS, Limiter
from trialogue.gate.sending import EVERYONE, NAMED_PER_SEND, Sending
from trialogue.store.batcher import Batcher
from trialogue.store.database import Database

ON_ONE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@ON_ONE
def test_sends_are_counted_and_names_cost_more(database_url: str) -> None:
    async def scene(database: Database) -> None:
        home = await database.write(workspaces.ensure_default)
        people = []
        for name in ("ada", *(f"guest{number}" for number in range(NAMED_PER_SEND))):
            user_id = await database.write(users.register, home, username=name, password_hash="-")
            people.append(Actor(user_id, home, "member", None))
        ada, guests = people[0], [guest.user_id for guest in people[1:]]
        room, _ = await database.write(
            conversations.create_group, ada, name="Room", member_ids=guests
        )
        limiter = Limiter(clock=lambda: 0.0)
        batcher = Batcher(database)
        sending = Sending(batcher, limiter)

        def left() -> int:
            _, told = limiter.told([(SENDS, ada.user_id)]) or ("", "")
            return int(told.split("r=")[1].split(";")[0])

        plain = SendMessage(content="Hello", client_id="one")
        for _ in range(2):  # a repeat is a send as well
            await sending.send(ada, room.id, plain)
        assert left() == SENDS.burst - 2
        names = " ".join(f"@guest{number}" for number in range(NAMED_PER_SEND))
        many = SendMessage(content=f"Hello {names}", client_id="two")
        await sending.send(ada, room.id, many)
        assert left() == SENDS.burst - 4
        await sending.send(ada, room.id, many)
        assert left() == SENDS.burst - 5
        await sending.send(ada, room.id, SendMessage(content="@all"))
        assert left() == SENDS.burst - 6 - EVERYONE / NAMED_PER_SEND
        limiter.note(SENDS, ada.user_id, cost=SENDS.burst)
        with pytest.raises(ChatError) as limited:
            await sending.send(ada, room.id, plain)
        assert limited.value.code == "limited"
        await batcher.close()

    async def whole() -> None:
        database = Database(database_url)
        try:
            await scene(database)
        finally:
            await database.close()

    asyncio.run(whole())
