"""The door for threads: units that are done again, one's own transactions, foreign sessions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.store.conftest import SERVERS
from trialogue.core import trusted
from trialogue.core.errors import TransactionError
from trialogue.core.models import Workspace
from trialogue.store.synchronous import SynchronousDatabase


def test_a_unit_is_committed_or_leaves_nothing(database_url: str) -> None:
    door = SynchronousDatabase(database_url)

    def fail(db: Session) -> None:
        trusted.create_user(db, "eve")
        raise ZeroDivisionError

    door.write(trusted.create_user, "ada")
    with pytest.raises(ZeroDivisionError):
        door.write(fail)
    assert door.read(trusted.get_user_by_username, "ada").username == "ada"
    found = door.read(lambda db: db.scalars(text("SELECT username FROM chat_users")).all())
    assert found == ["ada"]
    door.dispose()


@pytest.mark.parametrize("databases", SERVERS, indirect=True)
def test_a_deadlock_is_done_again(database_url: str) -> None:
    door = SynchronousDatabase(database_url)
    rooms = [door.write(trusted.create_conversation, name).id for name in ("One", "Two")]
    met = threading.Barrier(2, timeout=60)
    tries: list[str] = []

    def cross(db: Session, first: str, second: str) -> None:
        tries.append(first)
        lock = text("UPDATE chat_conversations SET name = name WHERE id = :id")
        db.execute(lock, {"id": first})
        if len(tries) <= 2:
            met.wait()
        db.execute(lock, {"id": second})

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(door.write, cross, *pair) for pair in (rooms, rooms[::-1])]
        assert [each.result() for each in done] == [None, None]
    assert len(tries) == 3
    door.dispose()


def test_inside_a_transaction_the_door_is_closed_to_the_same_thread(database_url: str) -> None:
    door, same = SynchronousDatabase(database_url), SynchronousDatabase(database_url)
    with door.transaction() as db:
        for other in (door, same):
            with pytest.raises(TransactionError, match="create_user"):
                other.write(trusted.create_user, "ada")
            with pytest.raises(TransactionError, match="get_user"):
                other.read(trusted.get_user, "x")
        with door.join(db):
            trusted.create_user(db, "ada")
    with pytest.raises(TransactionError, match="ended"), door.join(db):
        pass
    with pytest.raises(ZeroDivisionError), door.transaction():
        raise ZeroDivisionError
    assert door.read(trusted.get_user_by_username, "ada").username == "ada"
    door.dispose()
    same.dispose()


def test_a_session_that_is_committed_early_is_heard_once(database_url: str) -> None:
    door = SynchronousDatabase(database_url)
    heard: list[str] = []
    door.announcer.add(lambda event: heard.append(event.name))
    with door.transaction() as db:
        user = trusted.create_user(db, "ada")
        trusted.create_conversation(db, "Room", member_ids=[user.id])
        db.commit()
    assert heard == ["conversation.created"]
    door.dispose()


def test_a_read_sees_one_moment(database_url: str) -> None:
    door = SynchronousDatabase(database_url)
    door.write(trusted.create_user, "ada")

    def look(db: Session) -> tuple[int, int]:
        counted = text("SELECT count(*) FROM chat_users")
        before = db.scalar(counted)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(door.write, trusted.create_user, "bob").result()
        return before, db.scalar(counted)

    assert door.read(look) == (1, 1)
    assert len(door.read(lambda db: db.scalars(select(Workspace)).all())) == 1
    door.dispose()


def test_more_threads_than_connections_wait(database_url: str) -> None:
    door = SynchronousDatabase(database_url)
    all_in = threading.Barrier(40, timeout=60)

    def busy(number: int) -> str | None:
        all_in.wait()
        return door.write(trusted.create_user, f"user{number}").username

    with ThreadPoolExecutor(40) as pool:
        assert len(set(pool.map(busy, range(40)))) == 40
    door.dispose()
