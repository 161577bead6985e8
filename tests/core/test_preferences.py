"""One's own settings in a conversation: for oneself alone, and without a number."""

from tests.support.world import World
from trialogue.core import conversations, preferences
from trialogue.core.events import OwnState


def test_settings_are_told_to_ones_own_sockets_alone(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(ada, room, "@bob hello")
    before = world.do(conversations.get, bob, room).last_rev
    world.events()
    changed = world.do(preferences.change, bob, room, notify="mentions", pinned=True)
    assert (changed.me.notify, changed.me.pinned_at is not None) == ("mentions", True)
    (event,) = world.events()
    assert isinstance(event.data, OwnState)
    assert (event.name, event.user_ids, event.rev) == ("conversation.me", (bob.user_id,), None)
    assert (event.data.notify, event.data.unread, event.data.mentions) == ("mentions", 1, 1)
    assert world.do(conversations.get, ada, room).me.notify == "all"
    assert world.do(conversations.get, bob, room).last_rev == before


def test_what_is_left_out_stays_and_the_same_changes_nothing(world: World) -> None:
    ada = world.person("ada")
    room = world.room(ada)
    first = world.do(preferences.change, ada, room, pinned=True)
    world.later(seconds=5)
    world.events()
    again = world.do(preferences.change, ada, room, notify=None, pinned=True)
    assert (again.me.pinned_at, again.me.notify) == (first.me.pinned_at, "all")
    assert world.events() == []
    muted = world.do(preferences.change, ada, room, notify="none")
    assert (muted.me.pinned_at, muted.me.notify) == (first.me.pinned_at, "none")
    assert world.do(preferences.change, ada, room, pinned=False).me.pinned_at is None


def test_strangers_have_no_settings(world: World) -> None:
    ada, eve = world.person("ada"), world.person("eve")
    world.refuses("not_found", preferences.change, eve, world.room(ada), notify="none")
    world.refuses("not_member", preferences.change, eve, world.room(ada, public=True), pinned=True)
