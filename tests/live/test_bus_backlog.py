"""What waits for Redis is bounded, and goes in order."""

from trialogue.live.bus.backlog import Backlog


def test_messages_go_in_the_order_in_which_they_came() -> None:
    backlog = Backlog()
    for number in range(5):
        backlog.put("room", b"%d" % number)
    assert backlog.take(3) == [("room", b"0"), ("room", b"1"), ("room", b"2")]
    assert len(backlog) == 2
    assert backlog.take(10) == [("room", b"3"), ("room", b"4")]
    assert backlog.take(10) == []


def test_the_oldest_make_room_and_are_counted() -> None:
    backlog = Backlog(room=100)
    for number in range(50):
        backlog.put("room", b"%010d" % number)
    assert len(backlog) == 10
    assert backlog.dropped == 40
    assert backlog.take(1) == [("room", b"%010d" % 40)]
    backlog.put("room", b"%010d" % 50)
    assert backlog.dropped == 40, "what was taken has made room"


def test_one_message_may_be_larger_than_the_room() -> None:
    backlog = Backlog(room=10)
    backlog.put("room", b"small")
    backlog.put("room", b"x" * 1_000)
    assert backlog.take(5) == [("room", b"x" * 1_000)]


def test_all_can_be_dropped() -> None:
    backlog = Backlog()
    backlog.put("room", b"one")
    backlog.clear()
    assert (len(backlog), backlog.dropped) == (0, 1)
    backlog.put("room", b"two")
    assert backlog.take(5) == [("room", b"two")]
