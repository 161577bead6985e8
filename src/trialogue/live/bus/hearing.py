"""What other processes commit on the same database, heard by a thread of the library.

For a program's listeners. What happens while Redis is away is not heard here afterwards: a program
has no copies that could be healed, and reads what it wants to know.
"""

import logging
import os
import threading
from collections.abc import Callable
from weakref import WeakSet

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from trialogue.core.events import Event
from trialogue.live.bus import client, codec
from trialogue.live.bus.publisher import MARK
from trialogue.live.bus.topics import prefix_of

log = logging.getLogger("trialogue")

BEAT = 5  # seconds of silence after which Redis is asked for a sign of life
TURN = 0.5  # seconds after which the thread looks whether it is still wanted


class Hearing:
    """Hears all channels of one workspace while it is started; passes own echoes over."""

    def __init__(
        self,
        url: str,
        workspace_id: Callable[[], str],
        mark: Callable[[], bytes],
        hear: Callable[[Event], None],
    ) -> None:
        """`mark` is what this process's own publisher puts before its events."""
        self._options = client.options(Retry(NoBackoff(), 0)) | {"health_check_interval": BEAT}
        self._url = url
        self._workspace_id = workspace_id
        self._mark = mark
        self._hear = hear
        self._lock = threading.Lock()
        self._wanted: threading.Event | None = None  # of the present thread; cleared to end it
        _hearings.add(self)

    def start(self) -> None:
        """Hear from the return on, where Redis is there; doing it twice is doing it once."""
        with self._lock:
            if self._wanted is not None:
                return
            self._wanted, first = threading.Event(), threading.Event()
            self._wanted.set()
            arguments = (self._wanted, first)
            threading.Thread(target=self._run, args=arguments, name="hearing", daemon=True).start()
        first.wait(client.PATIENCE)

    def stop(self) -> None:
        """Hear nothing more."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted.clear()

    def renew(self) -> None:
        """In the child of a fork: hear by a connection of its own."""
        self._lock = threading.Lock()
        was_wanted, self._wanted = self._wanted, None
        if was_wanted is not None:
            self.start()

    def _run(self, wanted: threading.Event, first: threading.Event) -> None:
        pause = threading.Event()  # never set; its wait is a sleep
        while wanted.is_set():
            try:
                self._follow(wanted, first)
            except (RedisError, OSError) as error:
                log.warning("Redis is not there; other processes are not heard. %s", error)
            except Exception:  # the database may be away, too
                log.exception("Other processes could not be heard.")
            first.set()
            if wanted.is_set():
                pause.wait(client.LONGEST_PAUSE)

    def _follow(self, wanted: threading.Event, first: threading.Event) -> None:
        prefix = prefix_of(self._workspace_id())
        with Redis.from_url(self._url, **self._options) as redis, redis.pubsub() as channels:
            channels.psubscribe(f"{prefix}:*")
            while wanted.is_set():
                message = channels.get_message(timeout=TURN)
                if message is None or not wanted.is_set():
                    continue  # once stopped, another thread may hear already
                if message["type"] == "psubscribe":
                    first.set()
                elif message["type"] == "pmessage":
                    self._take(message["data"])

    def _take(self, data: bytes) -> None:
        if data[:MARK] == self._mark():
            return
        try:
            event = codec.decode(data[MARK:]).event
        except codec.Unreadable as error:
            log.warning("What another process said could not be read: %s", error)
            return
        if event is not None:
            self._hear(event)


_hearings: WeakSet[Hearing] = WeakSet()


def _in_child() -> None:
    for hearing in list(_hearings):
        hearing.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_in_child)
