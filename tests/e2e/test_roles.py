"""Every route and every command, tried by somebody of every kind: allowed, or refused with which
code. The page of the documents is made of the same table.

After a change it is written anew: `TRIALOGUE_RECORD=1 script/test tests/e2e/test_roles.py -n 0`
"""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.role_rows import CONVERSATIONS, WORKSPACE
from tests.e2e.role_table import Row
from tests.e2e.roles import IN_WORKSPACE, KINDS, WITHOUT, YES, Kind, Scene, Stage, stage_on
from tests.support.databases import Sqlite
from tests.support.server import ROOT, Server
from trialogue.live.commands import COMMANDS

PAGE = ROOT / "docs" / "reference" / "roles.md"
COLUMNS = {"workspace": [*IN_WORKSPACE, *WITHOUT], "conversations": KINDS}
TABLES = {"workspace": WORKSPACE, "conversations": CONVERSATIONS}
TRIED = [(row, COLUMNS[name]) for name, rows in TABLES.items() for row in rows]


@pytest.fixture(scope="module")
def stage(sqlite_databases: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One stage for all: who may do what does not depend on the database."""
    folder = tmp_path_factory.mktemp("roles")
    settings = {"TRIALOGUE_RATE_LIMITS": "off", "TRIALOGUE_AI_DEMO_PACE": "0"}
    server = Server(sqlite_databases.migrated(), folder, **settings).start()
    with stage_on(server) as made:
        yield made
    server.stop()
    assert server.faults() == []


@pytest.mark.parametrize(("row", "kinds"), TRIED, ids=[row.name for row, _ in TRIED])
def test_everyone_may_do_what_the_table_says_and_no_more(
    stage: Stage, row: Row, kinds: list[Kind]
) -> None:
    scenes = [Scene(stage, kind, fresh=row.fresh) for kind in kinds]
    found = {scene.kind.name: row.tried(scene) for scene in scenes}
    assert found == {kind.name: row.rule(kind) for kind in kinds}
    if row.method not in ("do", "ws"):
        path = stage.described["paths"][row.path.partition("?")[0]]
        described = path[row.method.lower()]["responses"].keys()
        assert {str(scene.status) for scene in scenes} <= described


def test_every_route_has_a_row(stage: Stage) -> None:
    paths = stage.described["paths"]
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    rows = {(row.method, row.path.partition("?")[0]) for row, _ in TRIED}
    assert {row for row in rows if row[0] not in ("do", "ws")} == routes


def test_every_command_has_a_row() -> None:
    assert {row.path for row, _ in TRIED if row.method == "do"} == COMMANDS.keys()


# The page -----------------------------------------------------------------------------------------

HEAD = """# Who may do what

Made by `tests/e2e/test_roles.py`, which tries every cell on a running server. `✓`: allowed;
otherwise the code with which it is refused: on HTTP in the problem document, on a socket in the
answer, or as the code with which it is closed.

Two kinds of roles are at work. The role in the **workspace** (owner, admin, agent, member, guest)
says who administers accounts; it opens no conversation. `member's token` is a member's program
with a personal access token. The role in a **room** (owner, admin,
moderator, member) says who may change it and its members. What one may not know of is `not_found`.

## The workspace
"""
MIDDLE = """
## Conversations

The first columns are plain members of the room, with their role in the workspace; then come members
of the workspace with a role in the room; then people who are not in it. The room is private unless
it says otherwise. `deactivated` was a member; `nobody` has no account.
"""


def page() -> str:
    return HEAD + table("workspace") + MIDDLE + table("conversations")


def table(name: str) -> str:
    kinds = COLUMNS[name]
    lines = [["", *(kind.name for kind in kinds)], ["---", *(":-:" for _ in kinds)]]
    lines += [[f"`{row.name}`", *(cell(row.rule(kind)) for kind in kinds)] for row in TABLES[name]]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(outcome: str) -> str:
    return "✓" if outcome == YES else f"`{outcome}`"


def test_the_page_in_the_documents_is_of_this_table() -> None:
    if os.environ.get("TRIALOGUE_RECORD"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page()
