"""A clean root shows a command its own files, with the rights of its user, and none of the host's.

`script/replay` builds and runs the whole image in such roots; here they are tried alone.
"""

import sys
from pathlib import Path

import pytest

from deploy.replay import stand_ins
from deploy.replay.root import Process, Root, Unable, Volume
from tests.conftest import reach

USER = "10001:10001"


@pytest.fixture
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Root:
    interpreter = reach("clean-root", request)
    made = Root(tmp_path / "root", stand_ins.python(interpreter, tmp_path / "stand_ins").local)
    made.path("/data").mkdir()
    return made


def process(user: str = USER, **environment: str) -> Process:
    return Process({"PATH": stand_ins.SYSTEM_PATH, **environment}, "/data", user)


def test_a_command_sees_its_own_files_and_variables(root: Root, tmp_path: Path) -> None:
    root.path("/data/inside").write_text("here")
    script = f"cat inside; test ! -e {tmp_path}; test ! -e {sys.prefix}; env | sort"
    ended = root.run(["sh", "-ec", script], process(A="b c"))
    assert ended.stderr == ""
    shown = [line for line in ended.stdout.splitlines() if not line.startswith(("PWD=", "_="))]
    assert shown[0].startswith("here")
    assert {"A=b c", f"PATH={stand_ins.SYSTEM_PATH}"} == {shown[0].removeprefix("here"), *shown[1:]}


def test_it_runs_python_as_its_user_and_as_process_one(root: Root) -> None:
    script = "import os, ssl, sqlite3, sys; print(os.getpid(), os.getuid(), os.getgroups())"
    ended = root.run(["python", "-c", f"{script}; print(sys.prefix)"], process())
    assert ended.stdout.splitlines() == ["1 10001 []", "/usr/local"], ended.stderr


def test_with_a_volume_nothing_else_can_be_written(root: Root, tmp_path: Path) -> None:
    volume = Volume(tmp_path / "volume", "/data")
    volume.folder.mkdir(mode=0o777)
    volume.folder.chmod(0o777)
    script = "echo a >/data/kept; echo b >/tmp/passing; ! echo c >/var/tmp/c; ! echo d >/usr/d"
    ended = root.run(["sh", "-ec", script], process(), volume)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("Read-only file system") == 2
    assert (volume.folder / "kept").read_text() == "a\n"
    assert not root.path("/tmp/passing").exists()


def test_the_host_is_out_of_reach(root: Root) -> None:
    root.path("/data/way").symlink_to("/etc")
    for inside in ("/../../etc/passwd", "/usr/local/bin", "/data/way/passwd"):
        with pytest.raises(Unable):
            root.path(inside)
    assert root.run(["touch", "/usr/x"], process("0:0")).returncode != 0
