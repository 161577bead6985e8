"""The library is light: it loads neither a server nor what only the server needs, and works with
what a plain `pip install trialogue` brings."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import trialogue
from tests.support.pictures import picture

ROOT = Path(__file__).parents[2]
SERVER = ["argon2", "fastapi", "jwt", "orjson", "psycopg", "pydantic_ai", "pydantic_settings"]
SERVER += ["pymysql", "redis", "starlette", "structlog", "typer", "uvicorn", "websockets"]
HEAVY = ["PIL", "filetype", "obstore"]  # loaded when a file is first stored
BARRED = """
import importlib.abc, sys
class Bar(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BARRED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Bar())
"""
LIFE = """
from trialogue import ChatService, ChatUser, init_chats_db
init_chats_db(URL)
service = ChatService(URL)
ada = service.create_user("ada", "Ada", email="ada@example.org")
service.update_user(ada.id, locale="en", time_zone="Europe/London")
room = service.create_conversation("Room", created_by=ada.id)
message = service.send_message(room.id, ada.id, "Hello @ada")
service.add_reaction(message.id, ada.id, "👍")
service.edit_message(message.id, "Hello")
saved = service.save_attachment(message.id, "two.png", PICTURE, "image/png")
assert saved.thumbnail_url and service.read_attachment(saved.id) == PICTURE
with service.transaction() as session:
    ChatUser.create(session, "bob", "Bob")
service.delete_user(ada.id)
print(len(service.get_conversation_messages(room.id)))
"""


def run(program: str) -> str:
    """What a program of its own process prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=120
    ).stdout.strip()


def test_importing_the_package_loads_nothing_else() -> None:
    program = "import sys, trialogue; print([m for m in sys.modules if m.startswith('sqlalchemy')])"
    assert run(program) == "[]"


def test_the_service_is_imported_without_the_server() -> None:
    loaded = "import sys, trialogue.service; print([m for m in NAMES if m in sys.modules])"
    assert run(loaded.replace("NAMES", repr(SERVER + HEAVY))) == "[]"


def needed(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """The names of the distributions that one needs, itself among them."""
    found = {name}
    for line in metadata.requires(name) or []:
        if "extra ==" not in line:
            other = re.split(r"[^\w.-]", line)[0].lower().replace("_", "-")
            try:
                found |= needed(other) if other not in found else set()
            except metadata.PackageNotFoundError:
                continue  # of another platform or Python
    return found


def test_the_library_works_with_its_declared_dependencies_alone(tmp_path: Path) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[^\w.-]", line)[0].lower() for line in declared}
    there = set().union(*(needed(name) for name in names))
    modules = metadata.packages_distributions()
    barred = {
        module
        for module, owners in modules.items()
        if module != "trialogue"
        and not {owner.lower().replace("_", "-") for owner in owners} & there
    }
    assert {"fastapi", "jwt", "structlog"} <= barred
    url = f"sqlite:///{tmp_path / 'chat.db'}"
    program = BARRED.replace("BARRED", repr(barred)) + LIFE.replace("URL", repr(url))
    program = program.replace("PICTURE", repr(picture(size=(4, 2))))
    # A joining, leaving or renaming leaves a notice; Ada has left the room.
    assert run(program) == "2"


@pytest.mark.parametrize("name", trialogue.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(trialogue, name) is not None
    assert name in dir(trialogue)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="Chat"):
        trialogue.Chat  # noqa: B018
