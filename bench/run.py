"""The command: `python -m bench.run NAME` measures, prints a table and keeps the figures."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping

from bench import machine, report
from bench.scenarios import (
    calls,
    fanout,
    history,
    idle_sockets,
    library,
    posting,
    replies,
    search,
    start,
    storm,
    upload,
)

SCENARIOS: Mapping[str, tuple[Callable[[int], report.Result], int, str]] = {
    "calls": (calls.measure, calls.RUNS, calls.MEASURES),
    "fanout": (fanout.measure, fanout.RUNS, fanout.MEASURES),
    "history": (history.measure, history.RUNS, history.MEASURES),
    "idle_sockets": (idle_sockets.measure, idle_sockets.RUNS, idle_sockets.MEASURES),
    "library": (library.measure, library.RUNS, library.MEASURES),
    "posting": (posting.measure, posting.RUNS, posting.MEASURES),
    "replies": (replies.measure, replies.RUNS, replies.MEASURES),
    "search": (search.measure, search.RUNS, search.MEASURES),
    "start": (start.measure, start.RUNS, start.MEASURES),
    "storm": (storm.measure, storm.RUNS, storm.MEASURES),
    "upload": (upload.measure, upload.RUNS, upload.MEASURES),
}


def main() -> None:
    """Exit code 0 when measured, whether or not the budget is met."""
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures one budget.")
    parser.add_argument("name", nargs="?", choices=SCENARIOS)
    parser.add_argument("--list", action="store_true", help="show what there is to measure")
    parser.add_argument("--runs", type=int, help="how often; medians are kept")
    options = parser.parse_args()
    if options.list:
        for name, (_, _, measures) in SCENARIOS.items():
            print(f"{name:14}{measures}")
        return
    if options.name is None:
        parser.error("which one? --list shows them")
    measure, runs, _ = SCENARIOS[options.name]
    # The usual end of a process would leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    facts = machine.facts()
    machine.take_load_core()
    result = measure(options.runs or runs)
    path = report.write(result, facts)
    report.show(result)
    print(f"Kept in {path.relative_to(machine.ROOT)}")


if __name__ == "__main__":
    main()
