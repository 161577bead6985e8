"""Queries for rows by their keys: written once, and run with any number of keys.

A list of keys makes a statement of its own for each length, and of a list of tuples SQLite reads
the whole table. Here the keys are one value, of which each database makes rows. May touch:
SQLAlchemy.
"""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVarTuple

from sqlalchemy import ARRAY, ColumnElement, Row, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from trialogue.core.sql import MYSQL, fetch

Columns = TypeVarTuple("Columns")
Key = tuple[str, ...]


class Keyed(Generic[*Columns]):
    """The query that `build` makes with the condition that `columns` are one of the keys."""

    def __init__(
        self,
        columns: Sequence[InstrumentedAttribute[str]],
        build: Callable[[ColumnElement[bool]], Select[*Columns]],
    ) -> None:
        self._columns = columns
        self._build = build
        self._built: dict[str, Select[*Columns]] = {}

    def rows(self, db: Session, keys: Collection[Key], **values: object) -> Sequence[Row[*Columns]]:
        """What is found, in one statement; none for no keys. `values` are of the query's own
        parameters."""
        if not keys:
            return []
        dialect = db.get_bind().dialect.name
        if dialect not in self._built:
            self._built[dialect] = self._build(self._condition(dialect))
        given = self._given(dialect, keys)
        return fetch(db, self._built[dialect], {**given, **values})

    def _condition(self, dialect: str) -> ColumnElement[bool]:
        together = tuple_(*self._columns)
        if dialect in MYSQL:
            return together.in_(bindparam("keys", expanding=True))
        if dialect == "sqlite":
            each = func.json_each(bindparam("keys")).table_valued("value").c.value
            parts = [func.json_extract(each, f"$[{at}]") for at in range(len(self._columns))]
        else:
            arrays = [ARRAY(column.type) for column in self._columns]
            parts = [func.unnest(bindparam(f"keys_{at}", type_=of)) for at, of in enumerate(arrays)]
        return together.in_(select(*parts))

    def _given(self, dialect: str, keys: Collection[Key]) -> dict[str, object]:
        if dialect in MYSQL:
            return {"keys": list(keys)}
        if dialect == "sqlite":
            return {"keys": json.dumps(list(keys))}
        return {f"keys_{at}": list(part) for at, part in enumerate(zip(*keys, strict=True))}
