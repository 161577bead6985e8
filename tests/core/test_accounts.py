"""Accounts under administration: who may do what to whom, and the owner who always stays."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.support.world import KEY, World
from trialogue.core import accounts, identities, logins, personal_tokens, resets, users, wire
from trialogue.core.errors import ChatError
from trialogue.core.events import AccountState, LoginEnded
from trialogue.core.identities import Person
from trialogue.core.policy import Actor

HERE = "https://chat.example"


def change(world: World, actor: Actor, user_id: str, **what: object) -> wire.Account:
    fields = what.pop("fields", {})
    changed: wire.Account = world.do(accounts.change, actor, user_id, fields, **what)
    return changed


def with_role(world: World, name: str, role: wire.WorkspaceRole) -> Actor:
    """Someone with a role in the workspace."""
    person = world.person(name)
    world.do(users.grant_role, world.workspace_id, person.user_id, role)
    return replace(person, role=role)


def test_deactivation_ends_everything_at_once_and_keeps_the_account(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    grant = world.do(logins.open_login, world.workspace_id, bob.user_id, KEY)
    token = world.do(personal_tokens.create, bob, "script")
    link, _ = world.do(resets.create, world.workspace_id, bob.user_id)
    world.events()
    shown = change(world, ada, bob.user_id, is_active=False)
    assert not shown.is_active
    heard = world.events()
    ended = {event.data.login_id for event in heard if isinstance(event.data, LoginEnded)}
    assert {bob.login_id, token.id} < ended
    assert len(ended) == 3
    assert AccountState(active=False) in [event.data for event in heard]
    assert all(event.user_ids == (bob.user_id,) for event in heard)
    world.refuses("gone", logins.identify, KEY, grant.access_token)
    world.refuses("gone", personal_tokens.identify, token.token)
    world.refuses("gone", resets.use, link, "-")
    assert world.do(logins.find_account, "bob") is None
    assert isinstance(world.do(logins.refresh, grant.refresh_token, KEY), ChatError)


def test_a_reactivated_account_logs_in_anew(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    grant = world.do(logins.open_login, world.workspace_id, bob.user_id, KEY)
    change(world, ada, bob.user_id, is_active=False)
    world.events()
    assert change(world, ada, bob.user_id, is_active=True).is_active
    assert AccountState(active=True) in [event.data for event in world.events()]
    world.refuses("gone", logins.identify, KEY, grant.access_token)
    again = world.do(logins.open_login, world.workspace_id, bob.user_id, KEY)
    assert world.do(logins.identify, KEY, again.access_token).user_id == bob.user_id


def test_someone_vouched_for_from_outside_is_kept_out_too(world: World) -> None:
    ada = world.person("ada")
    person = Person("gateway", "bob")
    bob = world.do(identities.admit, world.workspace_id, person)
    change(world, ada, bob.user_id, is_active=False)
    world.refuses("gone", identities.find, world.workspace_id, person)
    world.refuses("gone", identities.admit, world.workspace_id, person)


def test_the_last_owner_can_neither_go_nor_step_down(world: World) -> None:
    ada = world.person("ada")
    other = with_role(world, "bob", "owner")
    change(world, ada, other.user_id, is_active=False)  # an inactive owner is no owner
    for refused in ({"is_active": False}, {"role": "admin"}):
        world.refuses("last_owner", accounts.change, ada, ada.user_id, {}, **refused)
    world.refuses("last_owner", accounts.remove, ada, ada.user_id)
    change(world, ada, other.user_id, is_active=True)
    assert change(world, ada, ada.user_id, role="member").role == "member"


@pytest.mark.parametrize("way", ["demote", "deactivate", "remove"])
def test_of_two_owners_who_go_for_each_other_one_stays(world: World, way: str) -> None:
    ada = world.person("ada")
    bob = with_role(world, "bob", "owner")
    order = [(ada, bob), (bob, ada)] * 10
    random.Random(way).shuffle(order)

    def attack(pair: tuple[Actor, Actor]) -> None:
        actor, other = pair
        try:
            if way == "remove":
                world.do(accounts.remove, actor, other.user_id)
            elif way == "demote":
                change(world, actor, other.user_id, role="member")
            else:
                change(world, actor, other.user_id, is_active=False)
        except ChatError as error:
            if error.code not in ("forbidden", "last_owner", "not_found"):
                raise

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(attack, order))
    with world.transaction() as db:
        people = users.find_many(db, world.workspace_id, [ada.user_id, bob.user_id])
    living = [one for one in people.values() if one.role == "owner" and one.is_active]
    assert len(living) == 1


def test_admins_manage_those_below_them(world: World) -> None:
    ada = world.person("ada")
    admin, other = with_role(world, "bob", "admin"), with_role(world, "carol", "admin")
    member = world.person("dave")
    assert change(world, admin, member.user_id, role="agent").role == "agent"
    assert change(world, admin, member.user_id, fields={"email": "d@example.org"}).email
    for target in (ada, other):
        world.refuses("forbidden", accounts.change, admin, target.user_id, {}, is_active=False)
        world.refuses("forbidden", accounts.remove, admin, target.user_id)
        world.refuses("forbidden", accounts.set_password, admin, target.user_id, "-")
        world.refuses("forbidden", accounts.create_reset, admin, target.user_id, HERE)
    for role in ("admin", "owner"):
        world.refuses("forbidden", accounts.change, admin, member.user_id, {}, role=role)
    world.refuses(
        "forbidden", accounts.create, admin, username="eve", password_hash="-", role="owner"
    )
    assert change(world, ada, member.user_id, role="owner").role == "owner"


def test_who_is_no_admin_any_more_may_not_go_on(world: World) -> None:
    ada = world.person("ada")
    admin, member = with_role(world, "bob", "admin"), world.person("carol")
    change(world, ada, admin.user_id, role="member")
    # The request was let in before: what counts is the role under the lock.
    world.refuses("forbidden", accounts.change, admin, member.user_id, {}, is_active=False)


def test_members_administer_nobody(world: World) -> None:
    world.person("ada")
    bob, carol = world.person("bob"), world.person("carol")
    world.refuses("forbidden", accounts.page, bob)
    world.refuses("forbidden", accounts.get, bob, carol.user_id)
    world.refuses("forbidden", accounts.change, bob, carol.user_id, {}, is_active=False)
    world.refuses("forbidden", accounts.remove, bob, carol.user_id)
    world.refuses("forbidden", accounts.create, bob, username="eve", password_hash="-")


def test_an_account_without_a_password_comes_with_a_link(world: World) -> None:
    ada = world.person("ada")
    made = world.do(
        accounts.create, ada, username="bob", password_hash=None, role="guest", origin=HERE
    )
    assert (made.role, made.is_active) == ("guest", True)
    assert made.reset.url.startswith(f"{HERE}/reset?token=")
    world.do(resets.use, made.reset.url.partition("token=")[2], "hash")
    assert world.do(logins.find_account, "bob").password_hash == "hash"
    with_password = world.do(accounts.create, ada, username="carol", password_hash="-")
    assert with_password.reset is None
    world.refuses("username_taken", accounts.create, ada, username="Carol", password_hash="-")


def test_an_admin_sets_a_password_and_all_logins_end(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    grant = world.do(logins.open_login, world.workspace_id, bob.user_id, KEY)
    world.do(accounts.set_password, ada, bob.user_id, "given")
    world.refuses("gone", logins.identify, KEY, grant.access_token)
    assert world.do(logins.find_account, "bob").password_hash == "given"
    change(world, ada, bob.user_id, is_active=False)
    world.refuses("conflict", accounts.create_reset, ada, bob.user_id, HERE)


def test_the_list_has_everyone_and_is_searched_and_filtered(world: World) -> None:
    ada, bob, carol = (world.person(name) for name in ("ada", "bob", "carol"))
    change(world, ada, bob.user_id, fields={"email": "bob@example.org"}, is_active=False)

    def listed(**how: object) -> list[str | None]:
        return [item.username for item in world.do(accounts.page, ada, **how).items]

    assert listed() == ["ada", "bob", "carol"]
    assert listed(state="active") == ["ada", "carol"]
    assert listed(state="deactivated") == ["bob"]
    assert listed(role="owner") == ["ada"]
    assert listed(query="EXAMPLE.org") == ["bob"]
    assert listed(query="aro") == ["carol"]
    first = world.do(accounts.page, ada, limit=2)
    assert [item.id for item in first.items] == [ada.user_id, bob.user_id]
    second = world.do(accounts.page, ada, limit=2, cursor=first.next_cursor)
    assert [item.id for item in second.items] == [carol.user_id]
    assert second.next_cursor is None
