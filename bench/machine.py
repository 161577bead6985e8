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
LIBRARIES = ("fastapi", "orjson", "pydantic", "sqlalchemy", "uvicorn", "uvloop", "websockets")
_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]
_TICK = os.sysconf("SC_CLK_TCK")
# Fields of /proc/stat in which a core works for someone: all but idle, iowait, guests.
_BUSY = (1, 2, 3, 6, 7, 8)


def take_load_core() -> None:
    """Stay on the core of the load, with as many files as the system allows."""
    os.sched_setaffinity(0, {LOAD_CORE})
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def resident(pid: int) -> int:
    """Bytes of memory that a process occupies (VmRSS, proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"process {pid} has no memory any more")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process with all of its threads, the ended ones too.

    The number of the clock is what clock_getcpuclockid(3) computes on Linux.
    """
    return time.clock_gettime((~pid << 3) | 2)


def busy_seconds(core: int) -> float:
    """For how long a core has worked since the machine started, for whomever."""
    for line in Path("/proc/stat").read_text().splitlines():
        fields = line.split()
        if fields[0] == f"cpu{core}":
            return sum(int(fields[place]) for place in _BUSY) / _TICK
    raise LookupError(f"there is no core {core}")


class Watch:
    """CPU time of the server and of the load while something is measured.

    `foreign` is the share of both cores that went to programs that have no part in it.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._before = self._read()

    def _read(self) -> tuple[float, float, float, float]:
        busy = sum(busy_seconds(core) for core in {SERVER_CORE, LOAD_CORE})
        return time.perf_counter(), cpu_seconds(self._server), time.process_time(), busy

    def stop(self) -> dict[str, float]:
        """Seconds since the start, and shares of a core (1.0: all of it)."""
        after = self._read()
        wall, server, load, busy = (b - a for a, b in zip(self._before, after, strict=True))
        cores = len({SERVER_CORE, LOAD_CORE})
        return {
            "seconds": wall,
            "server_cpu_seconds": server,
            "server_share": server / wall,
            "load_share": load / wall,
            "foreign_share": max(busy - server - load, 0.0) / wall / cores,
        }


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
