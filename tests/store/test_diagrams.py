"""The pictures show every table and column, and how they refer to one another."""

from collections.abc import Callable

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from trialogue.core.models import Base, Message
from trialogue.store import diagrams


@pytest.mark.parametrize("picture", [diagrams.page, diagrams.plantuml])
def test_every_table_and_column_is_in_the_pictures(picture: Callable[[], str]) -> None:
    lines = [line.strip() for line in picture().splitlines()]
    for table in Base.metadata.tables.values():
        opening = f"{table.name} {{"
        (start,) = (at for at, line in enumerate(lines) if line.removeprefix("entity ") == opening)
        shown = lines[start + 1 : lines.index("}", start)]
        words = [set(line.split()) for line in shown if line != "--"]
        assert len(words) == len(table.columns)
        for column in table.columns:
            wanted = {column.name, diagrams.type_of(column)}
            assert any(wanted <= line for line in words), f"{table.name}.{column.name}"


def test_every_table_is_in_one_group_and_is_told_of() -> None:
    grouped = [table for group in diagrams.groups() for table in group.tables]
    assert sorted(table.name for table in grouped) == sorted(Base.metadata.tables)
    assert all(group.said for group in diagrams.groups())
    page = diagrams.page()
    for table in grouped:
        said = diagrams.about(table)
        assert said
        assert f"| `{table.name}` | {said}" in page


def test_what_is_told_of_a_table_is_the_first_paragraph_in_one_line() -> None:
    said = diagrams.about(Message.__table__)
    assert Message.__doc__.startswith(said)
    assert "\n" not in said


def test_a_foreign_key_says_whether_it_may_be_missing_and_how_many_there_are() -> None:
    tables = MetaData()
    Table("person", tables, Column("id", Integer, primary_key=True))
    Table("face", tables, Column("person_id", ForeignKey("person.id"), primary_key=True))
    Table(
        "hat",
        tables,
        Column("name", String(8), primary_key=True),
        Column("owner", ForeignKey("person.id"), nullable=False),
        Column("stolen_by", ForeignKey("person.id")),
        Column("shelf", ForeignKey("face.person_id"), unique=True),
    )
    assert [found.line for found in diagrams.references(tables.sorted_tables)] == [
        "person ||--o| face",
        "person ||--o{ hat",
        "face |o--o| hat",
        "person |o--o{ hat",
    ]
