"""Read marks, receipts and status in the library."""

import pytest

from tests.service.conftest import Stage
from trialogue import ConflictError, ForbiddenError, MessageStatus


def test_reading_marks_all_before_it_and_is_told(stage: Stage) -> None:
    service, room = stage.service, stage.room
    second = service.send_message(room.id, stage.ada.id, "And?")
    third = service.send_message(room.id, stage.ada.id, "Well?")
    assert [each.seq for each in service.get_unread_messages(stage.bob.id, room.id)] == [1, 2, 3]
    assert service.mark_message_as_read(second.id, stage.bob.id) is True
    assert service.mark_message_read(stage.message.id, stage.bob.id) is True
    assert [each.id for each in service.get_unread_messages(stage.bob.id, room.id)] == [third.id]
    assert service.get_message(stage.message.id).status == "read"
    assert [each.user.id for each in service.get_message_read_status(second.id)] == [stage.bob.id]
    assert service.get_message_read_status(third.id) == []
    assert stage.names().count("read.marked") == 1
    service.mark_conversation_read(room.id, stage.bob.id)
    assert service.get_unread_messages(stage.bob.id, room.id) == []


def test_a_status_moves_only_forwards(stage: Stage) -> None:
    service, message = stage.service, stage.message
    assert service.update_message_status(message.id, MessageStatus.DELIVERED).status == "delivered"
    assert service.update_message_status(message.id, "read").status == "read"
    for back in ("delivered", MessageStatus.SENT):
        with pytest.raises(ConflictError, match="only forwards"):
            service.update_message_status(message.id, back)
    with pytest.raises(ValueError, match="status is one of"):
        service.update_message_status(message.id, "seen")
    assert service.get_message(message.id).status == "read"


def test_strangers_read_nothing(stage: Stage) -> None:
    eve = stage.service.create_user("eve")
    with pytest.raises(ForbiddenError, match="not a member"):
        stage.service.mark_message_as_read(stage.message.id, eve.id)
    with pytest.raises(ForbiddenError, match="not a member"):
        stage.service.get_unread_messages(eve.id, stage.room.id)
