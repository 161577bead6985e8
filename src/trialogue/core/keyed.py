"""Queries for rows by their keys: written once, and run with any number of keys.

A list of keys makes a statement of its own for each length, and of a list of tuples SQLite reads
the whole table. Here the keys are one value, of which each database makes rows. May touch:
SQLAlchemy.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, TypeVarTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
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


class Since(Generic[*Columns]):
    """The query that `build` makes with the condition that `key` is one of some keys and `number`
    greater than the one that is given for that key."""

    def __init__(
        self,
        key: InstrumentedAttribute[str],
        number: InstrumentedAttribute[int],
        build: Callable[[ColumnElement[bool]], Select[*Columns]],
    ) -> None:
        self._key = key
        self._number = number
        self._build = build
        self._built: dict[str, Select[*Columns]] = {}

    def rows(
        self, db: Session, known: Mapping[str, int], **values: object
    ) -> Sequence[Row[*Columns]]:
        """What is found, in one statement; none for no keys."""
        if not known:
            return []
        dialect = db.get_bind().dialect.name
        if dialect in MYSQL:  # neither of the two makes rows of a value that the other takes
            return fetch(db, self._build(self._listed(known)), values)
        if dialect not in self._built:
            self._built[dialect] = self._build(self._joined(dialect))
        return fetch(db, self._built[dialect], {**self._given(dialect, known), **values})

    def _listed(self, known: Mapping[str, int]) -> ColumnElement[bool]:
        spans = (and_(self._key == key, self._number > after) for key, after in known.items())
        return or_(*spans)

    def _joined(self, dialect: str) -> ColumnElement[bool]:
        if dialect == "sqlite":
            each = func.json_each(bindparam("spans")).table_valued("value").c.value
            key, after = (func.json_extract(each, f"$[{at}]") for at in range(2))
            return and_(self._key == key, self._number > after)
        keys = bindparam("keys", type_=ARRAY(self._key.type))
        numbers = bindparam("numbers", type_=ARRAY(BigInteger()))
        spans = func.unnest(keys, numbers).table_valued("key", "number").render_derived().c
        return and_(self._key == spans["key"], self._number > spans["number"])

    def _given(self, dialect: str, known: Mapping[str, int]) -> dict[str, object]:
        if dialect == "sqlite":
            return {"spans": json.dumps(list(known.items()))}
        return {"keys": list(known), "numbers": list(known.values())}
