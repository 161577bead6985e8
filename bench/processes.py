"""Servers as processes of their own on the server's core: ours with its defaults, and raw limits.

Each ends with the block that started it, and with this process, however that ends.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench import machine

HOST = "127.0.0.1"
START_MOST = 30  # seconds
STOP_MOST = 20
LOG_SHOWN = 4_000  # last bytes of the server's log, when measuring fails
_PR_SET_PDEATHSIG = 1  # prctl(2)


class Running:
    """A server that listens on `port` of 127.0.0.1."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, started: float) -> None:
        self.process = process
        self.port = port
        self.started = started  # by time.perf_counter

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_healthy(self, path: str = "/health") -> float:
        """Seconds from the start of the process to the first good answer."""
        while time.perf_counter() - self.started < START_MOST:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            if _answers(self.port, path):
                return time.perf_counter() - self.started
            time.sleep(0.005)
        raise TimeoutError("the server does not answer")


def _answers(port: int, path: str) -> bool:
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((HOST, port), timeout=5) as line:
            line.sendall(request.encode())
            return line.recv(64).startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 101 "))
    except OSError:
        return False


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def trialogue(data: Path, **settings: str) -> Iterator[Running]:
    """`trialogue serve` with its defaults, but without limits, and this data directory; it may not
    answer yet."""
    command = [str(Path(sys.executable).with_name("trialogue")), "serve"]
    with _started(
        command, data, {"TRIALOGUE_DATA_DIR": str(data), "TRIALOGUE_RATE_LIMITS": "off", **settings}
    ) as server:
        yield server


@contextmanager
def raw(module: str, stdin: bytes = b"") -> Iterator[Running]:
    """`bench.limits.MODULE`, which is told its port and reads `stdin`."""
    command = [sys.executable, "-m", f"bench.limits.{module}"]
    with _started(command, machine.ROOT, {}, stdin) as server:
        yield server


@contextmanager
def beside(module: str) -> Iterator[Running]:
    """`bench.MODULE` on the load's core: what the server needs, and is no part of what is
    measured."""
    command = [sys.executable, "-m", f"bench.{module}"]
    with _started(command, machine.ROOT, {}, core=machine.LOAD_CORE) as server:
        yield server


@contextmanager
def _started(
    command: Sequence[str],
    folder: Path,
    settings: dict[str, str],
    stdin: bytes = b"",
    core: int = machine.SERVER_CORE,
) -> Iterator[Running]:
    port = free_port()
    # Nothing of the caller's environment but what finding the programs needs.
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as log:
        given.write(stdin)
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, **settings, "PORT": str(port)},
            stdin=given,
            stdout=log,
            stderr=log,
            preexec_fn=partial(_settle, core),
        )
        try:
            yield Running(process, port, started)
        except BaseException:
            log.seek(0, os.SEEK_END)
            log.seek(max(log.tell() - LOG_SHOWN, 0))
            sys.stderr.write(log.read().decode(errors="replace"))
            raise
        finally:
            _stop(process)


def _settle(core: int) -> None:
    os.sched_setaffinity(0, {core})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_MOST)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
