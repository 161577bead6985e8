"""Identities: made on first sight, once, and never linked by a name or an address."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.support.world import World
from trialogue.core import identities, profiles, users
from trialogue.core.identities import Person
from trialogue.core.models import ChatUser
from trialogue.core.policy import Actor

ISSUER = "https://issuer.example"


def admit(world: World, person: Person) -> Actor:
    actor: Actor = world.do(identities.admit, world.workspace_id, person)
    return actor


def test_the_same_subject_is_the_same_user(world: World) -> None:
    world.person("ada")
    person = Person(ISSUER, "42", username="bob", display_name="Bob", email="bob@example.org")
    assert world.do(identities.find, world.workspace_id, person) is None
    bob = admit(world, person)
    assert (bob.role, bob.way, bob.login_id) == ("member", "outside", None)
    assert admit(world, Person(ISSUER, "42", username="robert")) == bob
    assert world.do(identities.find, world.workspace_id, person) == bob
    me = world.do(users.me, bob)
    assert (me.username, me.display_name, me.email) == ("bob", "Bob", "bob@example.org")
    assert admit(world, Person("https://other.example", "42")).user_id != bob.user_id


def test_an_account_is_never_taken_over_by_name_or_address(world: World) -> None:
    ada = world.person("ada")
    world.do(profiles.change, ada, {"email": "ada@example.org"})
    stranger = admit(world, Person(ISSUER, "1", username="Ada", email="Ada@example.org"))
    assert stranger.user_id != ada.user_id
    me = world.do(users.me, stranger)
    assert me.username.startswith("user-")
    assert me.email is None


def test_the_first_account_from_outside_is_no_owner(world: World) -> None:
    assert admit(world, Person("gateway", "ada")).role == "member"
    assert world.person("bob").role == "owner"


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 256])
def test_names_that_are_no_names_are_refused(world: World, name: str) -> None:
    world.refuses("invalid", identities.admit, world.workspace_id, Person("gateway", name))


def test_what_is_no_username_gets_one_of_our_making(world: World) -> None:
    person = Person("gateway", "auth0|5f7c", username="auth0|5f7c", display_name="\x07", email="no")
    me = world.do(users.me, admit(world, person))
    assert me.username.startswith("user-")
    assert me.display_name == me.username
    assert me.email is None


def test_twenty_first_sights_at_once_make_one_account(world: World) -> None:
    person = Person("gateway", "ada", username="ada")
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: admit(world, person).user_id, range(20)))
    assert len(set(found)) == 1
    with world.transaction() as db:
        assert db.scalar(select(func.count()).select_from(ChatUser)) == 1
