"""P7: how soon the server answers after its start, and what it needs while nobody is there.

The raw limit is a process that imports the same libraries and answers on one empty route.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.machine import cpu_seconds, resident
from bench.processes import Running, raw, trialogue
from bench.report import Budget, Figures, Result, Row, turns

MEASURES = "P7, seconds to the first answer, idle memory and CPU"
RUNS = 5
CALM = 3  # seconds after the first answer
IDLE = 30  # seconds over which idle CPU time is counted


def measure(runs: int) -> Result:
    """A first and a second start for each run, each in a new data directory."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        _first_start(Path(folder) / "compiled")  # afterwards all bytecode is there
        found = [_run(Path(folder) / str(turn)) for turn in turns(runs)]
    return _result(found)


def _first_start(data: Path) -> float:
    data.mkdir()
    with trialogue(data) as server:
        return server.wait_healthy()


def _run(data: Path) -> dict[str, float]:
    found = {"server, first start": _first_start(data)}
    with trialogue(data) as server:
        found["server, second start"] = server.wait_healthy()
        with raw("start") as bare:
            found["raw, start"] = bare.wait_healthy()
            return found | _idle({"server": server, "raw": bare})


def _idle(sides: dict[str, Running]) -> dict[str, float]:
    time.sleep(CALM)
    before = {name: cpu_seconds(side.pid) for name, side in sides.items()}
    time.sleep(IDLE)
    found = {}
    for name, side in sides.items():
        used = cpu_seconds(side.pid) - before[name]
        found[f"{name}, idle CPU"] = used / IDLE * 100
        found[f"{name}, idle memory"] = resident(side.pid) / 1e6
    return found


def _result(found: Sequence[Figures]) -> Result:
    def column(name: str) -> list[float]:
        return [run[name] for run in found]

    bare = column("raw, start")
    rows = [
        Row.of("first start to /health 200", "s", column("server, first start"), bare),
        Row.of("second start to /health 200", "s", column("server, second start"), bare),
        *(
            Row.of(what, unit, column(f"server, {what}"), column(f"raw, {what}"))
            for what, unit in (("idle memory", "MB"), ("idle CPU", "%"))
        ),
    ]
    _, second, memory, cpu = (row.server for row in rows)
    return Result(
        name="start",
        measures=MEASURES,
        settings={"idle_seconds": IDLE, "database": "SQLite", "connections": 0},
        runs=found,
        rows=rows,
        budgets=[
            Budget("second start", second, "s", most=2.5),
            Budget("idle memory", memory, "MB", most=120),
            Budget("idle CPU", cpu, "%", most=1),
        ],
    )
