"""The commands as an operator runs them: exit codes, and texts that say what to do."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.server import PATIENCE, ROOT, environment
from tests.support.world import World
from trialogue.store.database import Database

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMANDS = ("serve", "migrate", "create-admin", "reset-password", "purge", "doctor", "openapi")
BUILT = (ROOT / "web" / "dist" / "index.html").is_file()
WRONG = {
    "PORT": "abc",
    "DATABASE_URL": "oracle://x",
    "TRIALOGUE_SECRET_KEY": "short",
    "TRIALOGUE_LOG_FORMAT": "loud",
    "TRIALOGUE_REGISTRATION": "maybe",
    "TRIALOGUE_JWKS_URL": "file:///etc/passwd",
    "TRIALOGUE_STORAGE": "ftp://files.example.org",
    "TRIALOGUE_UPLOAD_TYPES": "png, jpeg",
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command to its end, in a folder and with a data directory of the test's own."""

    def run(*arguments: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        settings = {"TRIALOGUE_DATA_DIR": str(tmp_path / "data"), **settings}
        return subprocess.run(
            [sys.executable, "-m", "trialogue.cli", *arguments],
            cwd=tmp_path,
            env=environment(NO_COLOR="1", TERM="dumb", COLUMNS="200", **settings),
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which a command failed."""
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_each_command_explains_itself(run: Run) -> None:
    overview = run("--help")
    assert overview.returncode == 0
    for command in COMMANDS:
        assert command in overview.stdout
        done = run(command, "--help")
        assert done.returncode == 0, done.stderr
        assert f"trialogue.cli {command}" in done.stdout
    shown = run("serve", "--help").stdout
    assert "--host" in shown
    assert "--port" in shown


def test_what_is_no_command_is_refused(run: Run) -> None:
    for wrong in (["dance"], ["serve", "--port", "abc"], ["create-admin"], ["migrate", "x"]):
        done = run(*wrong)
        assert done.returncode == 2
        assert "Usage" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_in_one_line(run: Run, name: str) -> None:
    for command in (["serve", "--port", "0"], ["doctor"]):
        line = complaint(run(*command, **{name: WRONG[name]}))
        assert name in line


def test_a_data_directory_that_cannot_be_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = str(tmp_path / "file" / "data")
    for command in (["serve", "--port", "0"], ["migrate"], ["create-admin", "ada"]):
        line = complaint(run(*command, given="correct horse\n", TRIALOGUE_DATA_DIR=folder))
        assert folder in line
        assert "Not a directory" in line
    done = run("doctor", TRIALOGUE_DATA_DIR=folder)
    assert done.returncode == 1
    assert done.stderr == ""
    failed = [line for line in done.stdout.splitlines() if line.startswith("failed")]
    for check in ("Data directory", "Secret key", "Database", "Tables"):
        assert any(check in line for line in failed), done.stdout


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_database_out_of_reach_is_told_in_one_line(run: Run, kind: str) -> None:
    address = f"{kind}://ada:hidden-word@127.0.0.1:1/chat"
    for command in (["migrate"], ["create-admin", "ada"]):
        done = run(*command, given="correct horse\n", DATABASE_URL=address)
        assert "127.0.0.1" in complaint(done)
        assert "hidden-word" not in done.stderr
    done = run("doctor", DATABASE_URL=address)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "can't be reached" in done.stdout
    assert "hidden-word" not in done.stdout


@pytest.mark.on_mariadb
def test_migrating_twice_is_migrating_once(run: Run, blank_database_url: str) -> None:
    first = run("migrate", DATABASE_URL=blank_database_url)
    assert first.returncode == 0, first.stderr
    assert "The tables are at revision" in first.stdout
    again = run("migrate", DATABASE_URL=blank_database_url)
    assert (again.returncode, again.stdout) == (0, first.stdout)


@pytest.mark.on_mariadb
def test_admins_are_made_from_the_command_line(run: Run, blank_database_url: str) -> None:
    def make(name: str, password: str = "correct horse") -> subprocess.CompletedProcess[str]:
        done = run("create-admin", name, given=f"{password}\n", DATABASE_URL=blank_database_url)
        assert password not in done.stdout + done.stderr
        return done

    first, second = make("ada"), make("Grüße.小明")
    assert (first.returncode, first.stdout) == (0, "ada is owner now.\n"), first.stderr
    assert (second.returncode, second.stdout) == (0, "Grüße.小明 is admin now.\n"), second.stderr
    assert "taken" in complaint(make("ADA"))
    assert complaint(make("bob", "2short!")).startswith("password: ")
    assert "username" in complaint(make("b@b"))
    assert make("bob").stdout == "bob is admin now.\n"


def test_a_password_is_reset_from_the_command_line(run: Run, blank_database_url: str) -> None:
    place = {"DATABASE_URL": blank_database_url}
    assert run("create-admin", "ada", given="correct horse\n", **place).returncode == 0
    link = run("reset-password", "ADA", "--url", "https://chat.example/", **place)
    assert link.returncode == 0, link.stderr
    assert link.stdout.startswith("https://chat.example/reset?token=trs_")
    assert len(link.stdout.splitlines()) == 1  # what is printed can be piped
    assert run("reset-password", "ada", **place).stdout.startswith("http://127.0.0.1:8000/reset?")
    done = run("reset-password", "ada", "--password", given="battery staple\n", **place)
    assert done.stdout == "ada has a new password; all logins have ended.\n", done.stderr
    short = run("reset-password", "ada", "--password", given="2short!\n", **place)
    assert complaint(short).startswith("password: ")
    assert "no account bob" in complaint(run("reset-password", "bob", **place))


def test_a_secret_for_others_tokens_must_not_be_that_of_our_own(run: Run) -> None:
    secret = "x" * 40
    same = {"TRIALOGUE_SECRET_KEY": secret, "TRIALOGUE_JWT_SECRET": secret}
    assert "TRIALOGUE_JWT_SECRET" in complaint(run("doctor", **same))


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(
    run: Run, blank_database_url: str
) -> None:
    sick = run("doctor", DATABASE_URL=blank_database_url)
    assert sick.returncode == 1
    tables = next(line for line in sick.stdout.splitlines() if "Tables" in line)
    assert tables.startswith("failed")
    assert tables.endswith("run: trialogue migrate")
    assert run("migrate", DATABASE_URL=blank_database_url).returncode == 0
    well = run("doctor", DATABASE_URL=blank_database_url)
    failed = [line for line in well.stdout.splitlines() if not line.startswith("ok")]
    assert [line.split(":")[0] for line in failed] == ([] if BUILT else ["failed  Web client"])
    assert well.returncode == (0 if BUILT else 1)


def test_the_doctor_says_when_files_cannot_be_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "files").write_text("a file where the folder should be")
    told = next(line for line in run("doctor").stdout.splitlines() if "File storage" in line)
    assert told.startswith("failed")


def test_the_secret_key_is_its_owners_alone(run: Run, tmp_path: Path) -> None:
    run("doctor")
    file = tmp_path / "data" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_text()
    assert len(key.strip()) >= 32
    assert key.strip() not in run("doctor").stdout
    assert file.read_text() == key
    file.chmod(0o644)
    done = run("doctor")
    assert done.returncode == 1
    assert f"run: chmod 600 {file}" in done.stdout


def test_the_openapi_document_is_the_same_everywhere(run: Run, tmp_path: Path) -> None:
    plain = run("openapi")
    assert plain.returncode == 0, plain.stderr
    document = json.loads(plain.stdout)
    schemas = document["components"]["schemas"]
    assert {"SocketCommand", "SocketEvent"} <= schemas.keys()
    assert "/api/v1/auth/register" in document["paths"]
    elsewhere = {**WRONG, "TRIALOGUE_MESSAGE_LENGTH": "5", "TRIALOGUE_REGISTRATION": "invite"}
    assert run("openapi", **elsewhere).stdout == plain.stdout
    assert not (tmp_path / "data").exists(), "it leaves nothing behind"


def test_old_messages_are_counted_and_then_removed(run: Run, database_url: str) -> None:
    database = Database(database_url)
    world = World(database)
    ada = world.person("ada")
    world.at = database.now() - timedelta(days=9)
    room = world.room(ada)
    last = world.post(ada, room, "long ago").seq
    database.dispose()
    place = {"DATABASE_URL": database_url}
    kept = run("purge", **place)
    assert (kept.returncode, kept.stdout) == (0, "0 messages are removed.\n")
    counted = run("purge", "--older-than", "5", "--dry-run", **place)
    assert counted.stdout == f"{last} messages are too old.\n"
    one = run("purge", "--conversation", room, TRIALOGUE_RETENTION_DAYS="30", **place)
    assert one.stdout == "0 messages are removed.\n"
    done = run("purge", TRIALOGUE_RETENTION_DAYS="5", **place)
    assert done.stdout == f"{last} messages are removed.\n"
    unknown = run("purge", "--conversation", ada.user_id, "--older-than", "1", **place)
    assert complaint(unknown) == "There is no such conversation."
