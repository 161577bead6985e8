"""Sessions in the library."""

import pytest

from tests.service.conftest import Stage
from trialogue import NotFoundError


def test_a_new_session_ends_the_active_one(stage: Stage) -> None:
    service, room = stage.service, stage.room
    first = service.get_active_session(room.id)
    assert first is not None
    second = service.create_session(room.id)
    assert service.get_active_session(room.id) == second
    assert service.get_session(first.id).state == "closed"
    assert service.send_message(room.id, stage.ada.id, "In the second").session_id == second.id
    assert [each.id for each in service.get_conversation_sessions(room.id)] == [second.id, first.id]
    assert service.end_session(second.id) is True
    assert service.end_session(second.id) is False
    assert service.get_active_session(room.id) is None
    assert service.get_session(second.id).message_count == 1


def test_the_next_message_opens_another_session(stage: Stage) -> None:
    service = stage.service
    assert service.end_session(stage.message.session_id) is True
    said = service.send_message(stage.room.id, stage.ada.id, "Again")
    assert said.session_id != stage.message.session_id


def test_what_is_no_session_is_told(stage: Stage) -> None:
    for call in (stage.service.get_session, stage.service.end_session):
        with pytest.raises(NotFoundError, match="no session"):
            call("00000000-0000-7000-8000-000000000000")
