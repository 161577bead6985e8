"""Listeners hear what was committed, in the order of the commits of each conversation."""

import logging
import threading

import pytest

from trialogue.core.events import Event, Typing
from trialogue.store.announcer import Announcer


def event(conversation_id: str | None, rev: int) -> Event:
    """An event like any other."""
    return Event("typing", Typing("ada", True), conversation_id, rev=rev)


def test_a_later_commit_waits_for_the_earlier_one_of_its_conversation_alone() -> None:
    announcer, heard = Announcer(), []
    announcer.add(lambda each: heard.append((each.conversation_id, each.rev)))
    first = announcer.expect([event("a", 1), event("a", 2)])
    second = announcer.expect([event("a", 3)])
    other = announcer.expect([event("b", 1)])
    announcer.settle(second, committed=True)
    announcer.settle(other, committed=True)
    announcer.tell()
    assert heard == [("b", 1)]
    announcer.settle(first, committed=True)
    announcer.tell()
    assert heard == [("b", 1), ("a", 1), ("a", 2), ("a", 3)]


def test_what_was_not_committed_is_not_heard_and_holds_nobody_back() -> None:
    announcer, heard = Announcer(), []
    announcer.add(lambda each: heard.append(each.rev))
    lost = announcer.expect([event("a", 1)])
    kept = announcer.expect([event("a", 1)])
    announcer.settle(kept, committed=True)
    announcer.settle(lost, committed=False)
    announcer.tell()
    assert heard == [1]


def test_a_listener_that_fails_is_logged_and_others_hear(
    caplog: pytest.LogCaptureFixture,
) -> None:
    announcer, heard = Announcer(), []

    def fail(each: Event) -> None:
        raise ZeroDivisionError

    announcer.add(fail)
    announcer.add(lambda each: heard.append(each.rev))
    announcer.settle(announcer.expect([event("a", 1), event(None, 2)]), committed=True)
    with caplog.at_level(logging.ERROR, "trialogue"):
        announcer.tell()
    assert heard == [1, 2]
    assert "A listener failed on typing." in caplog.text
    announcer.remove(fail)
    announcer.remove(fail)


def test_a_listener_that_ends_the_thread_does_not_silence_the_rest() -> None:
    announcer, heard = Announcer(), []

    def stop(each: Event) -> None:
        raise KeyboardInterrupt

    announcer.add(stop)
    announcer.settle(announcer.expect([event("a", 1)]), committed=True)
    with pytest.raises(KeyboardInterrupt):
        announcer.tell()
    announcer.remove(stop)
    announcer.add(lambda each: heard.append(each.rev))
    announcer.settle(announcer.expect([event("a", 2)]), committed=True)
    announcer.tell()
    assert heard == [2]


def test_one_thread_tells_for_the_others() -> None:
    announcer, heard = Announcer(), []
    inside, go_on = threading.Event(), threading.Event()

    def listen(each: Event) -> None:
        heard.append(each.rev)
        inside.set()
        go_on.wait(60)

    announcer.add(listen)
    announcer.settle(announcer.expect([event("a", 1)]), committed=True)
    thread = threading.Thread(target=announcer.tell)
    thread.start()
    assert inside.wait(60)
    announcer.settle(announcer.expect([event("a", 2)]), committed=True)
    announcer.tell()  # returns at once: the other thread is at it
    assert heard == [1]
    go_on.set()
    thread.join(60)
    assert heard == [1, 2]


def test_a_renewed_one_keeps_its_listeners_and_nothing_else() -> None:
    announcer, heard = Announcer(), []
    announcer.add(lambda each: heard.append(each.rev))
    announcer.expect([event("a", 1)])
    announcer.renew()
    announcer.settle(announcer.expect([event("a", 2)]), committed=True)
    announcer.tell()
    assert heard == [2]


def test_other_processes_are_told_of_our_own_commits_alone() -> None:
    announcer, told, heard = Announcer(), [], []
    announcer.publish = told.append
    assert not announcer.is_heard
    announcer.add(heard.append)
    assert announcer.is_heard
    ours, theirs = event("room", 1), event("room", 2)
    announcer.settle(announcer.expect([ours]), committed=True)
    announcer.hear(theirs)
    announcer.tell()
    assert (told, heard) == ([ours], [ours, theirs])
