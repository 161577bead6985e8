"""One-time links: they set one password, once, for a day."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from tests.support.world import KEY, World
from trialogue.core import logins, resets
from trialogue.core.errors import ChatError
from trialogue.core.models import ChatUser


def link(world: World, user_id: str) -> str:
    return str(world.do(resets.create, world.workspace_id, user_id)[0])


def test_a_link_sets_a_password_once_and_ends_all_logins(world: World) -> None:
    ada = world.person("ada")
    grant = world.do(logins.open_login, world.workspace_id, ada.user_id, KEY)
    secret = link(world, ada.user_id)
    assert world.do(resets.check, secret) == ada.user_id
    world.do(resets.use, secret, "new hash")
    with world.transaction() as db:
        assert db.scalars(select(ChatUser.password_hash)).one() == "new hash"
    world.refuses("gone", logins.identify, KEY, grant.access_token)
    world.refuses("gone", resets.use, secret, "another hash")


def test_a_link_ends_when_one_changes_the_password_oneself(world: World) -> None:
    ada = world.person("ada")
    secret = link(world, ada.user_id)
    world.do(resets.change_password, ada, "-", "new hash")
    world.refuses("gone", resets.use, secret, "another hash")


def test_a_link_ends_after_a_day_and_by_a_newer_one(world: World) -> None:
    ada = world.person("ada")
    first = link(world, ada.user_id)
    second = link(world, ada.user_id)
    world.refuses("gone", resets.use, first, "-")
    world.later(hours=25)
    world.refuses("gone", resets.use, second, "-")
    world.refuses("gone", resets.use, "trs_unknown", "-")


def test_of_many_who_use_a_link_at_once_one_does(world: World) -> None:
    secret = link(world, world.person("ada").user_id)

    def use(number: int) -> str:
        try:
            world.do(resets.use, secret, f"hash {number}")
        except ChatError as error:
            return error.code
        return "set"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == ["gone"] * 7 + ["set"]
