"""The documents of the tables are what the models say today."""

from tests.house import tree

FOLDER = "docs/reference"


def test_the_documents_of_the_tables_are_those_of_the_models() -> None:
    from trialogue.store import schema

    paths = tree.under(f"{FOLDER}/schema.", ".md", ".sql", ".puml")
    kept = {path.removeprefix(f"{FOLDER}/"): tree.text(path) for path in paths}
    made = schema.documents()
    stale = sorted(name for name in made | kept if made.get(name) != kept.get(name))
    assert stale == [], "run script/schema: it writes them anew"
