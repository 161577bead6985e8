"""Conversations of the library."""

import pytest

from tests.service.conftest import Stage
from trialogue import ConflictError, ForbiddenError, InvalidError


def test_a_room_with_a_creator_is_theirs_and_is_made_once(stage: Stage) -> None:
    service, ada = stage.service, stage.ada
    made = service.create_conversation(
        "Lab", True, "Notes", created_by=ada.id, member_ids=[stage.bob.id], client_id="one"
    )
    again = service.create_conversation("Lab", created_by=ada.id, client_id="one")
    assert (again.id, made.me.role, made.member_count) == (made.id, "owner", 2)
    with pytest.raises(InvalidError, match="created_by"):
        service.create_conversation("Lab", client_id="one")
    with pytest.raises(InvalidError, match="open_direct_conversation"):
        service.create_conversation("Lab", False, created_by=ada.id)


def test_one_for_two_is_the_one_of_the_pair(stage: Stage) -> None:
    service = stage.service
    direct = service.create_conversation(is_group=False)
    service.add_conversation_member(direct.id, stage.ada.id)
    service.add_conversation_member(direct.id, stage.bob.id)
    assert service.open_direct_conversation(stage.bob.id, stage.ada.id).id == direct.id
    assert service.send_message(direct.id, stage.ada.id, "Only you").seq == 1


def test_a_users_list_has_all_of_it_the_latest_first(stage: Stage) -> None:
    service = stage.service
    with service.transaction() as session:
        for number in range(510):
            service.create_conversation(
                f"Room {number}", member_ids=[stage.bob.id], session=session
            )
    service.send_message(stage.room.id, stage.ada.id, "Hello @bob")
    found = service.get_user_conversations(stage.bob.id)
    assert len(found) == 511
    assert (found[0].id, found[0].me.unread, found[0].me.mentions) == (stage.room.id, 2, 1)


def test_settings_are_changed_by_who_may(stage: Stage) -> None:
    service = stage.service
    changed = service.update_conversation(
        stage.room.id, stage.ada.id, description="New", public=True
    )
    assert (changed.description, changed.public) == ("New", True)
    assert [each.id for each in service.get_public_conversations(stage.bob.id)] == [changed.id]
    with pytest.raises(ForbiddenError):
        service.update_conversation(stage.room.id, stage.bob.id, name="Mine")
    service.archive_conversation(stage.room.id, stage.ada.id)
    with pytest.raises(ConflictError, match="archived"):
        service.send_message(stage.room.id, stage.ada.id, "Late")
    with pytest.raises(ConflictError, match="archived"):
        service.add_user_to_conversation(stage.room.id, service.create_user("eve").id)


def test_own_settings_are_ones_own(stage: Stage) -> None:
    service = stage.service
    service.update_preferences(stage.room.id, stage.bob.id, notify="none", pinned=True)
    mine = service.get_conversation(stage.room.id, user_id=stage.bob.id).me
    assert (mine.notify, mine.pinned_at is not None) == ("none", True)
    assert service.get_conversation(stage.room.id, user_id=stage.ada.id).me.notify == "all"
    with pytest.raises(InvalidError, match="notify"):
        service.update_preferences(stage.room.id, stage.bob.id, notify="loud")


def test_changes_are_told_since_a_rev(stage: Stage) -> None:
    service = stage.service
    before = service.get_conversation(stage.room.id).last_rev
    service.edit_message(stage.message.id, "Good evening")
    changed = service.get_changes(stage.room.id, after=before)
    assert ([each.content for each in changed.messages], changed.rev) == (
        ["Good evening"],
        before + 1,
    )
    assert service.get_changes(stage.room.id, after=changed.rev).messages == []
