"""A database server of a test's own: killed, frozen and started again on its port.

What it has confirmed survives its death, as it would a crash of the process; not of the machine.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psycopg
import pymysql

from tests.support import services

PATIENCE = 60  # seconds in which it must start


class OwnDatabase(Protocol):
    """One database server. `url` is that of an empty database on it."""

    url: str

    def start(self) -> None:
        """Start, and return when it answers."""

    def kill(self) -> None:
        """End it at once, with all of its processes."""

    def freeze(self) -> None:
        """Let it take connections and answer nothing."""

    def thaw(self) -> None:
        """Let it go on."""

    def discard(self) -> None:
        """End it, whatever its state, and keep nothing of it."""


class _Own:
    """What both kinds have in common: a folder, a port and a process of another user than root,
    for which PostgreSQL refuses to work."""

    def __init__(self, user: str) -> None:
        self._user = user if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="trialogue-"))  # pytest's are for oneself alone
        if self._user is not None:
            found = pwd.getpwnam(user)
            os.chown(self._folder, found.pw_uid, found.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def _run(self, *command: str) -> None:
        with (self._folder / "log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, user=self._user)

    def _launch(self, *command: str) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdout=log, stderr=log, user=self._user
            )

    def _wait_for(self, error: type[Exception]) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self.ping()
                return
            except error:
                assert time.monotonic() < until, (self._folder / "log").read_text()[-4000:]
                time.sleep(0.02)  # sleep: between two attempts

    def ping(self) -> None:
        """Ask for a sign of life."""
        raise NotImplementedError

    def _family(self) -> list[int]:
        """The process and its children, the parent first: once it is stopped no child comes."""
        assert self._process is not None
        parent = self._process.pid
        children = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue  # it has ended
            if int(fields[1]) == parent:
                children.append(int(stat.parent.name))
        return [parent, *children]

    def _send(self, number: signal.Signals, members: list[int]) -> None:
        for pid in members:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(pid, number)

    def kill(self) -> None:
        assert self._process is not None
        self.freeze()
        self._send(signal.SIGKILL, self._family())
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        assert self._process is not None
        self._send(signal.SIGSTOP, [self._process.pid])
        self._send(signal.SIGSTOP, self._family())

    def thaw(self) -> None:
        self._send(signal.SIGCONT, self._family())

    def discard(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.thaw()
            self._process.send_signal(signal.SIGQUIT)  # PostgreSQL gives back what it has shared
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


class OwnPostgresql(_Own):
    """A PostgreSQL cluster."""

    def __init__(self, programs: str) -> None:
        super().__init__("postgres")
        self._programs = programs
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._data = str(self._folder / "data")
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]
        self._run(f"{programs}/initdb", *options, "--pgdata", self._data)

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "shared_buffers": "16MB",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        until = time.monotonic() + PATIENCE
        while True:
            self._launch(f"{self._programs}/postgres", "-D", self._data, *flags)
            assert self._process is not None
            try:
                self._process.wait(0.3)
            except subprocess.TimeoutExpired:
                break
            # The memory of the one that was killed is not given back yet.
            assert time.monotonic() < until, (self._folder / "log").read_text()[-4000:]
        self._wait_for(psycopg.OperationalError)

    def ping(self) -> None:
        psycopg.connect(self.url, connect_timeout=2).close()


class OwnMariadb(_Own):
    """A MariaDB server."""

    def __init__(self, program: str) -> None:
        super().__init__("mysql")
        self._program = program
        self.url = f"mysql://root@127.0.0.1:{self.port}/own"
        self._data = str(self._folder / "data")
        self._run(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={self._data}",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        )
        (Path(self._data) / "own").mkdir()
        if self._user is not None:
            found = pwd.getpwnam(self._user)
            os.chown(Path(self._data) / "own", found.pw_uid, found.pw_gid)

    def start(self) -> None:
        self._launch(
            self._program,
            "--no-defaults",
            f"--datadir={self._data}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self._folder}/socket",
            f"--pid-file={self._folder}/pid",
            "--skip-grant-tables",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=2",
        )
        self._wait_for(pymysql.MySQLError)

    def ping(self) -> None:
        services.connect_mariadb(self.url, connect_timeout=2, read_timeout=2).close()


def own_database(kind: str, program: str) -> OwnPostgresql | OwnMariadb:
    """A running database server of a kind; `program` is where `services` has found it."""
    made: OwnPostgresql | OwnMariadb
    made = OwnPostgresql(program) if kind == "postgresql" else OwnMariadb(program)
    try:
        made.start()
    except BaseException:
        made.discard()
        raise
    return made
