"""The batcher: concurrent posts share a transaction, keep their order, and none is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.store.conftest import SERVERS, Stage
from tests.support.assistants import assistant, conversation
from trialogue.core import conversations, members
from trialogue.core.errors import ChatError
from trialogue.core.models import Conversation
from trialogue.core.policy import Actor
from trialogue.core.posting import Draft
from trialogue.core.promises import Lease, Work
from trialogue.core.sql import locked
from trialogue.store import batcher
from trialogue.store.batcher import Batcher


def draft(actor: Actor, room: str, content: str, client_id: str | None = None) -> Draft:
    return Draft(room, actor.user_id, actor.workspace_id, content, client_id)


def test_posts_keep_the_order_in_which_they_came(stage: Stage) -> None:
    ada = stage.world.person("ada")
    room = stage.world.room(ada)

    async def scene() -> None:
        posts = Batcher(stage.database)
        drafts = [draft(ada, room, str(number)) for number in range(1_200)]
        posted = await asyncio.gather(*(posts.post(one) for one in drafts))
        assert [one.message.seq for one in posted] == list(range(1, 1_201))
        assert [event.rev for event in stage.published] == list(range(2, 1_202))

    stage.run(scene)


def test_fifty_identical_posts_at_once_are_one_message(stage: Stage) -> None:
    ada = stage.world.person("ada")
    room = stage.world.room(ada)

    async def scene() -> None:
        entrances = [Batcher(stage.database) for _ in range(5)]  # as five processes would
        posts = (entrances[n % 5].post(draft(ada, room, "once", "same")) for n in range(50))
        posted = await asyncio.gather(*posts)
        assert len({one.message.id for one in posted}) == 1
        assert sum(one.created for one in posted) == 1
        found = await stage.database.read(conversations.get, ada, room)
        assert (found.last_seq, len(stage.published)) == (1, 1)

    stage.run(scene)


def test_a_refused_post_takes_no_other_with_it(stage: Stage) -> None:
    ada, eve = stage.world.person("ada"), stage.world.person("eve")
    room = stage.world.room(ada)

    async def scene() -> None:
        posts = Batcher(stage.database)
        results = await asyncio.gather(
            posts.post(draft(ada, room, "one")),
            posts.post(draft(eve, room, "stranger")),
            posts.post(draft(ada, room, "two")),
            return_exceptions=True,
        )
        assert isinstance(results[1], ChatError)
        seqs = [r.message.seq for r in (results[0], results[2]) if not isinstance(r, BaseException)]
        assert seqs == [1, 2]

    stage.run(scene)


def test_text_that_no_database_stores_fails_alone(stage: Stage) -> None:
    """The edge refuses it; should something slip through, its batch is posted one by one."""
    ada = stage.world.person("ada")
    room = stage.world.room(ada)

    async def scene() -> None:
        posts = Batcher(stage.database)
        contents = ["good", "lone surrogate \ud800", "good too"]
        results = await asyncio.gather(
            *(posts.post(draft(ada, room, content)) for content in contents),
            return_exceptions=True,
        )
        assert [isinstance(result, BaseException) for result in results] == [False, True, False]

    stage.run(scene)


def test_a_caller_who_goes_away_has_posted_all_the_same(stage: Stage) -> None:
    ada = stage.world.person("ada")
    room = stage.world.room(ada)

    async def scene() -> None:
        posts = Batcher(stage.database)
        caller = asyncio.ensure_future(posts.post(draft(ada, room, "gone")))
        await asyncio.sleep(0)
        caller.cancel()
        await posts.close()
        found = await stage.database.read(conversations.get, ada, room)
        assert found.last_seq == 1

    stage.run(scene)


def hold(db: Session, room: str) -> None:
    db.scalars(locked(select(Conversation).where(Conversation.id == room))).one()


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_a_held_conversation_keeps_no_other_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batcher, "PATIENCE", 60.0)
    ada = stage.world.person("ada")
    held, free = stage.world.room(ada), stage.world.room(ada)

    async def scene() -> None:
        posts = Batcher(stage.database)
        with stage.world.transaction() as other:
            hold(other, held)
            late = asyncio.ensure_future(posts.post(draft(ada, held, "late")))
            for number in range(5):
                await posts.post(draft(ada, free, str(number)))
            assert not late.done()
        assert (await late).message.seq == 1

    stage.run(scene)


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_a_conversation_that_is_held_too_long_is_told_as_unavailable(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batcher, "PATIENCE", 0.0)
    ada = stage.world.person("ada")
    held, free = stage.world.room(ada), stage.world.room(ada)

    async def scene() -> None:
        posts = Batcher(stage.database)
        with stage.world.transaction() as other:
            hold(other, held)
            results = await asyncio.gather(
                posts.post(draft(ada, held, "late")),
                posts.post(draft(ada, free, "free")),
                return_exceptions=True,
            )
        assert isinstance(results[0], ChatError)
        assert results[0].code == "unavailable"
        assert not isinstance(results[1], BaseException)

    stage.run(scene)


def test_posts_and_other_changes_of_a_room_share_its_numbers(stage: Stage) -> None:
    owner = stage.world.person("owner")
    people = [stage.world.person(f"person{number}") for number in range(8)]
    room = stage.world.room(owner, public=True)

    async def scene() -> None:
        posts = Batcher(stage.database)
        joins = [stage.database.write(members.join, person, room) for person in people]
        sends = [posts.post(draft(owner, room, str(number))) for number in range(40)]
        await asyncio.gather(*joins, *sends)
        revs = sorted(event.rev for event in stage.published if event.rev is not None)
        assert revs == list(range(2, 58))  # each join takes two: the member and the message

    stage.run(scene)


def test_what_is_begun_with_a_post_is_handed_on(stage: Stage) -> None:
    ada = stage.world.person("ada")
    helper = assistant(stage.world, ada)
    room, other = (conversation(stage.world, ada, helper) for _ in range(2))

    async def scene() -> None:
        posts = Batcher(stage.database)
        begun: list[Work] = []
        until = stage.database.now() + timedelta(seconds=15)
        await posts.post(draft(ada, room, "nobody writes replies here", "first"))
        posts.lease, posts.begin = lambda: Lease("node", until), begun.append
        await posts.post(draft(ada, room, "one waits already"))
        asked = await posts.post(draft(ada, other, "a question", "key"))
        again = await posts.post(draft(ada, other, "a question", "key"))
        assert [work.reply.trigger_id for work in begun] == [asked.message.id]
        assert again.message.id == asked.message.id

    stage.run(scene)
