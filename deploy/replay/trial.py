"""Starts what a build has made as a container would be started, and uses it.

As process 1 of its own namespace, as the image's user, on a read-only root with a volume and a
temporary /tmp. The network is the host's, so the port is one that is free there.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.replay.build import Image, Tell
from deploy.replay.root import Process, Volume

STOP_MOST = 10  # seconds, as Docker waits before it kills
START_MOST = 60
PASSWORD = "correct horse battery staple"


class TrialError(Exception):
    """The image does not do what it must; the text says what, and what the server has said."""


class Container:
    """One running image on a volume. Ends with the block that opened it, however that ends."""

    def __init__(self, image: Image, volume: Volume, log: Path, settings: Mapping[str, str]):
        self.image = image
        self.port = _free_port()
        given = {**image.process.environment, **settings, "PORT": str(self.port)}
        self._process = Process(given, image.process.folder, image.process.user)
        self._volume = volume
        self._log = log
        with log.open("ab") as output:
            self._running = subprocess.Popen(
                image.root.command(image.command, self._process, volume),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def execute(self, *arguments: str) -> str:
        """What a command beside the server says (`docker exec`); TrialError where it fails."""
        ended = self.image.root.run(arguments, self._process, self._volume)
        if ended.returncode != 0:
            raise self.failure(f"{' '.join(arguments)}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def wait_healthy(self) -> float:
        """Run the image's health check until it is content; the seconds that took."""
        check = self.image.healthcheck
        started = time.monotonic()
        patience = min(check.start_period or START_MOST, START_MOST)
        while (took := time.monotonic() - started) < patience:
            if self._running.poll() is not None:
                raise self.failure(f"ended with {self._running.returncode}")
            asked = time.monotonic()
            ended = self.image.root.run(check.command, self._process, self._volume)
            if time.monotonic() - asked > check.timeout:
                raise self.failure("the health check takes longer than its timeout")
            if ended.returncode == 0:
                return took
            time.sleep(0.2)
        raise self.failure(f"not healthy after {patience} s: {ended.stderr}")

    def server(self) -> int:
        """The server's process on the host: process 1 of the namespace."""
        found = self._inner()
        if found is None:
            raise self.failure("no process runs in it")
        return found

    def _inner(self) -> int | None:
        """The one child of `unshare`."""
        outer = self._running.pid
        try:
            children = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()
        except FileNotFoundError:
            return None
        return int(children[0]) if children else None

    def stop(self) -> float:
        """Stop it as Docker does; the seconds that took. TrialError unless it ends with 0."""
        started = time.monotonic()
        os.kill(self.server(), signal.Signals[self.image.stop_signal])
        try:
            code = self._running.wait(STOP_MOST)
        except subprocess.TimeoutExpired:
            raise self.failure(f"still running after {STOP_MOST} s") from None
        if code != 0:
            raise self.failure(f"stopped, it ended with {code}")
        return time.monotonic() - started

    def discard(self) -> None:
        """Kill it if it still runs. With process 1 all of its namespace ends, and `unshare` by
        itself; not the other way round, since who changes its user is no longer tied to it."""
        if self._running.poll() is None:
            inner = self._inner()
            os.kill(inner or self._running.pid, signal.SIGKILL)
            self._running.wait()

    def failure(self, what: str) -> TrialError:
        """What has gone wrong, with the end of the log."""
        return TrialError(f"{what}\n{self._log.read_text(errors='replace')[-4_000:]}")

    def call(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """The JSON that the server answers; TrialError unless it is a success."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body)
        status, text = self.fetch(method, path, content, headers)
        if status >= 400:
            raise self.failure(f"{method} {path}: {status} {text[:1_000]!r}")
        return json.loads(text)

    def fetch(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, bytes]:
        """Status and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def running(
    image: Image, volume: Volume, log: Path, settings: Mapping[str, str]
) -> Iterator[Container]:
    """A container that is healthy."""
    container = Container(image, volume, log, settings)
    try:
        container.wait_healthy()
        yield container
    finally:
        container.discard()


def attempt(image: Image, folder: Path, settings: Mapping[str, str], tell: Tell) -> None:
    """Start it, examine it, register, post, stop; start again on the same volume, find the
    message, stop. Raises TrialError where any of it fails. `settings` as `docker run --env` has
    them."""
    volume = Volume(folder / "volume", image.volume)
    # A named volume begins as the image's folder: with its owner and mode.
    shutil.copytree(image.root.path(image.volume), volume.folder)
    owner = image.root.path(image.volume).stat()
    os.chown(volume.folder, owner.st_uid, owner.st_gid)
    log = folder / "server.log"
    with running(image, volume, log, settings) as first:
        _examine(first, tell)
        token = first.call("POST", "/api/v1/auth/register", _account())["access_token"]
        room = first.call("POST", "/api/v1/conversations", {"kind": "group", "name": "A"}, token)
        path = f"/api/v1/conversations/{room['id']}/messages"
        posted = first.call("POST", path, {"content": "Still here?", "client_id": "1"}, token)
        tell(f"  posted a message; stopped in {first.stop():.1f} s with 0")
    with running(image, volume, log, settings) as second:
        token = second.call("POST", "/api/v1/auth/login", _account())["access_token"]
        found = [one["id"] for one in second.call("GET", path, token=token)["items"]]
        if posted["id"] not in found:
            raise second.failure("the message is gone after a restart")
        tell(f"  found it after a restart; stopped in {second.stop():.1f} s with 0")


def _account() -> dict[str, str]:
    return {"username": "ada", "password": PASSWORD}


def _examine(container: Container, tell: Tell) -> None:
    """Who runs it, what the client's page is, and what its own examination says."""
    status = Path(f"/proc/{container.server()}/status").read_text().splitlines()
    facts = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    user, group = container.image.process.user.split(":")
    if facts["Uid"].split() != [user] * 4 or facts["Gid"].split() != [group] * 4:
        raise container.failure(f"runs as {facts['Uid']} {facts['Gid']}")
    if int(facts["CapEff"], 16) or facts["NSpid"].split()[-1] != "1":
        raise container.failure("has capabilities, or is not process 1")
    code, page = container.fetch("GET", "/")
    script = page.partition(b'src="/assets/')[2].partition(b'"')[0].decode()
    if code != 200 or not script or container.fetch("GET", f"/assets/{script}")[0] != 200:
        raise container.failure("serves no web client")
    health = container.call("GET", "/health")
    kind = health["components"]["database"]["kind"]
    said = container.execute("trialogue", "doctor")
    place = container.image.volume
    saved = container.execute("sh", "-c", f"tar -C {place} -cf - . | tar -tf -").splitlines()
    if "./secret_key" not in saved:
        raise container.failure(f"its own tar saves of {place} only {saved}")
    tell(f"  healthy on {kind}, {said.count(chr(10))} checks of `trialogue doctor` are well")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
