"""Members of conversations in the library."""

import pytest

from tests.service.conftest import Stage
from trialogue import ConflictError, ForbiddenError, MemberRole


def test_roles_are_words_or_enums(stage: Stage) -> None:
    service = stage.service
    for name, role in [("eve", "moderator"), ("dan", MemberRole.ADMIN), ("fay", "MEMBER")]:
        added = service.add_user_to_conversation(stage.room.id, service.create_user(name).id, role)
        assert added.role == str(role).lower()
    with pytest.raises(ValueError, match="role is one of"):
        service.change_member_role(stage.room.id, stage.bob.id, "king")
    with pytest.raises(ConflictError, match="member already"):
        service.add_conversation_member(stage.room.id, stage.bob.id)


def test_who_acts_is_bound_by_their_role_and_leaves_a_notice(stage: Stage) -> None:
    service, room = stage.service, stage.room
    eve = service.create_user("eve")
    with pytest.raises(ForbiddenError):
        service.add_user_to_conversation(room.id, eve.id, "admin", actor_id=stage.bob.id)
    service.add_user_to_conversation(room.id, eve.id, actor_id=stage.bob.id)
    assert service.get_conversation_messages(room.id)[0].content == "Bob added eve."
    with pytest.raises(ForbiddenError):
        service.remove_user_from_conversation(room.id, stage.ada.id, actor_id=stage.bob.id)
    with pytest.raises(ForbiddenError):
        service.change_member_role(room.id, eve.id, "admin", actor_id=stage.bob.id)
    changed = service.change_member_role(room.id, eve.id, "moderator", actor_id=stage.ada.id)
    assert changed.role == "moderator"
    assert service.remove_user_from_conversation(room.id, eve.id, actor_id=stage.ada.id)


def test_who_is_out_acts_no_more(stage: Stage) -> None:
    service, room = stage.service, stage.room
    assert service.remove_user_from_conversation(room.id, stage.bob.id) is True
    assert service.remove_conversation_member(room.id, stage.bob.id) is False
    with pytest.raises(ForbiddenError, match="not a member"):
        service.send_message(room.id, stage.bob.id, "Still here?")
    with pytest.raises(ForbiddenError, match="not a member"):
        service.leave_conversation(room.id, stage.bob.id)
    assert service.get_user_conversations(stage.bob.id) == []
    service.add_user_to_conversation(room.id, stage.bob.id)
    assert service.send_message(room.id, stage.bob.id, "Back").seq == 2


def test_public_rooms_are_joined_and_left(stage: Stage) -> None:
    service = stage.service
    hall = service.create_conversation("Hall", public=True)
    assert service.join_conversation(hall.id, stage.bob.id).role == "member"
    with pytest.raises(ConflictError):
        service.join_conversation(hall.id, stage.bob.id)
    service.leave_conversation(hall.id, stage.bob.id)
    with pytest.raises(ValueError, match="no such conversation"):
        service.join_conversation(stage.room.id, service.create_user("eve").id)
