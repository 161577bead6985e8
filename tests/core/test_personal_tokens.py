"""Personal access tokens: kept as hashes, revoked and expired at once, noted now and then."""

from datetime import timedelta

from sqlalchemy import select

from tests.support.world import World
from trialogue.core import personal_tokens, wire
from trialogue.core.events import LoginEnded
from trialogue.core.limits import now
from trialogue.core.models import Token
from trialogue.core.policy import Actor


def create(world: World, actor: Actor, **more: object) -> wire.NewPersonalToken:
    made: wire.NewPersonalToken = world.do(personal_tokens.create, actor, "laptop", **more)
    return made


def identify(world: World, secret: str) -> Actor:
    actor: Actor = world.do(personal_tokens.identify, secret)[0]
    return actor


def test_a_token_acts_for_its_owner_and_is_kept_as_a_hash(world: World) -> None:
    ada = world.person("ada")
    made = create(world, ada)
    assert made.token.startswith("trg_")
    actor = identify(world, made.token)
    assert (actor.user_id, actor.login_id, actor.way) == (ada.user_id, made.id, "token")
    with world.transaction() as db:
        row = db.scalars(select(Token)).one()
    assert made.token not in str(vars(row))
    page: wire.Page[wire.PersonalToken] = world.do(personal_tokens.page, ada)
    assert [(item.id, item.name) for item in page.items] == [(made.id, "laptop")]
    assert not hasattr(page.items[0], "token")


def test_a_revoked_token_is_refused_and_its_sockets_hear_of_it(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    made = create(world, ada)
    world.refuses("not_found", personal_tokens.revoke, bob, made.id)
    world.events()
    world.do(personal_tokens.revoke, ada, made.id)
    assert [event.data for event in world.events()] == [LoginEnded(made.id)]
    world.refuses("gone", personal_tokens.identify, made.token)
    world.refuses("not_found", personal_tokens.revoke, ada, made.id)
    assert world.do(personal_tokens.page, ada).items == []


def test_an_expired_token_is_refused(world: World) -> None:
    ada = world.person("ada")
    moment = world.do(now)
    world.refuses(
        "invalid", personal_tokens.create, ada, "old", expires_at=moment - timedelta(seconds=1)
    )
    made = create(world, ada, expires_at=moment + timedelta(minutes=1))
    identify(world, made.token)
    world.later(minutes=2)
    assert (
        "expired" in world.refuses("unauthenticated", personal_tokens.identify, made.token).detail
    )
    assert len(world.do(personal_tokens.page, ada).items) == 1
    world.refuses("unauthenticated", personal_tokens.identify, "trg_unknown")


def test_a_token_does_not_manage_tokens(world: World) -> None:
    made = create(world, world.person("ada"))
    by_token = identify(world, made.token)
    world.refuses("forbidden", personal_tokens.create, by_token, "another")
    world.refuses("forbidden", personal_tokens.page, by_token)
    world.refuses("forbidden", personal_tokens.revoke, by_token, made.id)


def test_its_last_use_is_noted_once_a_minute(world: World) -> None:
    ada = world.person("ada")
    made = create(world, ada)

    def stale() -> bool:
        return bool(world.do(personal_tokens.identify, made.token)[2])

    assert stale()
    world.do(personal_tokens.note_use, made.id)
    assert not stale()
    first = world.do(personal_tokens.page, ada).items[0].used_at
    world.later(seconds=59)
    assert not stale()
    world.do(personal_tokens.note_use, made.id)
    assert world.do(personal_tokens.page, ada).items[0].used_at == first
    world.later(seconds=2)
    assert stale()


def test_the_list_comes_in_pages_the_newest_first(world: World) -> None:
    ada = world.person("ada")
    made = [create(world, ada).id for _ in range(5)]
    found: list[str] = []
    cursor = None
    while True:
        page = world.do(personal_tokens.page, ada, cursor=cursor, limit=2)
        found += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == made[::-1]
