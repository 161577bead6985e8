"""The compose file in every combination of its profiles and variables, and the guide to it.

Read by rules of our own; where a real Compose is within reach, it must read the same.
"""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import make_url

from deploy.replay import dockerfile
from tests.conftest import reach
from tests.house import tree
from tests.house.test_settings import read_by_the_server
from tests.support import compose
from tests.support.compose import Service
from trialogue import server
from trialogue.settings import Settings
from trialogue.store import engines

FILE = tree.ROOT / "deploy" / "compose.yaml"
GUIDE = "docs/guide/deploy.md"
FIXED = {"HOST", "PORT", "TRIALOGUE_DATA_DIR"}  # by the image
POSTGRESQL = {"TRIALOGUE_POSTGRESQL_PASSWORD": "a1"}
MYSQL = {"TRIALOGUE_MYSQL_PASSWORD": "b2"}
# What is used of the Compose specification, with what `up` would say of a name that is not in it.
OF_SERVICES = {
    "build",
    "cap_drop",
    "depends_on",
    "entrypoint",
    "environment",
    "extra_hosts",
    "healthcheck",
    "image",
    "ports",
    "profiles",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "volumes",
}
OF_HEALTHCHECKS = {"test", "interval", "timeout", "retries", "start_period"}


def services(variables: Mapping[str, str] = {}, *profiles: str) -> dict[str, Service]:
    return compose.started(compose.load(FILE, variables), profiles)


def everything() -> dict[str, Service]:
    return services({**POSTGRESQL, **MYSQL}, "postgresql", "mysql")


def test_names_are_those_of_the_specification() -> None:
    document = compose.load(FILE, {})
    assert set(document) == {"name", "services", "volumes"}
    for name, service in document["services"].items():
        assert set(service) <= OF_SERVICES, name
        assert set(service.get("healthcheck", {})) <= OF_HEALTHCHECKS, name
        assert ("image" in service) != ("build" in service), name
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in document["volumes"], name
    used = {one.partition(":")[0] for each in everything().values() for one in each["volumes"]}
    assert used == set(document["volumes"])


def test_one_server_on_sqlite_needs_no_settings() -> None:
    started = services()
    assert set(started) == {"trialogue"}
    assert started["trialogue"]["environment"] == {"DATABASE_URL": ""}
    assert Settings.model_validate({"DATABASE_URL": ""}).database_url is None


def test_a_profile_starts_its_database_beside_the_server() -> None:
    assert set(services({}, "postgresql")) == {"trialogue", "postgresql"}
    assert set(services({}, "mysql")) == {"trialogue", "mysql"}


@pytest.mark.parametrize(
    ("variables", "name", "user", "password", "database"),
    [
        (POSTGRESQL, "postgresql", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"),
        (MYSQL, "mysql", "MARIADB_USER", "MARIADB_PASSWORD", "MARIADB_DATABASE"),
    ],
)
def test_the_password_leads_the_server_to_the_database(
    variables: Mapping[str, str], name: str, user: str, password: str, database: str
) -> None:
    started = services(variables, name)
    address = started["trialogue"]["environment"]["DATABASE_URL"]
    url, made = make_url(address), started[name]["environment"]
    assert engines.parse(address).get_backend_name() == name
    assert (url.host, url.username, url.password) == (name, made[user], made[password])
    assert url.database == made[database]
    assert url.password in variables.values()


def test_a_database_elsewhere_goes_before_passwords() -> None:
    address = "postgresql://user:password@host/name"
    for more in ({}, POSTGRESQL, MYSQL):
        started = services({**more, "DATABASE_URL": address})
        assert started["trialogue"]["environment"]["DATABASE_URL"] == address


def test_two_passwords_at_once_are_refused() -> None:
    address = services({**POSTGRESQL, **MYSQL})["trialogue"]["environment"]["DATABASE_URL"]
    assert address.count("://") == 2
    assert make_url(address).database not in ("trialogue", None)


@pytest.mark.parametrize("name", ["postgresql", "mysql"])
def test_a_profile_without_its_password_says_what_to_set(name: str, tmp_path: Path) -> None:
    entrance = tmp_path / "docker-entrypoint.sh"
    entrance.write_text('#!/bin/sh\necho "$@"\n')
    entrance.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"

    def run(**variables: str) -> "subprocess.CompletedProcess[str]":
        service = services(variables, name)[name]
        made = {**service["environment"], "PATH": path}
        return subprocess.run(
            service["entrypoint"], env=made, capture_output=True, text=True, check=False
        )

    without = run()
    assert without.returncode != 0
    wanted = f"TRIALOGUE_{name.upper()}_PASSWORD"
    assert f"set {wanted} in deploy/.env" in without.stderr
    assert run(**{wanted: "a1"}).stdout in ("postgres\n", "mariadbd\n")


def test_every_setting_reaches_the_server_and_no_other_name_does() -> None:
    named = read_by_the_server() - FIXED
    values = {name: f"value of {name}" for name in [*named, *FIXED]}
    assert services(values)["trialogue"]["environment"] == {
        name: value for name, value in values.items() if name in named
    }


def test_variables_of_compose_alone_are_explained_in_the_guide() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", FILE.read_text())) - {"NAME"}
    own = used - read_by_the_server()
    assert own == {"TRIALOGUE_PUBLISH", *POSTGRESQL, *MYSQL}
    assert [name for name in own if name not in tree.text(GUIDE)] == []


def test_only_the_server_is_published_and_to_this_host_alone() -> None:
    published = {name: one["ports"] for name, one in everything().items() if "ports" in one}
    assert published == {"trialogue": ["127.0.0.1:8000:8000"]}
    other = services({"TRIALOGUE_PUBLISH": "0.0.0.0:80"})
    assert other["trialogue"]["ports"] == ["0.0.0.0:80:8000"]


def test_the_server_waits_for_databases_that_are_healthy() -> None:
    started = everything()
    waits = started["trialogue"]["depends_on"]
    assert set(waits) == set(started) - {"trialogue"}
    for name, wait in waits.items():
        # Not required: with the profile off there is no such service.
        assert wait == {"condition": "service_healthy", "required": False}
        check = started[name]["healthcheck"]
        assert check["test"][0] == "CMD"
        times = [dockerfile.seconds(check[one]) for one in ("interval", "timeout", "start_period")]
        assert times == sorted(times)


def test_all_have_time_to_end_and_start_again() -> None:
    for service in everything().values():
        assert service["restart"] == "unless-stopped"
        assert dockerfile.seconds(service["stop_grace_period"]) >= 15 > server.GRACE + 2
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_server_has_what_the_image_needs_and_no_rights() -> None:
    service = services()["trialogue"]
    final = dockerfile.parse(tree.text("deploy/Dockerfile"))[-1]
    assert service["volumes"] == [f"data:{final.last('VOLUME').words[0]}"]
    assert service["ports"][0].endswith(f":{final.last('EXPOSE').text}")
    assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (
        True,
        ["/tmp"],
        ["ALL"],
    )
    made = (FILE.parent / service["build"]["context"] / service["build"]["dockerfile"]).resolve()
    assert made == tree.ROOT / "deploy" / "Dockerfile"


def test_databases_are_named_by_version() -> None:
    images = [one["image"] for one in everything().values() if "image" in one]
    assert len(images) == 2
    assert [image for image in images if not re.fullmatch(r"\w+:\d+\S*", image)] == []


def test_the_guide_adds_the_version_that_is_pinned() -> None:
    named = re.findall(r"pydantic-ai-slim\[anthropic\]==[\d.]+", tree.text("pyproject.toml"))
    assert len(named) == 1
    assert named[0] in tree.text(GUIDE)


def test_the_guide_names_services_and_volumes_that_there_are() -> None:
    text = tree.text(GUIDE)
    assert "alias dc='docker compose --file deploy/compose.yaml'" in text
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("dc ")]
    named = [
        next(word for word in shlex.split(line)[2:] if not word.startswith("-"))
        for line in lines
        if line.split()[1] in ("exec", "run", "start", "stop")
    ]
    assert len(named) >= 8
    assert set(named) <= set(everything())
    document = compose.load(FILE, {})
    volumes = {f"{document['name']}_{volume}" for volume in document["volumes"]}
    assert set(re.findall(r"`(trialogue_(?!default)\w+)`", text)) == volumes


@pytest.mark.parametrize(
    ("variables", "profiles"),
    [
        ({}, []),
        ({}, ["postgresql"]),
        (POSTGRESQL, ["postgresql"]),
        (MYSQL, ["mysql"]),
        ({**POSTGRESQL, **MYSQL, "OPENAI_API_KEY": "k"}, ["postgresql", "mysql"]),
        ({"DATABASE_URL": "postgresql://host/name", "TRIALOGUE_PUBLISH": "0.0.0.0:80"}, []),
    ],
)
def test_compose_itself_reads_the_same(
    variables: dict[str, str], profiles: list[str], request: pytest.FixtureRequest
) -> None:
    command = [*shlex.split(reach("compose", request)), "--file", str(FILE)]
    for profile in profiles:
        command += ["--profile", profile]
    given = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}
    ended = subprocess.run(
        [*command, "config", "--format", "json"],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "is not set" not in ended.stderr
    read = json.loads(ended.stdout)["services"]
    known = services(variables, *profiles)
    assert set(read) == set(known)
    for name, service in known.items():
        found = read[name].get("environment", {})
        set_up = {key: value for key, value in found.items() if value is not None}
        # `config` prints what Compose would read again: with `$` doubled.
        assert {key: value.replace("$$", "$") for key, value in set_up.items()} == service[
            "environment"
        ]
        entrance = [word.replace("$$", "$") for word in read[name].get("entrypoint") or []]
        assert entrance == service.get("entrypoint", [])
