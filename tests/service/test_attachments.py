"""Files in the library: what is saved is there for good, and what fails leaves nothing."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from tests.service.conftest import Stage
from tests.support.buckets import serving
from tests.support.pictures import opened, photo, picture
from trialogue import Attachment, ChatService, InvalidError, NotFoundError, StorageError
from trialogue.store import engines


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Any:
    """A service whose files are in a folder of the test's own."""
    made = ChatService(database_url, files=tmp_path / "files")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


def left(folder: Path) -> list[str]:
    """The files that are in a storage, its marks among them."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_picture_is_saved_with_its_thumbnail(stage: Stage, folder: Path) -> None:
    service, message = stage.service, stage.message
    made = service.save_attachment(message.id, "../photo.jpg", photo(), "image/jpeg")
    assert (made.file_name, made.mime_type) == ("photo.jpg", "image/jpeg")
    assert (made.width, made.height, made.message_id) == (300, 900, message.id)
    assert service.get_message_attachments(message.id) == [made]
    assert stage.names() == ["message.updated"]
    stored = service.read_attachment(made.id)
    assert len(stored) == made.file_size
    assert dict(opened(stored).getexif()) == {0x0112: 6}
    assert (folder / made.file_path).read_bytes() == stored
    assert opened((folder / str(made.thumbnail_path)).read_bytes()).size == (213, 640)
    assert left(folder) == [made.id, made.id]
    seen = service.get_message(message.id)
    assert [each.id for each in seen.attachments] == [made.id]


def test_a_file_that_exists_is_added_and_never_deleted(stage: Stage, tmp_path: Path) -> None:
    service, message = stage.service, stage.message
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF")
    made = service.add_attachment(message.id, "plan.pdf", 4, "application/pdf", str(plan))
    assert service.get_message_attachments(message.id)[0].file_path == str(plan)
    with pytest.raises(NotFoundError):
        service.read_attachment(made.id)
    assert service.delete_attachment(made.id)
    service.clean_files(0)
    assert plan.exists()


def test_what_is_taken_away_is_cleaned_up(stage: Stage, folder: Path) -> None:
    service, message = stage.service, stage.message
    kept = service.save_attachment(message.id, "a.txt", b"a", "text/plain")
    gone = service.save_attachment(message.id, "b.txt", b"b", "text/plain")
    assert service.delete_attachment(gone.id)
    assert left(folder) == sorted([kept.id, gone.id])
    assert service.clean_files() == 1
    assert left(folder) == [kept.id]
    service.delete_message(message.id)
    assert service.get_message_attachments(message.id) == []
    assert service.clean_files() == 1
    assert left(folder) == []


def test_a_call_that_is_refused_leaves_no_file(stage: Stage, folder: Path) -> None:
    service = stage.service
    nothing = stage.ada.id  # no message has this id
    for call in (
        lambda: service.save_attachment(nothing, "a.txt", b"a", "text/plain"),
        lambda: service.save_attachment("no id", "a.txt", b"a", "text/plain"),
        lambda: service.save_attachment(stage.message.id, "", b"a", "text/plain"),
        lambda: service.save_attachment(stage.message.id, "a.txt", "a", "text/plain"),  # type: ignore[arg-type]
        lambda: service.save_attachment(stage.message.id, "a.txt", b"a", "text"),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            call()
    with service.transaction() as session, pytest.raises(ValueError, match="no message"):
        service.save_attachment(nothing, "a.txt", b"a", "text/plain", session=session)
    assert left(folder) == []
    assert stage.names() == []


def test_a_transaction_that_fails_leaves_no_row_no_event_and_no_file(
    stage: Stage, folder: Path
) -> None:
    service, message = stage.service, stage.message
    with pytest.raises(KeyError), service.transaction() as session:  # noqa: PT012
        service.send_message(stage.room.id, stage.bob.id, "Look", session=session)
        service.save_attachment(message.id, "a.png", picture(), "image/png", session=session)
        assert len(left(folder)) == 3  # the file, its thumbnail and its mark
        raise KeyError
    assert left(folder) == []
    assert service.get_message_attachments(message.id) == []
    assert len(service.get_conversation_messages(stage.room.id)) == 1
    assert stage.names() == []


def test_a_savepoint_that_fails_takes_its_file_alone(stage: Stage, folder: Path) -> None:
    service, message = stage.service, stage.message
    with service.transaction() as session:
        kept = service.save_attachment(message.id, "a", b"a", "text/plain", session=session)
        with pytest.raises(KeyError), Attachment.session_scope(session):  # noqa: PT012
            service.save_attachment(message.id, "b", b"b", "text/plain", session=session)
            raise KeyError
    assert left(folder) == [kept.id]
    assert service.get_message_attachments(message.id) == [kept]


def test_a_session_of_ones_own_is_watched_too(stage: Stage, folder: Path) -> None:
    service, message = stage.service, stage.message
    engine = engines.synchronous(service._door.url)
    make = sessionmaker(engine)
    with make() as session:
        service.save_attachment(message.id, "a", b"a", "text/plain", session=session)
        session.rollback()
        assert left(folder) == []
        kept = service.save_attachment(message.id, "b", b"b", "text/plain", session=session)
        session.commit()
    assert left(folder) == [kept.id]
    assert stage.names() == ["message.updated"]
    engine.dispose()


TABLES = [
    "CREATE TABLE absent (id INTEGER PRIMARY KEY)",
    "CREATE TABLE other (id INTEGER REFERENCES absent (id) DEFERRABLE INITIALLY DEFERRED)",
]
SPOIL = {"sqlite": TABLES, "postgresql": TABLES, "mysql": []}


def spoil(session: Session, service: ChatService) -> None:
    """Let the commit of a transaction fail, by what each database knows for it."""
    if SPOIL[service._door.url.get_backend_name()]:
        session.execute(text("INSERT INTO other VALUES (1)"))
        return
    # MySQL checks nothing so late: its connection is cut instead, and nobody confirms anything.
    number = session.scalar(text("SELECT CONNECTION_ID()"))
    with service._door._open()[0].connect() as other:
        other.execute(text(f"KILL CONNECTION {number}"))


def test_a_database_that_fails_at_commit_leaves_no_file(stage: Stage, folder: Path) -> None:
    service, message = stage.service, stage.message
    with service.transaction() as session:
        for statement in SPOIL[service._door.url.get_backend_name()]:
            session.execute(text(statement))
    with pytest.raises(StorageError), service.transaction() as session:  # noqa: PT012
        service.save_attachment(message.id, "a.png", picture(), "image/png", session=session)
        assert len(left(folder)) == 3
        spoil(session, service)
    assert left(folder) == []
    assert service.get_message_attachments(message.id) == []
    assert stage.names() == []


CRASH = """
import os, signal, sys
from trialogue import ChatService
service = ChatService(sys.argv[1], files=sys.argv[2])
with service.transaction() as session:
    service.save_attachment(sys.argv[3], "a.txt", b"lost", "text/plain", session=session)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_crash_leaves_between_file_and_commit_is_cleaned_up(
    stage: Stage, folder: Path, database_url: str
) -> None:
    service, message = stage.service, stage.message
    kept = service.save_attachment(message.id, "a.txt", b"kept", "text/plain")
    command = [sys.executable, "-c", CRASH, database_url, str(folder), message.id]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(left(folder)) == 3  # what was kept, what was lost, and its mark
    assert service.clean_files() == 0  # it may be a transaction that is still under way
    assert len(left(folder)) == 3
    assert service.clean_files(0) == 1
    assert left(folder) == [kept.id]
    assert service.get_message_attachments(message.id) == [kept]


def test_forgetting_the_session_is_told_before_anything_is_stored(
    stage: Stage, folder: Path
) -> None:
    service, message = stage.service, stage.message
    with service.transaction(), pytest.raises(RuntimeError, match="session=session"):
        service.save_attachment(message.id, "a", b"a", "text/plain")
    assert left(folder) == []


def test_the_model_adds_a_file_as_the_service_does(stage: Stage) -> None:
    service, message = stage.service, stage.message
    with service.transaction() as session:
        row = Attachment.create(session, message.id, "a.txt", 1, "text/plain", "/srv/a.txt")
        assert (row.message_id, row.conversation_id) == (message.id, stage.room.id)
    assert [each.id for each in service.get_message_attachments(message.id)] == [row.id]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_files_are_where_they_are_said_to_be(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIALOGUE_STORAGE", raising=False)
    beside = Path(str(engines.parse(database_url).database)).parent / "files"
    places = [(ChatService(database_url), beside)]
    monkeypatch.setenv("TRIALOGUE_STORAGE", "elsewhere")
    places.append((ChatService(database_url), tmp_path / "elsewhere"))
    places.append((ChatService(database_url, files="here"), tmp_path / "here"))
    ada = places[0][0].create_user("ada")
    room = places[0][0].create_conversation("Room", created_by=ada.id)
    message = places[0][0].send_message(room.id, ada.id, "Look")
    for service, folder in places:
        made = service.save_attachment(message.id, "a", b"a", "text/plain")
        assert (folder / made.file_path).is_file()
        service.close()
    for wrong in ("https://example.org/files", "s3://"):
        with pytest.raises(InvalidError) as refused:
            ChatService(database_url, files=wrong)
        assert refused.value.field == "files"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_files_may_be_in_a_bucket(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as buckets:
        bucket = buckets.make()
        for name, value in buckets.settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TRIALOGUE_STORAGE", f"s3://{bucket}/chat")
        service = ChatService(database_url)
        ada = service.create_user("ada")
        room = service.create_conversation("Room", created_by=ada.id)
        message = service.send_message(room.id, ada.id, "Look")
        made = service.save_attachment(message.id, "a.txt", b"in a bucket", "text/plain")
        assert service.read_attachment(made.id) == b"in a bucket"
        assert buckets.names(bucket) == [f"chat/{made.file_path}"]
        service.delete_attachment(made.id)
        assert service.clean_files() == 1
        assert buckets.names(bucket) == []
        service.close()
