"""Assistants: made by admins, members like others, removed without losing what they said."""

import pytest

from tests.support.assistants import answer, assistant, conversation
from tests.support.world import World
from trialogue.core import accounts, assistants, conversations, members, messages, users


def test_there_is_one_default_assistant_however_often_it_is_asked_for(world: World) -> None:
    first = world.do(assistants.ensure_default, world.workspace_id)
    assert world.do(assistants.ensure_default, world.workspace_id) == first
    ada = world.person("ada")
    (shown,) = world.do(assistants.page, ada).items
    assert (shown.id, shown.standard, shown.user.username) == (first, True, "assistant")
    assert ada.role == "owner"  # the first person owns the server, whatever stands there already


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Helper", "helper"),
        ("Doc Brown", "doc-brown"),
        ("客服 助手", "客服-助手"),
        ("!", "assistant"),
    ],
)
def test_its_username_is_made_of_its_name(world: World, name: str, username: str) -> None:
    ada = world.person("ada")
    assert assistant(world, ada, name).user.username == username
    assert assistant(world, ada, name).user.username == f"{username}-2"


def test_only_admins_make_change_and_remove_assistants(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada)
    world.refuses("forbidden", assistants.create, bob, name="Mine")
    world.refuses("forbidden", assistants.change, bob, helper.id, {"name": "Mine"})
    world.refuses("forbidden", assistants.remove, bob, helper.id)
    assert world.do(assistants.get, bob, helper.id) == helper


def test_what_is_changed_is_shown_and_its_name_is_that_of_its_user(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    changes = {"name": "Doctor", "instructions": "Be brief.", "providers": ["openai:gpt-5", "demo"]}
    changed = world.do(assistants.change, ada, helper.id, changes)
    assert (changed.name, changed.user.display_name) == ("Doctor", "Doctor")
    assert (changed.instructions, changed.providers) == ("Be brief.", ["openai:gpt-5", "demo"])
    assert changed.trigger == "always"


@pytest.mark.parametrize("link", ["gpt-5", "openai:", ":gpt", "open ai:gpt", "openai:gpt 5", ""])
def test_what_is_no_link_of_a_chain_is_refused(world: World, link: str) -> None:
    ada = world.person("ada")
    world.refuses("invalid", assistants.create, ada, name="Helper", providers=[link])


@pytest.mark.parametrize(
    ("link", "says"),
    [("nope:x", "no provider 'nope'"), ("demo:gpt", "no models"), ("Openai:gpt", "is no provider")],
)
def test_a_chain_names_providers_that_are_known(world: World, link: str, says: str) -> None:
    ada = world.person("ada")
    chain = ["openai:one", link]
    helper = assistant(world, ada)
    refusals = (
        world.refuses("invalid", assistants.create, ada, name="Helper", providers=chain),
        world.refuses("invalid", assistants.change, ada, helper.id, {"providers": chain}),
    )
    for refusal in refusals:
        assert says in refusal.detail
        assert refusal.field == "providers"
    assert world.do(assistants.get, ada, helper.id).providers == helper.providers


def test_a_conversation_with_an_assistant_is_its_asker_s_own(world: World) -> None:
    ada, bob = world.person("ada"), world.person("bob")
    helper = assistant(world, ada)
    room = conversation(world, bob, helper)
    found = world.do(conversations.get, bob, room)
    assert (found.kind, found.member_count, found.me.role) == ("assistant", 2, "owner")
    assert found.peer is not None
    assert found.peer.id == helper.user.id
    world.refuses("not_found", conversations.get, ada, room)
    renamed = world.do(conversations.change, bob, room, name="Holidays")
    assert renamed.name == "Holidays"
    world.refuses("conflict", members.add, bob, room, ada.user_id)
    world.do(conversations.archive, bob, room)
    assert world.do(conversations.page, bob).items == []


def test_a_repeated_beginning_is_one_conversation(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    made = [
        world.do(conversations.create_assistant, ada, assistant_id=helper.id, client_id="one")
        for _ in range(2)
    ]
    assert [created for _, created in made] == [True, False]
    assert made[0][0].id == made[1][0].id


def test_without_a_name_it_is_the_default_assistant_s(world: World) -> None:
    ada = world.person("ada")
    world.refuses("not_found", conversations.create_assistant, ada)
    standard = world.do(assistants.ensure_default, world.workspace_id)
    found, _ = world.do(conversations.create_assistant, ada)
    shown = world.do(assistants.get, ada, standard)
    present = world.do(members.page, ada, found.id).items
    assert {member.user.id for member in present} == {ada.user_id, shown.user.id}


def test_a_removed_assistant_leaves_what_it_said(world: World) -> None:
    ada = world.person("ada")
    standard = world.do(assistants.ensure_default, world.workspace_id)
    helper = assistant(world, ada)
    room = conversation(world, ada, helper)
    group = world.room(ada)
    world.do(members.add, ada, group, helper.user.id)
    world.post(ada, room, "hello")
    said = answer(world, room, helper, "Hello, Ada.")
    world.do(assistants.remove, ada, helper.id)
    world.refuses("not_found", assistants.get, ada, helper.id)
    assert world.do(messages.get, ada, said.id).content == "Hello, Ada."
    assert world.do(conversations.get, ada, room).archived_at is not None
    assert world.do(conversations.get, ada, group).member_count == 1
    assert not world.do(users.get, ada, helper.user.id).is_active
    world.refuses("conflict", assistants.remove, ada, standard)


def test_an_assistant_is_no_account_that_admins_manage_as_one(world: World) -> None:
    ada = world.person("ada")
    helper = assistant(world, ada)
    listed = world.do(accounts.page, ada).items
    world.refuses("not_found", accounts.get, ada, helper.user.id)
    assert helper.user.id not in [account.id for account in listed]


def test_an_assistant_is_found_by_its_id_its_username_and_its_name(world: World) -> None:
    ada = world.person("ada")
    default = world.do(assistants.ensure_default, world.workspace_id)
    doc, twin = assistant(world, ada, "Doc Brown"), assistant(world, ada, "DOC BROWN")
    for name in (doc.id, doc.id.upper(), "doc-brown", "Doc-Brown", "doc brown", "Ｄoc Brown"):
        assert world.do(assistants.named, ada, name) == doc
    assert world.do(assistants.named, ada, "doc-brown-2") == twin
    assert world.do(assistants.named, ada, "Default").id == default
    world.refuses("not_found", assistants.named, ada, "nobody")
    world.do(assistants.remove, ada, doc.id)
    assert world.do(assistants.named, ada, "Doc Brown") == twin
    world.refuses("not_found", assistants.named, ada, doc.id)
