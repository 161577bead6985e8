"""Results: medians, budgets, a table for people and a JSON file that only this writes."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import machine

RESULTS = Path(__file__).with_name("results")

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Budget:
    """A figure and what it may be: `most` or `least` is set."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the figure keeps within."""
        below = self.most is None or self.value <= self.most
        return below and (self.least is None or self.value >= self.least)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: medians of our server and of the raw limit.

    `ratio` is the median of the ratios of the single runs: both sides of a run had the same
    neighbours.
    """

    what: str
    unit: str
    server: float
    raw: float
    ratio: float | None

    @classmethod
    def of(cls, what: str, unit: str, server: Sequence[float], raw: Sequence[float]) -> "Row":
        """From the figures of all runs, in the same order on both sides."""
        ratios = [a / b for a, b in zip(server, raw, strict=True) if b]
        ratio = median(ratios) if len(ratios) == len(raw) else None
        return cls(what, unit, median(server), median(raw), ratio)


@dataclass(frozen=True, slots=True)
class Result:
    """All that a scenario has found out. `runs` are the single figures behind the medians."""

    name: str
    measures: str
    settings: Mapping[str, object]
    runs: Sequence[Mapping[str, object]]
    rows: Sequence[Row]
    budgets: Sequence[Budget]


def turns(runs: int) -> Iterator[int]:
    """Count the runs, and tell whoever waits which one it is."""
    for turn in range(runs):
        print(f"run {turn + 1} of {runs}", file=sys.stderr, flush=True)
        yield turn


def write(result: Result, facts: Mapping[str, object]) -> Path:
    """Keep a result as JSON; figures with four significant digits."""
    body = {
        "name": result.name,
        "measures": result.measures,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": machine.commit(),
        "machine": facts,
        "settings": result.settings,
        "medians": [asdict(row) for row in result.rows],
        "budgets": [{**asdict(budget), "met": budget.met} for budget in result.budgets],
        "runs": result.runs,
    }
    path = RESULTS / f"{result.name}.json"
    path.write_text(json.dumps(_short(body), indent=1, ensure_ascii=False) + "\n")
    return path


def _short(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {name: _short(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    return value


def show(result: Result) -> None:
    """Print medians and budgets."""
    console = Console()
    table = Table("figure (median)", "unit", title=f"{result.name}: {result.measures}")
    for heading in ("server", "raw limit", "ratio"):
        table.add_column(heading, justify="right")
    for row in result.rows:
        table.add_row(row.what, row.unit, *map(_number, (row.server, row.raw, row.ratio)))
    console.print(table)
    for budget in result.budgets:
        wanted = f"≤ {budget.most:g}" if budget.most is not None else f"≥ {budget.least:g}"
        verdict = "[green]met[/]" if budget.met else "[red]NOT met[/]"
        value = _number(budget.value)
        console.print(f"{budget.what}: {value} {budget.unit}, budget {wanted}: {verdict}")


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
