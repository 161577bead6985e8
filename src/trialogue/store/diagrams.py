"""Pictures of the tables, made from the models: PlantUML, and a page with Mermaid.

Tables are grouped as the files of `core/models` group them; what is said of each is the first
paragraph of its docstring.
"""

import inspect
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from trialogue.core.models import Base

WIDTH: Final = 100  # characters of a line
_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
_SHORT: Final = {"timestamp with time zone": "timestamptz"}  # a word, as the pictures want it


@dataclass(frozen=True, slots=True)
class Group:
    """The tables of one file of the models; `said` is what its docstring begins with."""

    name: str
    said: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: a row of `child` names one of `parent`, always or maybe, alone or not."""

    parent: str
    child: str
    columns: str
    optional: bool
    alone: bool

    @property
    def line(self) -> str:
        """Both ends in the notation that PlantUML and Mermaid share (crow's feet)."""
        first = "|o" if self.optional else "||"
        return f"{self.parent} {first}--{'o|' if self.alone else 'o{'} {self.child}"


def groups() -> list[Group]:
    """All tables as their files group them; the group that others refer to most comes first."""
    modules: dict[str, list[Table]] = {}
    for table in Base.metadata.tables.values():
        modules.setdefault(_model(table).__module__, []).append(table)
    asked = Counter(
        module
        for module, tables in modules.items()
        for other, others in modules.items()
        for key in _keys(others)
        if other != module and key.referred_table in tables
    )
    return [
        Group(module.rpartition(".")[2], _paragraph(sys.modules[module].__doc__), tuple(tables))
        for module, tables in sorted(modules.items(), key=lambda item: (-asked[item[0]], item[0]))
    ]


def _model(table: Table) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)


def _keys(tables: Iterable[Table]) -> list[ForeignKeyConstraint]:
    """The foreign keys of these tables, in the order of tables and columns."""
    return [
        key
        for table in tables
        for key in sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys))
    ]


def about(table: Table) -> str:
    """What a row of a table is, in one line; nothing for a table without a model."""
    return _paragraph(_model(table).__doc__) if table.metadata is Base.metadata else ""


def _paragraph(docstring: str | None) -> str:
    return " ".join(inspect.cleandoc(docstring or "").partition("\n\n")[0].split())


def references(tables: Iterable[Table]) -> list[Reference]:
    """The foreign keys of these tables, in the order of tables and columns."""
    return [_reference(key) for key in _keys(tables)]


def _reference(key: ForeignKeyConstraint) -> Reference:
    columns = set(key.columns)
    unique = [
        set(each.columns) for each in key.table.constraints if isinstance(each, UniqueConstraint)
    ]
    return Reference(
        parent=key.referred_table.name,
        child=key.table.name,
        columns=", ".join(key.column_keys),
        optional=any(column.nullable for column in columns),
        alone=columns in [set(key.table.primary_key.columns), *unique],
    )


def type_of(column: Column[object]) -> str:
    """The type of a column in PostgreSQL's words, which are the most exact."""
    name = column.type.compile(_POSTGRESQL).lower()
    return _SHORT.get(name, name)


def plantuml() -> str:
    """The entity diagram as PlantUML text."""
    lines = ["@startuml", "' Written by script/schema from the models.", "hide circle"]
    lines += ["hide empty members", "left to right direction", ""]
    for group in groups():
        lines.append(f"package {group.name} {{")
        for table in group.tables:
            lines += [f"  {line}" for line in _entity(table)]
        lines += ["}", ""]
    found = references(Base.metadata.tables.values())
    lines += [f"{reference.line} : {reference.columns}" for reference in found]
    return "\n".join([*lines, "@enduml"]) + "\n"


def _entity(table: Table) -> Iterator[str]:
    """The key above the line, `*` before what is never null."""
    yield f"entity {table.name} {{"
    key = list(table.primary_key.columns)
    for column in key:
        yield f"  * {column.name} : {type_of(column)}"
    yield "  --"
    for column in table.columns:
        if column not in key:
            yield f"  {'' if column.nullable else '* '}{column.name} : {type_of(column)}"
    yield "}"


_INTRODUCTION: Final = """# The tables

Written by `script/schema` from the models (`src/trialogue/core/models`); a test keeps it current.
The same as plain SQL: [SQLite](schema.sqlite.sql), [PostgreSQL](schema.postgresql.sql),
[MySQL and MariaDB](schema.mysql.sql); as one picture for PlantUML: [schema.puml](schema.puml).
Types are PostgreSQL's. An id without FK may outlive what it names.

Nobody needs to make the tables by hand: the server does at its start, as do `trialogue migrate` and
`init_chats_db()`, and they bring older ones up to date. Where a program may not, or others want to
look first, run the SQL in an empty database; by `chat_version` it is known that they are there."""


def page() -> str:
    """The page of the documents, with a picture of all tables and one for each group."""
    parts = [_INTRODUCTION, _mermaid(_overview())]
    for group in groups():
        rows = [f"| `{table.name}` | {_cell(about(table))} |" for table in group.tables]
        parts += [
            f"## {group.name.capitalize()}\n\n{group.said}",
            "\n".join(["| table | a row is |", "|---|---|", *rows]),
            _mermaid(_detail(group)),
        ]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _mermaid(lines: Iterator[str]) -> str:
    return "\n".join(["```mermaid", "erDiagram", *(f"  {line}" for line in lines), "```"])


def _overview() -> Iterator[str]:
    """All tables without their columns, one line between two of them."""
    tables = [table for group in groups() for table in group.tables]
    yield from (table.name for table in tables)
    pairs = dict.fromkeys((found.parent, found.child) for found in references(tables))
    yield from (f'{parent} ||--o{{ {child} : ""' for parent, child in pairs if parent != child)


def _detail(group: Group) -> Iterator[str]:
    """The tables of a group with their columns, and what they refer to."""
    for table in group.tables:
        yield f"{table.name} {{"
        for column in table.columns:
            yield f"  {_attribute(column)}"
        yield "}"
    for found in references(group.tables):
        yield f'{found.line} : "{found.columns}"'


def _attribute(column: Column[object]) -> str:
    marks = {
        "PK": column.primary_key,
        "FK": bool(column.foreign_keys),
        "UK": any(
            isinstance(each, UniqueConstraint) and list(each.columns) == [column]
            for each in column.table.constraints
        ),
    }
    keys = ", ".join(mark for mark, has in marks.items() if has)
    null = '"or null"' if column.nullable else ""
    return " ".join(filter(None, [type_of(column), column.name, keys, null]))


def wrapped(text: str, mark: str) -> list[str]:
    """A text in lines that begin with a mark."""
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=mark)
