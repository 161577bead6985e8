"""What a node asks of a database that others write to."""

from tests.support.world import World
from trialogue.core import accounts, elsewhere, logins, members, personal_tokens

PERIOD = 60


def test_what_has_changed_lately_is_told_with_its_last_change(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    quiet, busy = world.room(ada), world.room(ada, bob)
    assert world.do(elsewhere.moved, PERIOD) == {quiet: 1, busy: 2}
    world.later(seconds=PERIOD + 5)
    assert world.do(elsewhere.moved, PERIOD) == {}
    world.post(ada, busy, "Hello")
    assert world.do(elsewhere.moved, PERIOD) == {busy: 3}
    world.do(members.remove, ada, busy, bob.user_id)
    assert world.do(elsewhere.moved, PERIOD) == {busy: 5}  # the notice took a number, too
    assert world.do(elsewhere.positions, [quiet, busy, quiet]) == {quiet: 1, busy: 5}
    assert world.do(elsewhere.positions, []) == {}


def test_who_came_in_is_told_once(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room, other = world.room(ada, bob), world.room(ada)
    known = {room: 0, other: 0}
    assert set(world.do(elsewhere.joined, known, PERIOD)) == {
        (room, ada.user_id),
        (room, bob.user_id),
        (other, ada.user_id),
    }
    world.do(members.add, ada, room, eve.user_id)
    assert world.do(elsewhere.joined, {room: 2, other: 1}, PERIOD) == [(room, eve.user_id)]
    assert world.do(elsewhere.joined, {room: 4, other: 1}, PERIOD) == []
    world.do(members.remove, ada, room, eve.user_id)
    assert world.do(elsewhere.joined, {room: 2}, PERIOD) == []
    world.later(seconds=PERIOD + 5)
    assert world.do(elsewhere.joined, {room: 0, other: 0}, PERIOD) == []


def test_an_introduction_shows_a_conversation_as_that_user_sees_it(world: World) -> None:
    ada, bob, eve = world.person("ada"), world.person("bob"), world.person("eve")
    room = world.room(ada, bob)
    world.post(ada, room, "Hello @bob")
    pairs = [(room, bob.user_id), (room, eve.user_id)]
    (event,) = world.do(elsewhere.introductions, pairs)  # eve is not in it (any more)
    assert (event.name, event.conversation_id) == ("conversation.created", room)
    assert event.user_ids == (bob.user_id,)
    assert (event.data.me.role, event.data.me.unread, event.data.me.mentions) == ("member", 1, 1)
    assert event.data.last_rev == 3


def test_logins_and_tokens_that_have_ended_are_told_apart_from_those_that_live(
    world: World,
) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    token = world.do(personal_tokens.create, bob, name="bot", expires_at=None)
    asked = [ada.login_id, bob.login_id, token.id]
    assert world.do(elsewhere.ended, asked) == set()
    world.do(logins.end, ada)
    assert world.do(elsewhere.ended, asked) == {ada.login_id}
    world.do(personal_tokens.revoke, bob, token.id)
    assert world.do(elsewhere.ended, asked) == {ada.login_id, token.id}
    assert world.do(elsewhere.ended, [bob.login_id]) == set()
    assert world.do(elsewhere.ended, []) == set()


def test_accounts_that_are_deactivated_are_told(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    asked = [ada.user_id, bob.user_id]
    assert world.do(elsewhere.deactivated, asked) == set()
    world.do(accounts.remove_trusted, world.workspace_id, bob.user_id)
    assert world.do(elsewhere.deactivated, asked) == {bob.user_id}
    assert world.do(elsewhere.deactivated, []) == set()
