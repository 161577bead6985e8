"""Messages of the library."""

from datetime import timedelta

import pytest

from tests.service.conftest import Stage
from trialogue import ChatService, ConflictError, ForbiddenError, InvalidError, Limits, MessageType


def test_a_message_type_is_a_word_or_an_enum(stage: Stage) -> None:
    kinds = [MessageType.IMAGE, "file", "SYSTEM", MessageType.TEXT]
    sent = [stage.service.send_message(stage.room.id, stage.bob.id, "x", kind) for kind in kinds]
    assert [each.type for each in sent] == ["image", "file", "system", "text"]
    with pytest.raises(InvalidError, match="message_type"):
        stage.service.send_message(stage.room.id, stage.bob.id, "x", "video")


def test_history_is_paged_from_the_newest_without_a_cap(stage: Stage) -> None:
    service, room = stage.service, stage.room
    with service.transaction() as session:
        for number in range(2, 302):
            service.send_message(room.id, stage.bob.id, str(number), session=session)
    assert len(service.get_conversation_messages(room.id)) == 50
    everything = service.get_conversation_messages(room.id, limit=10_000)
    assert [each.seq for each in everything] == list(range(301, 0, -1))
    page = service.get_conversation_messages(room.id, limit=3, offset=2)
    assert [each.seq for each in page] == [299, 298, 297]
    assert service.get_conversation_messages(room.id, 5, 500) == []
    for wrong in ({"limit": -1}, {"offset": "2"}, {"before_time": "noon"}):
        with pytest.raises(InvalidError):
            service.get_conversation_messages(room.id, **wrong)


def test_history_before_a_time(stage: Stage) -> None:
    service, room = stage.service, stage.room
    last = service.send_message(room.id, stage.bob.id, "Later")
    for moment in (last.created_at, last.created_at.isoformat()):
        before = service.get_conversation_messages(room.id, before_time=moment)
        assert [each.content for each in before] == ["Good morning"]
    after = last.created_at + timedelta(seconds=1)
    assert len(service.get_conversation_messages(room.id, before_time=after)) == 2


def test_a_repeat_yields_the_first_message(stage: Stage) -> None:
    send = lambda: stage.service.send_message(  # noqa: E731
        stage.room.id, stage.bob.id, "Once", client_id="one"
    )
    assert send().id == send().id
    assert stage.names() == ["message.created"]


def test_only_its_sender_edits_a_message_and_within_the_window(
    stage: Stage, database_url: str
) -> None:
    service = stage.service
    with pytest.raises(ForbiddenError, match="Only who wrote"):
        service.edit_message(stage.message.id, "Mine", actor_id=stage.bob.id)
    with pytest.raises(InvalidError, match="empty"):
        service.edit_message(stage.message.id, " ")
    assert service.edit_message(stage.message.id, "Good night").edited_at is not None
    strict = ChatService(database_url, limits=Limits(edit_window=-1, message_length=3))
    with pytest.raises(ForbiddenError, match="too late"):
        strict.edit_message(stage.message.id, "Too")
    with pytest.raises(InvalidError, match="at most 3"):
        strict.send_message(stage.room.id, stage.ada.id, "long")
    bobs = service.send_message(stage.room.id, stage.bob.id, "Oh")
    with pytest.raises(ForbiddenError, match="too late"):
        strict.delete_message(bobs.id, actor_id=stage.bob.id)
    assert strict.delete_message(bobs.id) is True
    strict.close()
    with pytest.raises(ConflictError, match="recalled"):
        service.edit_message(bobs.id, "Gone")
    assert service.get_message(bobs.id).content == ""


def test_moderators_recall_what_others_said(stage: Stage) -> None:
    said = stage.service.send_message(stage.room.id, stage.bob.id, "Oh")
    with pytest.raises(ForbiddenError):
        stage.service.delete_message(stage.message.id, actor_id=stage.bob.id)
    assert stage.service.delete_message(said.id, actor_id=stage.ada.id) is True
    assert stage.service.delete_message(said.id, actor_id=stage.ada.id) is False


def test_an_answer_names_a_message_of_its_conversation(stage: Stage) -> None:
    service = stage.service
    answer = service.send_message(stage.room.id, stage.bob.id, "Yes", parent_id=stage.message.id)
    assert answer.parent_id == stage.message.id
    other = service.create_conversation("Hall", member_ids=[stage.bob.id])
    with pytest.raises(InvalidError, match="not in this conversation"):
        service.send_message(other.id, stage.bob.id, "Yes", parent_id=stage.message.id)


def test_reactions_are_counted_and_told(stage: Stage) -> None:
    service = stage.service
    service.add_reaction(stage.message.id, stage.bob.id, "👍")
    service.add_reaction(stage.message.id, stage.ada.id, "👍")
    assert [each.user.username for each in service.get_message_reactions(stage.message.id)] == [
        "bob",
        "ada",
    ]
    left = service.remove_reaction(stage.message.id, stage.bob.id, "👍").reactions
    assert [(each.emoji, each.count) for each in left] == [("👍", 1)]
    assert stage.names() == ["reaction.changed"] * 3
    with pytest.raises(InvalidError, match="one emoji"):
        service.add_reaction(stage.message.id, stage.bob.id, "yes")


def test_a_page_by_number_is_as_a_member_sees_it(stage: Stage) -> None:
    page = stage.service.get_messages_page(stage.room.id, stage.ada.id, around=1)
    assert [(each.seq, each.status) for each in page.items] == [(1, "sent")]
    with pytest.raises(InvalidError, match="one of"):
        stage.service.get_messages_page(stage.room.id, stage.ada.id, before=1, after=1)
    eve = stage.service.create_user("eve")
    with pytest.raises(ForbiddenError, match="not a member"):
        stage.service.get_messages_page(stage.room.id, eve.id)
