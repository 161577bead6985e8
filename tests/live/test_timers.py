"""The wheel: what is due is called once, and connections without a sign of life are given up."""

from trialogue.live.timers import Heartbeat, Wheel


class Peer:
    """A connection that may be silent."""

    def __init__(self, wheel: Wheel) -> None:
        self._wheel = wheel
        self.heard = wheel.now
        self.pings = 0
        self.lost_at: int | None = None

    def ping(self) -> None:
        self.pings += 1

    def answer(self) -> None:
        self.heard = self._wheel.now

    def lost(self) -> None:
        if self.lost_at is None:
            self.lost_at = self._wheel.now


def test_what_is_due_is_called_once_and_not_too_early() -> None:
    wheel, called = Wheel(), []
    wheel.after(3, lambda: called.append(wheel.now))
    for _ in range(10):
        wheel.tick()
    assert called == [4]


def test_one_that_fails_does_not_stop_the_others() -> None:
    wheel, called = Wheel(), []
    wheel.each_tick(lambda: 1 / 0)
    wheel.each_tick(lambda: called.append(wheel.now))
    wheel.tick()
    wheel.tick()
    assert called == [1, 2]


def test_every_connection_is_pinged_once_a_period_a_part_each_tick() -> None:
    wheel = Wheel()
    heartbeat = Heartbeat(wheel, period=5, dead_after=60)
    peers = []
    for _ in range(10):
        peers.append(Peer(wheel))
        heartbeat.add(peers[-1])
        wheel.tick()
    before = [peer.pings for peer in peers]
    for _ in range(5):
        for peer in peers:
            peer.answer()
        wheel.tick()
    assert [peer.pings - earlier for peer, earlier in zip(peers, before, strict=True)] == [1] * 10


def test_who_is_silent_is_given_up_in_time_and_who_answers_is_kept() -> None:
    wheel = Wheel()
    heartbeat = Heartbeat(wheel, period=25, dead_after=60)
    silent, alive, gone = Peer(wheel), Peer(wheel), Peer(wheel)
    heartbeat.add(silent)
    heartbeat.add(alive)
    heartbeat.remove(gone, heartbeat.add(gone))
    for _ in range(200):
        alive.answer()
        wheel.tick()
    assert silent.lost_at is not None
    assert 60 <= silent.lost_at <= 65
    assert alive.lost_at is None
    assert (gone.pings, gone.lost_at) == (0, None)
