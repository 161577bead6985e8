"""The service as a whole: its transactions, its listeners, its place in the process."""

# ruff: noqa: PT012 — what a transaction is about is more than one statement

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tests.service.conftest import Stage
from trialogue import (
    ChatService,
    ChatUser,
    Conversation,
    Event,
    InvalidError,
    Member,
    Message,
    NotFoundError,
    Reaction,
    RefusedError,
    TransactionError,
    init_chats_db,
)


def test_what_is_done_in_one_transaction_is_committed_together(stage: Stage) -> None:
    service = stage.service
    with service.transaction() as session:
        assert isinstance(session, Session)
        eve = service.create_user("eve", session=session)
        room = service.create_conversation("Hall", member_ids=[eve.id], session=session)
        service.send_message(room.id, eve.id, "Hello", session=session)
        assert session.execute(text("SELECT count(*) FROM chat_users")).scalar() == 3
        assert stage.heard == []
    assert [each.content for each in service.get_conversation_messages(room.id)] == ["Hello"]
    assert stage.names() == ["conversation.created", "message.created"]


def test_a_transaction_that_fails_leaves_nothing_and_nothing_is_heard(stage: Stage) -> None:
    service = stage.service
    with pytest.raises(ZeroDivisionError), service.transaction() as session:
        service.send_message(stage.room.id, stage.bob.id, "Never", session=session)
        service.create_user("eve", session=session)
        raise ZeroDivisionError
    assert service.search_users("eve") == []
    assert [each.seq for each in service.get_conversation_messages(stage.room.id)] == [1]
    assert stage.heard == []
    assert service.send_message(stage.room.id, stage.bob.id, "Now").seq == 2


def test_a_call_that_fails_inside_is_undone_alone(stage: Stage) -> None:
    service = stage.service
    with service.transaction() as session:
        service.send_message(stage.room.id, stage.ada.id, "One", session=session)
        with pytest.raises(ValueError, match="empty"):
            service.send_message(stage.room.id, stage.ada.id, "  ", session=session)
        with pytest.raises(ValueError, match="taken"):
            service.create_user("ADA", session=session)
        service.send_message(stage.room.id, stage.ada.id, "Two", session=session)
    seqs = [each.seq for each in service.get_conversation_messages(stage.room.id)]
    assert seqs == [3, 2, 1]
    assert stage.names() == ["message.created", "message.created"]


def test_forgetting_the_session_is_told_at_once_with_the_remedy(stage: Stage) -> None:
    service, other = stage.service, ChatService(stage.service._door.url.render_as_string(False))
    with service.transaction() as session:
        for face in (service, other):
            with pytest.raises(RuntimeError, match="session=session"):
                face.send_message(stage.room.id, stage.ada.id, "Lost")
            with pytest.raises(RuntimeError, match="Pass the session"):
                face.get_user(stage.ada.id)
            with pytest.raises(TransactionError), face.transaction():
                pass
        service.send_message(stage.room.id, stage.ada.id, "Kept", session=session)
    assert service.send_message(stage.room.id, stage.ada.id, "After").seq == 3
    other.close()


def test_another_thread_is_not_inside(stage: Stage) -> None:
    with stage.service.transaction():
        found: list[str] = []
        ask = lambda: found.append(stage.service.get_user(stage.ada.id).id)  # noqa: E731
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert found == [stage.ada.id]


def test_the_session_of_a_transaction_that_has_ended_is_refused(stage: Stage) -> None:
    with stage.service.transaction() as session:
        pass
    with pytest.raises(TransactionError, match="ended"):
        stage.service.send_message(stage.room.id, stage.ada.id, "Late", session=session)
    with pytest.raises(InvalidError, match="SQLAlchemy"):
        stage.service.get_user(stage.ada.id, session="session")  # type: ignore[arg-type]


def test_models_are_created_with_their_numbers_and_keys(stage: Stage) -> None:
    with stage.service.transaction() as session:
        eve = ChatUser.create(session, username="Eve", display_name="Eve")
        room = Conversation.create(session, name="Hall", is_group=True)
        Member.create(session, conversation_id=room.id, user_id=eve.id, role="admin")
        message = Message.create(session, conversation_id=room.id, sender_id=eve.id, content="Hi")
        reaction = Reaction.create(session, message.id, eve.id, "👍")
        assert (eve.username_key, message.seq, reaction.emoji) == ("eve", 1, "👍")
        with pytest.raises(ValueError, match="taken"):
            ChatUser.create(session, username="EVE")
    assert stage.service.get_message(message.id).reactions[0].count == 1
    assert "message.created" in stage.names()


def test_a_session_scope_inside_a_transaction_is_a_savepoint(stage: Stage) -> None:
    with stage.service.transaction() as session:
        ChatUser.create(session, username="kept")
        with pytest.raises(ZeroDivisionError), ChatUser.session_scope(session):
            ChatUser.create(session, username="undone")
            raise ZeroDivisionError
        with Message.session_scope(session) as same:
            assert same is session
            stage.service.send_message(stage.room.id, stage.ada.id, "In it", session=session)
        assert stage.heard == []
    assert [user.username for user in stage.service.search_users()] == ["ada", "bob", "kept"]
    assert stage.names() == ["message.created"]


def test_a_session_of_ones_own_takes_part(stage: Stage) -> None:
    engine = create_engine(stage.service._door.url)
    with Session(engine) as own:
        with ChatUser.session_scope(own):
            stage.service.send_message(stage.room.id, stage.ada.id, "Mine", session=own)
            assert stage.heard == []
        assert stage.names() == ["message.created"]
        with pytest.raises(ZeroDivisionError), ChatUser.session_scope(own):
            stage.service.send_message(stage.room.id, stage.ada.id, "Never", session=own)
            raise ZeroDivisionError
    engine.dispose()
    assert stage.heard == []
    assert stage.service.get_conversation(stage.room.id).last_seq == 2


def test_listeners_hear_the_commits_in_their_order_and_may_call_the_service(stage: Stage) -> None:
    def answer(event: Event) -> None:
        if event.name == "message.created" and event.rev and event.rev < 10:
            stage.service.send_message(stage.room.id, stage.bob.id, "Go on")

    def fail(event: Event) -> None:
        raise ZeroDivisionError(event.name)

    with stage.service.listen(fail), stage.service.listen(answer):
        stage.service.send_message(stage.room.id, stage.ada.id, "Go")
    revs = [event.rev for event in stage.heard if event.name == "message.created"]
    assert revs == list(range(revs[0] or 0, 11))
    stage.names()
    stage.service.send_message(stage.room.id, stage.ada.id, "Nobody answers")
    assert stage.names() == ["message.created"]


def test_a_listener_that_has_closed_hears_no_more(stage: Stage) -> None:
    heard: list[Event] = []
    subscription = stage.service.listen(heard.append)
    stage.service.send_message(stage.room.id, stage.ada.id, "One")
    subscription.close()
    subscription.close()
    stage.service.send_message(stage.room.id, stage.ada.id, "Two")
    assert len(heard) == 1


def test_without_a_url_there_is_one_service_for_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    init_chats_db()
    assert (tmp_path / "chat_app.db").exists()
    assert ChatService() is ChatService()
    assert ChatService().create_user("ada").username == "ada"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    init_chats_db()
    init_chats_db()
    assert ChatService().search_users() == []
    assert ChatService("sqlite:///chat_app.db") is not ChatService("sqlite:///chat_app.db")


@pytest.mark.parametrize("url", ["nonsense", "oracle://x", "sqlite://", "mysql://root@127.0.0.1"])
def test_what_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        ChatService(url)
    with pytest.raises(ValueError, match=r".+"):
        init_chats_db(url)


def test_a_database_that_fails_is_a_runtime_error(tmp_path: Path, blank_database_url: str) -> None:
    service = ChatService(blank_database_url)
    with pytest.raises(RuntimeError, match="init_chats_db"):
        service.create_user("ada")
    service.close()
    nowhere = ChatService(f"sqlite:///{tmp_path / 'no' / 'chat.db'}")
    with pytest.raises(RuntimeError, match="not available"):
        nowhere.create_user("ada")
    gone = ChatService("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(RuntimeError, match="not available"):
        gone.get_user("0" * 32)


def test_text_that_is_no_id_is_refused(stage: Stage) -> None:
    service, missing = stage.service, "00000000-0000-7000-8000-000000000000"
    for wrong in ("nonsense", "", "1; DROP TABLE chat_users", "\0", "\ud800", 7, None):
        for call in (service.get_user, service.get_message, service.get_session):
            with pytest.raises(InvalidError, match="must be an id"):
                call(wrong)  # type: ignore[arg-type]
        with pytest.raises(InvalidError):
            service.send_message(stage.room.id, wrong, "x")  # type: ignore[arg-type]
    for call in (service.get_user, service.get_message, service.get_session):
        with pytest.raises(NotFoundError, match=missing):
            call(missing)
    with pytest.raises(RefusedError, match="no conversation"):
        service.send_message(missing, stage.ada.id, "x")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_after_a_fork_both_the_parent_and_the_child_go_on(stage: Stage) -> None:
    program = f"""
import os
from trialogue import ChatService
service = ChatService({stage.service._door.url.render_as_string(False)!r})
room, ada = {stage.room.id!r}, {stage.ada.id!r}
heard = []
service.listen(lambda event: heard.append(event.data.content))
service.send_message(room, ada, "before")
child = os.fork()
if child == 0:
    for number in range(5):
        service.send_message(room, ada, f"child {{number}}")
    os._exit(0 if len(heard) == 6 and len(service.get_conversation_messages(room)) >= 7 else 1)
for number in range(5):
    service.send_message(room, ada, f"parent {{number}}")
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), len(heard))
service.send_message(room, ada, "after")
"""
    found = subprocess.run([sys.executable, "-W", "error", "-c", program], **PIPED, check=False)
    assert (found.stdout.strip(), found.stderr) == ("0 6", "")
    history = stage.service.get_conversation_messages(stage.room.id, limit=100)
    assert [each.seq for each in history] == list(range(13, 0, -1))


PIPED = {"capture_output": True, "text": True, "timeout": 120}
