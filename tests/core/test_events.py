"""Events wait for the commit, in the order in which they were recorded."""

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from trialogue.core import events
from trialogue.core.events import Event, LoginEnded


def note(name: str) -> Event:
    return Event(name, LoginEnded("login"), user_ids=("user",))


def test_recorded_events_are_taken_once_and_in_order() -> None:
    with Session(create_engine("sqlite://")) as db:
        assert events.take(db) == []
        for name in ("one", "two"):
            events.record(db, note(name))
        assert [event.name for event in events.take(db)] == ["one", "two"]
        assert events.take(db) == []


def test_a_rollback_takes_the_events_with_it() -> None:
    with Session(create_engine("sqlite://")) as db:
        db.begin()
        events.record(db, note("lost"))
        db.rollback()
        assert events.take(db) == []


def test_events_before_a_rolled_back_savepoint_stay() -> None:
    with Session(create_engine("sqlite://")) as db, db.begin():
        events.record(db, note("kept"))
        outer = db.begin_nested()
        events.record(db, note("lost"))
        inner = db.begin_nested()
        events.record(db, note("lost, too"))
        inner.commit()
        outer.rollback()
        assert [event.name for event in events.take(db)] == ["kept"]
