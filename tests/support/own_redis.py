"""A Redis of a test's own: started, killed, frozen, started again on its port. It keeps nothing."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

PATIENCE = 30  # seconds in which it must start


class OwnRedis:
    """One Redis on a free port of this machine."""

    def __init__(self, program: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._program = program
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> "OwnRedis":
        """Start, and return when it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *options, str(self._folder)], stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return self
                except RedisError:
                    assert time.monotonic() < until, "Redis does not start"
                    time.sleep(0.02)  # sleep: between two attempts

    def client(self) -> Redis:
        """A client that does not repeat what fails."""
        return Redis.from_url(self.url, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0))

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)
        assert self._process is not None
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        """Let it take connections and answer nothing."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def discard(self) -> None:
        """End it, whatever its state."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
