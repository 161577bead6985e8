"""Accounts: unique names, one owner, a directory that finds people."""

from time import process_time

import pytest

from tests.support.world import World
from trialogue.core import users
from trialogue.core.errors import ChatError


def register(world: World, username: str, **more: object) -> str:
    return str(
        world.do(users.register, world.workspace_id, username=username, password_hash="-", **more)
    )


def test_the_first_account_owns_the_workspace_and_the_others_do_not(world: World) -> None:
    assert world.person("ada").role == "owner"
    assert world.person("bob").role == "member"


def test_registration_that_is_closed_still_lets_the_owner_in(world: World) -> None:
    register(world, "ada", registration="closed")
    world.refuses(
        "forbidden",
        users.register,
        world.workspace_id,
        username="bob",
        password_hash="-",
        registration="closed",
    )


@pytest.mark.parametrize("twin", ["Ada", "ADA", "Ａｄａ", "aDa"])
def test_a_username_is_unique_without_regard_to_case_or_width(world: World, twin: str) -> None:
    register(world, "ada")
    world.refuses(
        "username_taken", users.register, world.workspace_id, username=twin, password_hash="-"
    )


def test_an_email_address_belongs_to_one_account(world: World) -> None:
    register(world, "ada", email="ada@example.org")
    world.refuses(
        "email_taken",
        users.register,
        world.workspace_id,
        username="bob",
        password_hash="-",
        email="ADA@example.org",
    )


@pytest.mark.parametrize("name", ["王小明", "Øyvind", "กานต์", "a_b.c-1", "x" * 32, "सीता"])
def test_usernames_come_from_every_script(world: World, name: str) -> None:
    register(world, name)


@pytest.mark.parametrize("name", ["a", "x" * 33, "a b", "a@b", "a\u200bb", "a/b", "", "😀😀"])
def test_what_is_no_username_is_refused(name: str) -> None:
    with pytest.raises(ChatError) as refused:
        users.check_username(name)
    assert refused.value.code == "invalid"
    assert refused.value.field == "username"


@pytest.mark.parametrize("email", ["ada", "@example.org", "ada@", "ada@host", "a da@example.org"])
def test_what_is_no_email_address_is_refused(email: str) -> None:
    with pytest.raises(ChatError) as refused:
        users.check_email(email)
    assert refused.value.field == "email"


def test_the_directory_is_found_by_username_and_display_name_page_by_page(world: World) -> None:
    ada = world.person("ada")
    register(world, "wang", display_name="王小明")
    register(world, "percent", display_name="100% sure")
    assert names(world.do(users.page, ada, query="小明")) == ["wang"]
    assert names(world.do(users.page, ada, query="AD")) == ["ada"]
    assert names(world.do(users.page, ada, query="100%")) == ["percent"]
    assert names(world.do(users.page, ada, query="%")) == ["percent"]
    first = world.do(users.page, ada, limit=2)
    rest = world.do(users.page, ada, limit=2, cursor=first.next_cursor)
    assert names(first) + names(rest) == ["ada", "percent", "wang"]
    assert rest.next_cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "WyJhIiwiYiJd", "WyJcdTAwMDAiXQ", "WzFd", "é"])
def test_a_cursor_that_was_never_given_is_refused(world: World, cursor: str) -> None:
    ada = world.person("ada")
    world.refuses("invalid", users.page, ada, cursor=cursor)


def names(page: object) -> list[str | None]:
    return [user.username for user in page.items]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["Иван", "Émile", "王（测试）", "Äpfel"])
def test_people_are_found_by_their_own_name(world: World, name: str) -> None:
    ada = world.person("ada")
    register(world, "somebody", display_name=name)
    assert names(world.do(users.page, ada, query=name)) == ["somebody"]
    assert names(world.do(users.page, ada, query=name.lower())) == ["somebody"]


@pytest.mark.parametrize("unseen", ["\ufe0f", "\u034f", "\u3164", "\u115f", "\U000e0100"])
def test_names_do_not_differ_by_what_is_not_seen(unseen: str) -> None:
    with pytest.raises(ChatError):
        users.check_username(f"anna{unseen}")


def test_an_email_address_that_folds_too_long_is_refused() -> None:
    with pytest.raises(ChatError) as refused:
        users.check_email("ﷺ" * 100 + "@a.bc")
    assert refused.value.field == "email"


def test_a_name_of_marks_without_end_is_refused_at_once() -> None:
    started = process_time()
    with pytest.raises(ChatError, match="2 to 32"):
        users.check_username("a" + "\u0301\u0316" * 50_000)
    assert process_time() - started < 5  # to normalize it takes 10 s
