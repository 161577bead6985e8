"""What a figure depends on: cores, memory and CPU time of processes, versions. Linux only.

The server has the first core of this process to itself, the load the last one.
"""

import os
import platform
import resource
import sqlite3
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARIES = (
    "fastapi",
    "openai",
    "orjson",
    "pydantic",
    "pydantic-ai-slim",
    "sqlalchemy",
    "uvicorn",
    "uvloop",
    "websockets",
)
_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]


def take_load_core() -> None:
    """Stay on the core of the load, with as many files as the system allows."""
    os.sched_setaffinity(0, {LOAD_CORE})
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def resident(pid: int) -> int:
    """Bytes of memory that a process occupies (VmRSS, proc(5))."""
    return _status(pid, "VmRSS:")


def most_resident(pid: int) -> int:
    """The most that it has occupied since its start, or since `forget_most` (VmHWM, proc(5))."""
    return _status(pid, "VmHWM:")


def forget_most(pid: int) -> None:
    """Let `most_resident` begin anew with what is occupied now (clear_refs, proc(5))."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"process {pid} has no memory any more")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process with all of its threads, the ended ones too.

    The number of the clock is what clock_getcpuclockid(3) computes on Linux.
    """
    return time.clock_gettime((~pid << 3) | 2)


def waited_seconds(pid: int) -> float:
    """For how long the threads of a process could have run while others had their core
    (schedstat, the second field: nanoseconds on a run queue)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[1]) for task in tasks) / 1e9


class Watch:
    """What the server and the load get of their cores while something is measured."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._before = self._read()

    def _read(self) -> dict[str, float]:
        return {
            "seconds": time.perf_counter(),
            "server_cpu": cpu_seconds(self._server),
            "server_waited": waited_seconds(self._server),
            "load_cpu": time.process_time(),
            "load_waited": waited_seconds(os.getpid()),
        }

    def stop(self) -> dict[str, float]:
        """Seconds since the start, and of CPU time and of waiting for a core meanwhile."""
        return {name: now - self._before[name] for name, now in self._read().items()}


def facts() -> dict[str, object]:
    """What is worth knowing about this machine when figures are compared."""
    return {
        "cpus": os.cpu_count(),
        "cores_used": {"server": SERVER_CORE, "load": LOAD_CORE},
        "processor": _processor(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in LIBRARIES},
        "niceness": os.nice(0),
        "load_average_before": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def commit() -> str:
    """The commit that is measured; with `+` when files of the server differ from it."""
    name = _git("rev-parse", "--short=12", "HEAD").strip()
    return name + ("+" if _git("status", "--porcelain", "--", "src") else "")


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
