"""The statements that something takes: their number is what is asserted, not their time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

ALL = "(workspace_id=?)"  # how a step ends that looks at all of a workspace


@contextmanager
def taken() -> Iterator[list[str]]:
    """All statements that are executed meanwhile, on whatever database."""
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def reading_whole(db: Session) -> Iterator[list[str]]:
    """On SQLite: what is read from its first row to its last, or as far as it is of one workspace,
    by statements executed meanwhile."""
    seen: list[tuple[str, object]] = []
    read: list[str] = []

    def note(_c: object, _k: object, statement: str, values: object, *_: object) -> None:
        one = values[0] if isinstance(values, list) else values
        seen.append((statement, one))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield read
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    for statement, values in seen:
        plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
        steps = [row[3] for row in plan if not statement.startswith("PRAGMA")]
        whole = [step for step in steps if step.startswith("SCAN chat_") or step.endswith(ALL)]
        read += [f"{step}: {statement}" for step in whole]
