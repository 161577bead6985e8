"""A real server in a process of its own: started, stopped, killed, started again on its port.

What it writes on standard error is kept; it is shown with a test that fails, and a test may say
what must not stand in it.
"""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVE = [sys.executable, "-m", "trialogue.cli", "serve"]
READY = "Trialogue is ready at "
PATIENCE = 60  # seconds in which a server must start or end
OURS = ("TRIALOGUE_", "DATABASE_URL", "REDIS_URL", "HOST", "PORT", "SUPABASE_")
PROVIDERS = ("OPENAI_", "DASHSCOPE_", "ALIBABA_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "OLLAMA_")
FAULTS = ("Traceback (most recent call last)", "[error", "[critical")


def environment(**settings: str) -> dict[str, str]:
    """The environment of a process of ours: nothing of the caller's settings, cheap passwords."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((*OURS, *PROVIDERS)) or name.startswith("TRIALOGUE_TEST_")
    }
    paths = [str(ROOT / "src"), str(ROOT), kept.get("PYTHONPATH", "")]
    cheap = {"TRIALOGUE_PASSWORD_MEMORY": "64", "TRIALOGUE_PASSWORD_ROUNDS": "1"}
    # `demo`: no model server of this machine is looked for.
    settings = {"TRIALOGUE_RATE_LIMITS": "off", "TRIALOGUE_AI_PROVIDERS": "demo", **settings}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **cheap, **settings}


class Server:
    """One server on one database. `folder` holds its data and its log."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        *,
        command: Sequence[str] = SERVE,
        **settings: str,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database_url = database_url
        self.folder = folder
        self.port = 0
        self._command = command
        self._settings = {
            "DATABASE_URL": database_url,
            "TRIALOGUE_DATA_DIR": str(folder / "data"),
            **settings,
        }
        self._log = folder / "server.log"
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> tuple[str, int]:
        """The same for a socket."""
        return "127.0.0.1", self.port

    def start(self) -> "Server":
        """Start, and return when it can be reached. The port stays the same from then on."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command, "--port", str(self.port)],
                cwd=self.folder,
                env=environment(**self._settings),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        line = self._first_line()
        assert line.startswith(READY), f"the server did not start: {line!r}\n{self.log()}"
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def _first_line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE):
                return ""
        return self.process.stdout.readline().strip()

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait until the process has ended; its exit status."""
        assert self.process is not None
        status = self.process.wait(timeout)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def stop(self) -> int:
        """Ask it to end, and wait for that; its exit status."""
        if self.running:
            self.send(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """End it at once, as a power failure would."""
        self.send(signal.SIGKILL)
        self.wait()

    def discard(self) -> None:
        """End it, whatever its state."""
        if self.process is not None:
            if self.running:
                self.send(signal.SIGTERM)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self.kill()

    # What it wrote ----------------------------------------------------------------------------

    def log(self, since: int = 0) -> str:
        """What it wrote on standard error, from a place on."""
        with self._log.open("rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")

    def written(self) -> int:
        """The place up to which the log is written."""
        return self._log.stat().st_size if self._log.exists() else 0

    def faults(self, since: int = 0) -> list[str]:
        """Lines of the log that tell of an error of the server's own."""
        lines = self.log(since).splitlines()
        return [line for line in lines if any(fault in line for fault in FAULTS)]
