"""What a removed account leaves behind: messages, a placeholder, and rooms in other hands."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest

from tests.support.world import World
from trialogue.core import accounts, conversations, identities, members, messages, posting, users
from trialogue.core.errors import ChatError
from trialogue.core.identities import Person
from trialogue.core.posting import Draft, Posted


def test_messages_stay_under_a_placeholder_and_the_names_are_free(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    world.post(bob, room, "I was here")
    world.do(accounts.remove, ada, bob.user_id)
    shown = world.do(messages.page, ada, room).items
    sender = next(item.sender for item in shown if item.content == "I was here")
    assert (sender.id, sender.username) == (bob.user_id, None)
    assert sender.display_name == "Removed user"
    world.refuses("not_found", accounts.get, ada, bob.user_id)
    again = world.do(users.register, world.workspace_id, username="bob", password_hash="-")
    assert again != bob.user_id
    removed = world.do(accounts.page, ada, state="removed").items
    assert [(item.id, item.email) for item in removed] == [(bob.user_id, None)]
    assert removed[0].removed_at is not None


def test_rooms_are_left_and_handed_on(world: World) -> None:
    ada, bob, carol = (world.person(name) for name in ("ada", "bob", "carol"))
    room, own = world.room(bob, ada, carol), world.room(bob)
    world.do(members.change_role, bob, room, carol.user_id, "admin")
    world.events()
    world.do(accounts.remove, ada, bob.user_id)
    left = [event for event in world.events() if event.name == "member.left"]
    assert {event.conversation_id for event in left} == {room, own}
    roles = {item.user.id: item.role for item in world.do(members.page, ada, room).items}
    assert roles == {ada.user_id: "member", carol.user_id: "owner"}
    assert world.do(members.conversation_ids, bob.user_id) == []


def test_a_room_goes_to_no_deactivated_account_while_there_are_others(world: World) -> None:
    ada, bob, carol = (world.person(name) for name in ("ada", "bob", "carol"))
    room = world.room(ada, bob, carol)
    world.do(members.change_role, ada, room, bob.user_id, "admin")
    world.do(accounts.change, ada, bob.user_id, {}, is_active=False)
    world.do(members.leave, ada, room)
    roles = {item.user.id: item.role for item in world.do(members.page, carol, room).items}
    assert roles == {bob.user_id: "admin", carol.user_id: "owner"}


def test_direct_conversations_become_read_only(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    direct, _ = world.do(conversations.open_direct, ada, bob.user_id)
    world.post(bob, direct.id, "hello")
    before = world.do(conversations.get, ada, direct.id)
    world.events()
    world.do(accounts.remove, ada, bob.user_id)
    told = [event for event in world.events() if event.name == "conversation.updated"]
    after = world.do(conversations.get, ada, direct.id)
    assert [(event.conversation_id, event.rev) for event in told] == [(direct.id, after.last_rev)]
    assert after.last_rev == before.last_rev + 1
    assert after.archived_at is not None
    assert after.peer.display_name == "Removed user"
    assert [item.content for item in world.do(messages.page, ada, direct.id).items] == ["hello"]
    world.refuses("not_found", conversations.open_direct, ada, bob.user_id)
    with pytest.raises(ChatError) as refused:
        world.post(ada, direct.id, "are you there?")
    assert refused.value.code == "conflict"


def test_an_identity_of_a_removed_account_makes_a_new_one(world: World) -> None:
    ada = world.person("ada")
    person = Person("https://issuer.example", "42")
    bob = world.do(identities.admit, world.workspace_id, person)
    world.do(accounts.remove, ada, bob.user_id)
    again = world.do(identities.admit, world.workspace_id, person)
    assert again.user_id != bob.user_id


def let_run_into_locks(*calls: Future[Any]) -> None:
    """Give other transactions the time to come as far as they can; whether they did so changes
    nothing about how all of it must end."""
    wait(calls, timeout=0.5)


def test_who_is_being_removed_gets_into_no_room(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, public=True)
    with ThreadPoolExecutor(1) as others:
        for call in (
            (members.add, ada, room, bob.user_id),
            (members.join, bob, room),
            (conversations.open_direct, ada, bob.user_id),
            (conversations.open_direct, bob, ada.user_id),
        ):
            with world.transaction() as db:
                accounts.remove(db, ada, bob.user_id)
                refused = others.submit(world.refuses, "not_found", *call)
                let_run_into_locks(refused)
            refused.result()
            assert world.do(members.conversation_ids, bob.user_id) == []
            bob = world.person("bob")


def test_who_is_put_out_of_a_room_at_the_same_time_is_removed_all_the_same(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room, other = world.room(ada, bob), world.room(ada, bob)
    with ThreadPoolExecutor(1) as others:
        with world.transaction() as db:
            members.remove(db, ada, room, bob.user_id)
            removed = others.submit(world.do, accounts.remove, ada, bob.user_id)
            let_run_into_locks(removed)
        removed.result()
    assert world.do(members.conversation_ids, bob.user_id) == []
    for each in (room, other):
        assert world.do(conversations.get, ada, each).member_count == 1


def test_who_is_being_removed_posts_before_that_or_not_at_all(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    room = world.room(ada, bob)
    with ThreadPoolExecutor(1) as others:
        with world.transaction() as db:
            members.lock(db, room)
            removed = others.submit(world.do, accounts.remove, ada, bob.user_id)
            let_run_into_locks(removed)
            draft = Draft(room, bob.user_id, bob.workspace_id, "my last words")
            assert isinstance(posting.post(db, [draft], wait=True)[0], Posted)
        removed.result()
    shown = world.do(messages.page, ada, room).items
    assert [item.content for item in shown if item.type == "text"] == ["my last words"]
