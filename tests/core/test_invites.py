"""Invites: who makes them, whom they let in, and how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.support.world import World
from trialogue.core import conversations, invites, members, users, wire
from trialogue.core.errors import ChatError
from trialogue.core.limits import now
from trialogue.core.policy import Actor

HERE = "https://chat.example"


def create(world: World, actor: Actor, **more: object) -> wire.Invite:
    made: wire.Invite = world.do(invites.create, actor, HERE, **more)
    return made


def register(world: World, code: str, name: str) -> str:
    user_id: str = world.do(
        invites.register, world.workspace_id, code, username=name, password_hash="-"
    )
    return user_id


def refuses(world: World, code: str, name: str = "eve") -> None:
    world.refuses(
        "forbidden", invites.register, world.workspace_id, code, username=name, password_hash="-"
    )


def uses(world: World, actor: Actor) -> list[int | None]:
    return [item.uses for item in world.do(invites.page, actor, HERE).items]


def test_an_invite_lets_in_as_many_as_it_says(world: World) -> None:
    ada = world.person("ada")
    made = create(world, ada, uses=2)
    assert made.url == f"{HERE}/register?invite={made.code}"
    register(world, made.code, "bob")
    assert uses(world, ada) == [1]
    world.refuses(
        "username_taken",
        invites.register,
        world.workspace_id,
        made.code,
        username="bob",
        password_hash="-",
    )
    assert uses(world, ada) == [1]
    register(world, made.code, "carol")
    refuses(world, made.code)
    assert uses(world, ada) == [0]


def test_an_invite_without_a_limit_stays_without_one(world: World) -> None:
    ada = world.person("ada")
    made = create(world, ada)
    for name in ("bob", "carol", "dave"):
        register(world, made.code, name)
    assert uses(world, ada) == [None]


def test_of_twenty_who_race_for_one_use_one_wins(world: World) -> None:
    made = create(world, world.person("ada"), uses=1)

    def attempt(number: int) -> str:
        try:
            register(world, made.code, f"racer{number}")
        except ChatError as error:
            return error.code
        return "won"

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(attempt, range(20))) == ["forbidden"] * 19 + ["won"]


def test_revoked_expired_and_unknown_invites_let_nobody_in(world: World) -> None:
    ada = world.person("ada")
    revoked = create(world, ada)
    world.do(invites.revoke, ada, revoked.id)
    world.refuses("not_found", invites.revoke, ada, revoked.id)
    refuses(world, revoked.code)
    refuses(world, "tri_unknown")
    soon = world.do(now) + timedelta(minutes=1)
    expiring = create(world, ada, expires_at=soon)
    world.later(minutes=2)
    refuses(world, expiring.code)
    world.refuses("invalid", invites.create, ada, HERE, expires_at=soon)


def test_where_registration_is_by_invite_only_an_invite_lets_in(world: World) -> None:
    account = {"password_hash": "-", "registration": "invite"}
    # The first account of a server needs none.
    world.do(users.register, world.workspace_id, username="ada", **account)
    world.refuses("forbidden", users.register, world.workspace_id, username="bob", **account)


def test_an_invite_leads_into_a_room_and_its_members_hear_of_it(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    made = create(world, ada, conversation_id=room)
    world.events()
    bob = register(world, made.code, "bob")
    names = [event.name for event in world.events()]
    assert "conversation.created" in names
    assert "member.joined" in names
    page = world.do(members.page, ada, room)
    assert {item.user.id for item in page.items} == {ada.user_id, bob}


def test_an_invite_into_a_room_that_was_archived_still_makes_an_account(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    made = create(world, ada, conversation_id=room)
    world.do(conversations.archive, ada, room)
    bob = register(world, made.code, "bob")
    assert world.do(members.conversation_ids, bob) == []


def test_invites_are_for_admins_and_lead_only_where_they_may(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    world.refuses("forbidden", invites.create, bob, HERE)
    world.refuses("forbidden", invites.page, bob, HERE)
    made = create(world, ada)
    world.refuses("forbidden", invites.revoke, bob, made.id)
    private, public = world.room(bob), world.room(bob, public=True)
    world.refuses("not_found", invites.create, ada, HERE, conversation_id=private)
    create(world, ada, conversation_id=public)
    direct, _ = world.do(conversations.open_direct, ada, bob.user_id)
    world.refuses("conflict", invites.create, ada, HERE, conversation_id=direct.id)
