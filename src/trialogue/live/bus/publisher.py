"""The library's way onto the bus: what its threads commit, one thread of its own sends.

Nobody waits for Redis: while it is away what was committed is dropped, and servers find it in the
database. After a fork the child sends by a connection of its own; at exit what is left is sent.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from weakref import WeakSet

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from trialogue.core.events import Event
from trialogue.live.bus import client, codec
from trialogue.live.bus.backlog import Backlog
from trialogue.live.bus.topics import prefix_of

log = logging.getLogger("trialogue")

AT_ONCE = 200  # messages in one round trip
FAREWELL = 2.0  # seconds at exit for what is left
MARK = 16  # bytes before each event, by which a process knows its own echo


class Publisher:
    """Sends events to all servers on the same database; for any number of threads."""

    def __init__(self, url: str, workspace_id: Callable[[], str]) -> None:
        """`workspace_id` is asked once, after the first commit. Raises ValueError for what is no
        URL of Redis."""
        self._options = client.options(Retry(NoBackoff(), 0))
        self._url = url
        Redis.from_url(url, **self._options)  # connects to nothing, but knows a wrong URL
        self._workspace_id = workspace_id
        self._prefix: str | None = None
        self.renew()
        _publishers.add(self)

    def renew(self) -> None:
        """Begin anew: at first, and in the child of a fork."""
        self.mark = secrets.token_hex(MARK // 2).encode()
        self._backlog = Backlog()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._sending = False
        self._closed = False
        self._redis: Redis | None = None

    def publish(self, event: Event) -> None:
        """Have a committed event sent; does not wait. Raises TypeError for what cannot cross."""
        letters = codec.letters(event)
        with self._changed:
            for topic, data in letters:
                self._backlog.put(topic, self.mark + data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout: float = FAREWELL) -> bool:
        """Wait until all is sent, or dropped, at most `timeout` seconds; tells whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._backlog or self._sending), timeout)

    def close(self) -> None:
        """Send what is left and disconnect; the next event connects again."""
        self.flush()
        with self._changed:
            thread, self._thread = self._thread, None
            self._closed = True
            self._changed.notify_all()
        if thread is not None:
            thread.join(FAREWELL)
        with self._changed:
            self._closed = False

    def _run(self) -> None:
        pause = client.FIRST_PAUSE
        while (some := self._next()) is not None:
            try:
                self._send(some)
                pause = client.FIRST_PAUSE
                continue
            except (RedisError, OSError) as error:
                log.warning("Redis is not there; servers will find out by themselves. %s", error)
            except Exception:  # the next event must not suffer
                log.exception("What was committed could not be told.")
            self._drop()
            time.sleep(pause)
            pause = min(2 * pause, client.LONGEST_PAUSE)
        if self._redis is not None:
            self._redis.connection_pool.disconnect()
            self._redis = None

    def _next(self) -> list[tuple[str, bytes]] | None:
        """What is to be sent next; None at the end."""
        with self._changed:
            self._sending = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._backlog or self._closed)
            if not self._backlog:
                return None
            self._sending = True
            return self._backlog.take(AT_ONCE)

    def _send(self, some: list[tuple[str, bytes]]) -> None:
        if self._prefix is None:
            self._prefix = prefix_of(self._workspace_id())
        if self._redis is None:
            # With a pool of ours: one of its own would be closed as it is dropped, in the child of
            # a fork too, and wait there for the lock of a thread that is not in the child.
            pool = ConnectionPool.from_url(self._url, **self._options)
            self._redis = Redis(connection_pool=pool)
        with self._redis.pipeline(transaction=False) as pipeline:
            for topic, data in some:
                pipeline.publish(f"{self._prefix}:{topic}", data)
            pipeline.execute()

    def _drop(self) -> None:
        with self._changed:
            self._backlog.clear()
            self._sending = False
            self._changed.notify_all()


_publishers: WeakSet[Publisher] = WeakSet()


def _in_child() -> None:
    for publisher in list(_publishers):
        publisher.renew()


def _at_exit() -> None:
    for publisher in list(_publishers):
        publisher.flush()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_in_child)
atexit.register(_at_exit)
