"""Users of the library."""

import pytest

from tests.service.conftest import Stage
from trialogue import ConflictError, ForbiddenError, InvalidError, NotFoundError


def test_a_user_is_changed_where_something_is_given(stage: Stage) -> None:
    service, ada = stage.service, stage.ada
    address = "https://example.org/a.png"
    changed = service.update_user(ada.id, display_name="Countess", avatar_url=address)
    assert (changed.username, changed.display_name, changed.avatar_url) == (
        "ada",
        "Countess",
        address,
    )
    assert stage.names() == ["user.updated"]
    assert service.update_user(ada.id, avatar_url=None, username="Ada2").avatar_url is None
    assert service.get_user_by_username("ADA2").id == ada.id
    for wrong in ({"username": "bob"}, {"username": "a b"}, {"avatar_url": "javascript:x"}):
        with pytest.raises(ValueError, match=r".+"):
            service.update_user(ada.id, **wrong)
    with pytest.raises(InvalidError, match="display_name"):
        service.update_user(ada.id, display_name="")
    assert service.get_user(ada.id).display_name == "Countess"


def test_a_taken_name_is_a_conflict(stage: Stage) -> None:
    with pytest.raises(ConflictError, match="taken") as refused:
        stage.service.create_user("Ada", "Another")
    assert (refused.value.code, refused.value.field) == ("username_taken", "username")


def test_a_deleted_user_leaves_a_placeholder_and_all_rooms(stage: Stage) -> None:
    service = stage.service
    assert service.delete_user(stage.ada.id) is True
    assert service.delete_user(stage.ada.id) is False
    assert service.get_user(stage.ada.id).username is None
    assert service.get_message(stage.message.id).sender.display_name == "Removed user"
    members = service.get_conversation_members(stage.room.id)
    assert [each.user.username for each in members] == ["bob"]
    with pytest.raises(NotFoundError):
        service.send_message(stage.room.id, stage.ada.id, "From beyond")
    with pytest.raises(NotFoundError):
        service.delete_user("00000000-0000-7000-8000-000000000000")
    assert service.create_user("ada").username == "ada"


def test_users_are_found_by_name(stage: Stage) -> None:
    service = stage.service
    assert [user.username for user in service.search_users("ov")] == ["ada"]
    assert [user.username for user in service.search_users(limit=1)] == ["ada"]
    assert service.search_users(limit=0) == []
    with pytest.raises(InvalidError, match="limit"):
        service.search_users(limit=-1)
    assert isinstance(ForbiddenError("forbidden", "No."), ValueError)
