"""The limit of messages in all: never above, nothing lost, counted only where it is set."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import func, select

from tests.support.world import World
from trialogue.core import members, posting, quota
from trialogue.core.errors import ChatError
from trialogue.core.models import Message, Workspace
from trialogue.core.posting import Draft, Posted


def limit(world: World, most: int | None) -> None:
    world.database.limits = replace(world.database.limits, messages=most)


def kept(world: World) -> int:
    return int(world.do(lambda db: db.scalar(select(func.count()).where(Message.type != "system"))))


def test_what_is_beyond_the_limit_is_refused_and_nothing_is_lost(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "before there was a limit")
    limit(world, 3)
    drafts = [Draft(room, ada.user_id, ada.workspace_id, "x", f"c{n}") for n in range(4)]
    outcomes = world.do(posting.post, drafts)
    assert [isinstance(outcome, Posted) for outcome in outcomes] == [True, True, False, False]
    assert isinstance(outcomes[3], ChatError)
    assert outcomes[3].code == "quota_reached"
    again = world.do(posting.post, drafts[:1])[0]
    assert isinstance(again, Posted)
    assert not again.created
    world.do(members.leave, bob, room)  # what the server itself records is never refused
    assert kept(world) == 3
    limit(world, 4)
    world.post(ada, room, "raised")
    world.events()
    limit(world, None)
    world.post(ada, room, "as many as one likes")


def test_a_count_that_was_not_kept_up_is_made_anew(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    limit(world, 3)
    world.post(ada, room, "counted")
    limit(world, None)
    world.post(ada, room, "not counted")
    world.do(quota.forget)
    limit(world, 3)
    world.post(ada, room, "the last one")
    args = Draft(room, ada.user_id, ada.workspace_id, "too many")
    outcome = world.do(posting.post, [args])[0]
    assert getattr(outcome, "code", None) == "quota_reached"


def test_without_a_limit_nothing_is_counted(world: World) -> None:
    ada = world.person("ada")
    world.post(ada, world.room(ada), "one")
    assert world.do(lambda db: db.scalars(select(Workspace.message_count)).all()) == [None]


def test_many_who_post_at_once_come_up_to_the_limit_and_no_further(world: World) -> None:
    people = [world.person(f"person{number}") for number in range(4)]
    rooms = [world.room(person) for person in people]
    limit(world, 10)

    def talk(number: int) -> list[bool]:
        person, room = people[number], rooms[number]
        done = []
        for _ in range(5):
            with world.database.transaction() as db:
                one = Draft(room, person.user_id, person.workspace_id, "x")
                done.append(isinstance(posting.post(db, [one], wait=True)[0], Posted))
        return done

    with ThreadPoolExecutor(2) as pool:  # as many connections as the library's engine has
        answers = [answer for each in pool.map(talk, range(4)) for answer in each]
    assert answers.count(True) == kept(world) == 10
