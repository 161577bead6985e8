"""Profiles: what people change of their own account, and who hears of it."""

import pytest

from tests.support.world import World
from trialogue.core import profiles, wire
from trialogue.core.policy import Actor


def change(world: World, actor: Actor, **fields: str | None) -> wire.Me:
    changed: wire.Me = world.do(profiles.change, actor, fields)
    return changed


def test_a_profile_is_changed_field_by_field(world: World) -> None:
    ada = world.person("ada")
    changed = change(world, ada, display_name="Ada Lovelace", time_zone="Asia/Shanghai")
    assert (changed.display_name, changed.time_zone) == ("Ada Lovelace", "Asia/Shanghai")
    changed = change(world, ada, locale="zh-Hans", email="Ada@Example.org", username="Ada2")
    assert (changed.locale, changed.email, changed.username) == (
        "zh-Hans",
        "Ada@Example.org",
        "Ada2",
    )
    assert changed.display_name == "Ada Lovelace"


def test_null_clears_what_may_be_empty_and_leaves_the_names(world: World) -> None:
    ada = world.person("ada")
    change(world, ada, email="ada@example.org", avatar_url="https://example.org/ada.png")
    cleared = change(
        world, ada, email=None, avatar_url=None, username=None, display_name=None, locale=None
    )
    assert (cleared.email, cleared.avatar_url) == (None, None)
    assert (cleared.username, cleared.display_name) == ("ada", "ada")


def test_a_change_is_told_and_no_change_is_not(world: World) -> None:
    ada = world.person("ada")
    world.events()
    change(world, ada, display_name="Ada Lovelace")
    told = world.events()
    assert [event.name for event in told] == ["user.updated"]
    assert isinstance(told[0].data, wire.User)
    assert told[0].data.display_name == "Ada Lovelace"
    assert not hasattr(told[0].data, "email")
    change(world, ada, display_name="Ada Lovelace")
    assert world.events() == []


def test_names_and_addresses_of_others_are_taken(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    change(world, ada, email="ada@example.org")
    world.refuses("username_taken", profiles.change, bob, {"username": "ADA"})
    world.refuses("email_taken", profiles.change, bob, {"email": "ADA@example.org"})
    assert change(world, ada, username="Ada").username == "Ada"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("avatar_url", "http://example.org/ada.png"),
        ("avatar_url", "javascript:alert(1)"),
        ("avatar_url", "https://"),
        ("avatar_url", "https://ada:secret@example.org/a.png"),
        ("avatar_url", "https://[broken/a.png"),
        ("locale", "not a locale"),
        ("locale", "en-Latn-US-variant1"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("email", "nobody"),
        ("username", "a b"),
        ("username", "All"),
    ],
)
def test_what_is_not_sound_is_refused(world: World, field: str, value: str) -> None:
    refused = world.refuses("invalid", profiles.change, world.person("ada"), {field: value})
    assert refused.field == field
