"""How many transactions a door has carried, and how long they took. Plain numbers."""

from dataclasses import dataclass
from time import perf_counter


@dataclass(slots=True)
class Tally:
    """Transactions that have ended, well or not; seconds with waiting for their turn."""

    reads: int = 0
    writes: int = 0
    retries: int = 0
    read_seconds: float = 0.0
    write_seconds: float = 0.0

    def has_read(self, started: float) -> None:
        """A read that began at `started` (`perf_counter`) has ended."""
        self.reads += 1
        self.read_seconds += perf_counter() - started

    def has_written(self, started: float) -> None:
        """A write that began at `started` (`perf_counter`) has ended."""
        self.writes += 1
        self.write_seconds += perf_counter() - started
