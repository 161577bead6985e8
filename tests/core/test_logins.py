"""Logins: rotation of refresh tokens, re-use, and the end of a login."""

from dataclasses import replace
from datetime import UTC, datetime

import jwt
import pytest

from tests.support.world import KEY, World
from trialogue.core import accounts, logins, tokens, wire
from trialogue.core.errors import ChatError
from trialogue.core.tokens import Claims


def open_login(world: World, user_id: str) -> wire.Grant:
    grant: wire.Grant = world.do(logins.open_login, world.workspace_id, user_id, KEY)
    return grant


def refresh(world: World, secret: str) -> wire.Grant | ChatError:
    outcome: wire.Grant | ChatError = world.do(logins.refresh, secret, KEY)
    return outcome


def refreshed(world: World, secret: str) -> wire.Grant:
    outcome = refresh(world, secret)
    assert isinstance(outcome, wire.Grant)
    return outcome


def test_a_refresh_token_is_traded_for_a_new_pair(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    following = refreshed(world, grant.refresh_token)
    assert following.refresh_token != grant.refresh_token
    assert world.do(logins.identify, KEY, following.access_token).user_id == grant.user.id


def test_a_clock_that_is_set_back_ends_no_login(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    world.later(hours=2)
    following = refreshed(world, grant.refresh_token)
    world.later(hours=-2)
    assert world.do(logins.identify, KEY, following.access_token).user_id == grant.user.id
    last = refreshed(world, following.refresh_token)
    assert world.do(logins.identify, KEY, last.access_token).user_id == grant.user.id


def test_a_spent_token_may_come_again_while_its_successor_is_unused(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    one = refreshed(world, grant.refresh_token)
    world.later(seconds=29)
    other = refreshed(world, grant.refresh_token)
    assert isinstance(refresh(world, one.refresh_token), wire.Grant)
    assert isinstance(refresh(world, other.refresh_token), wire.Grant)


def test_a_spent_token_ends_its_login_when_its_successor_was_used(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    following = refreshed(world, grant.refresh_token)
    last = refreshed(world, following.refresh_token)
    outcome = refresh(world, grant.refresh_token)
    assert isinstance(outcome, ChatError)
    assert [event.name for event in world.events()][-1] == "login.ended"
    assert isinstance(refresh(world, last.refresh_token), ChatError)
    world.refuses("gone", logins.identify, KEY, last.access_token)


def test_a_spent_token_ends_its_login_after_half_a_minute(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    world.later(seconds=0)
    refreshed(world, grant.refresh_token)
    world.later(seconds=31)
    assert isinstance(refresh(world, grant.refresh_token), ChatError)
    world.refuses("gone", logins.identify, KEY, grant.access_token)


def test_a_login_that_is_not_used_runs_out(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    world.later(days=31)
    assert isinstance(refresh(world, grant.refresh_token), ChatError)


def test_logging_out_ends_this_login_and_no_other(world: World) -> None:
    ada = world.person("ada")
    other = open_login(world, ada.user_id)
    world.do(logins.end, ada)
    heard = world.events()
    assert [(event.name, event.user_ids) for event in heard] == [("login.ended", (ada.user_id,))]
    assert world.do(logins.identify, KEY, other.access_token).user_id == ada.user_id
    world.do(logins.end, ada)
    assert world.events() == []


def test_a_refresh_token_is_enough_to_log_out(world: World) -> None:
    grant = open_login(world, world.person("ada").user_id)
    world.do(logins.end_by_refresh_token, grant.refresh_token)
    world.do(logins.end_by_refresh_token, "unknown")
    world.refuses("gone", logins.identify, KEY, grant.access_token)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 5_000, "\ud800", "é.é.é"])
def test_what_is_no_token_is_refused(world: World, token: str) -> None:
    world.refuses("unauthenticated", logins.identify, KEY, token)


def test_a_forged_or_expired_token_is_refused(world: World) -> None:
    ada = world.person("ada")
    claims = Claims(ada.user_id, ada.login_id or "")
    moment = datetime.now(UTC)
    forged = tokens.sign(claims, "another key, which is as long as ours", issued=moment, lifetime=9)
    world.refuses("unauthenticated", logins.identify, KEY, forged)
    old = tokens.sign(claims, KEY, issued=moment, lifetime=-1)
    assert "expired" in world.refuses("unauthenticated", logins.identify, KEY, old).detail
    unsigned = jwt.encode({"sub": ada.user_id, "login": ada.login_id, "exp": 9e9}, "", "none")
    world.refuses("unauthenticated", logins.identify, KEY, unsigned)


def test_a_token_names_a_login_of_its_user(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    mixed = Claims(ada.user_id, bob.login_id or "")
    token = tokens.sign(mixed, KEY, issued=datetime.now(UTC), lifetime=60)
    world.refuses("unauthenticated", logins.identify, KEY, token)


def test_the_account_of_a_login_is_found_by_username_or_email(world: World) -> None:
    ada = world.person("Ada")
    found = world.do(logins.find_account, " aDA ")
    assert found.user_id == ada.user_id
    assert world.do(logins.find_account, "nobody") is None


def test_a_changed_password_ends_all_other_logins(world: World) -> None:
    ada = world.person("ada")
    other = open_login(world, ada.user_id)
    assert world.do(logins.password_hash, ada) == "-"
    world.refuses("invalid_credentials", logins.change_password, ada, "old", "new")
    world.do(logins.change_password, ada, "-", "new")
    assert world.do(logins.password_hash, ada) == "new"
    world.refuses("gone", logins.identify, KEY, other.access_token)
    assert [item.current for item in world.do(logins.page, ada).items] == [True]


def test_a_password_that_was_changed_since_it_was_compared_lets_nobody_in(world: World) -> None:
    ada = world.person("ada")
    world.do(logins.change_password, ada, "-", "new")
    here = (logins.open_login, world.workspace_id, ada.user_id, KEY)
    world.refuses("invalid_credentials", *here, checked="-")
    assert len(world.do(logins.page, ada).items) == 1
    world.do(*here, checked="new")
    assert len(world.do(logins.page, ada).items) == 2


def test_an_account_that_ended_since_its_password_was_compared_is_not_entered(
    world: World,
) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    world.do(accounts.change, ada, bob.user_id, {}, is_active=False)
    here = (logins.open_login, world.workspace_id, bob.user_id, KEY)
    world.refuses("invalid_credentials", *here, checked="-")
    world.do(accounts.change, ada, bob.user_id, {}, is_active=True)
    world.do(*here, checked="-")


def test_ones_own_logins_are_listed_and_ended(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    world.do(
        logins.open_login, world.workspace_id, ada.user_id, KEY, device="phone", address="10.0.0.1"
    )
    page: wire.Page[wire.Login] = world.do(logins.page, ada)
    phone, present = page.items
    assert (phone.device, phone.address, phone.current) == ("phone", "10.0.0.1", False)
    assert (present.id, present.current) == (ada.login_id, True)
    world.refuses("not_found", logins.end_one, bob, phone.id)
    world.do(logins.end_one, ada, phone.id)
    world.refuses("not_found", logins.end_one, ada, phone.id)
    assert [item.id for item in world.do(logins.page, ada).items] == [ada.login_id]


def test_what_is_for_logins_is_not_for_tokens(world: World) -> None:
    by_token = replace(world.person("ada"), way="token")
    for refused in (logins.end, logins.page, logins.password_hash):
        world.refuses("forbidden", refused, by_token)
    world.refuses("forbidden", logins.end_one, by_token, by_token.login_id)
    world.refuses("forbidden", logins.change_password, by_token, "-", "new")


def test_an_account_knows_where_its_logins_came_from(world: World) -> None:
    ada = world.person("ada")
    world.do(logins.open_login, world.workspace_id, ada.user_id, KEY, address="10.0.0.1")
    assert world.do(logins.find_account, "ada", "10.0.0.1").is_at_home
    assert not world.do(logins.find_account, "ada", "10.0.0.2").is_at_home
