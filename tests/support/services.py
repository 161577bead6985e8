"""Finds what the tests can use on this machine: databases, Redis and a browser.

Each finder returns an address, or raises `Missing` with the reason. What is missing is skipped,
and named in the closing summary; what `TRIALOGUE_TEST_REQUIRE` names (`postgresql,mariadb`)
fails instead.
"""

import getpass
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import psycopg
import pymysql
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import make_url

from deploy.replay import root


class Missing(Exception):
    """A service is not within reach; the text says what was tried."""


def required() -> set[str]:
    """The services without which a run must fail."""
    names = os.environ.get("TRIALOGUE_TEST_REQUIRE", "").split(",")
    return {name.strip() for name in names} - {""}


def find(service: str) -> str:
    """The address of `postgresql` or `mariadb` (a URL whose role may create databases), of `redis`
    (a URL), of `postgresql-server`, `mariadb-server`, `redis-server` and `chromium` (paths), of
    `compose` (a command), of `small-disk` (the program that mounts one), or of `clean-root` (the
    interpreter that is used in it).

    Raises `Missing` where there is none, with the reason.
    """
    return FINDERS[service]()


@cache
def postgresql() -> str:
    """`TRIALOGUE_TEST_POSTGRESQL_URL`, else the usual local address as oneself or `postgres`."""
    named = os.environ.get("TRIALOGUE_TEST_POSTGRESQL_URL")
    usual = [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in _local_users("postgres")]
    reasons = []
    for url in [named] if named else usual:
        try:
            psycopg.connect(url, connect_timeout=15).close()
        except psycopg.OperationalError as error:
            reasons.append(str(error).splitlines()[0])
        else:
            return url
    raise Missing(reasons[0])


def _local_users(usual: str) -> list[str]:
    return list(dict.fromkeys([getpass.getuser(), usual]))


@cache
def mariadb() -> str:
    """`TRIALOGUE_TEST_MARIADB_URL`, else the usual local address as oneself or `root`. Not the
    socket: there, MariaDB takes the system's users at their word, but Trialogue uses TCP.
    """
    named = os.environ.get("TRIALOGUE_TEST_MARIADB_URL")
    usual = [f"mysql://{user}@127.0.0.1:3306/mysql" for user in _local_users("root")]
    reasons = []
    for url in [named] if named else usual:
        try:
            connect_mariadb(url, connect_timeout=15).close()
        except pymysql.MySQLError as error:
            reasons.append(str(error.args[-1]))
        else:
            return url
    raise Missing(reasons[0])


def connect_mariadb(url: str, **options: object) -> pymysql.Connection:
    """A connection to the server of a URL, and to its database if it names one."""
    parts = make_url(url)
    return pymysql.connect(
        host=parts.host or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.database,
        charset="utf8mb4",
        autocommit=True,
        **options,
    )


@cache
def redis() -> str:
    """`TRIALOGUE_TEST_REDIS_URL`, else the usual local address. Nothing is stored there, and each
    database has channels of its own, so that tests never meet."""
    url = os.environ.get("TRIALOGUE_TEST_REDIS_URL") or "redis://127.0.0.1:6379"
    try:
        with Redis.from_url(url, socket_timeout=15, retry=Retry(NoBackoff(), 0)) as client:
            client.ping()
    except RedisError as error:
        raise Missing(str(error)) from None
    return url


@cache
def redis_server() -> str:
    """The program, for tests that kill their Redis."""
    path = shutil.which("redis-server")
    if path is None:
        raise Missing("no program `redis-server` on PATH")
    return path


@cache
def postgresql_server() -> str:
    """The folder of PostgreSQL's programs, for tests that kill their database; Debian keeps them
    off the PATH."""
    named = shutil.which("initdb")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise Missing("no program `initdb` on PATH or in /usr/lib/postgresql")
    return str(found[-1].parent)


@cache
def mariadb_server() -> str:
    """The program, for tests that kill their database."""
    path = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None or shutil.which("mariadb-install-db") is None:
        raise Missing("no programs `mariadbd` and `mariadb-install-db` on PATH")
    return path


@cache
def chromium() -> str:
    """`CHROMIUM`, else the `chromium` of the system."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None or not os.access(path, os.X_OK):
        raise Missing("no program `chromium` on PATH, and CHROMIUM names none")
    return path


@cache
def compose() -> str:
    """Compose, as part of Docker's client or as a program of its own; it needs no Docker engine
    to read a file."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is None:
            continue
        asked = subprocess.run(
            [*command, "version", "--short"], capture_output=True, text=True, check=False
        )
        numbers = re.match(r"v?(\d+)\.(\d+)", asked.stdout)
        if asked.returncode == 0 and numbers and (int(numbers[1]), int(numbers[2])) >= (2, 20):
            return " ".join(command)
    raise Missing("neither `docker compose` nor `docker-compose` of version 2.20 or newer")


@cache
def clean_root() -> str:
    """This interpreter, where the programs of `deploy/replay` can make a root for it (Linux, as
    root)."""
    try:
        root.examine()
    except root.Unable as reason:
        raise Missing(str(reason)) from None
    return sys.executable


@cache
def small_disk() -> str:
    """The program that mounts a disk in memory, where that is allowed (Linux, as root)."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None:
        raise Missing("neither mount nor umount is on PATH")
    with tempfile.TemporaryDirectory() as folder:
        command = [mount, "-t", "tmpfs", "-o", "size=1M", "tmpfs", folder]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Missing(f"no disk can be mounted: {made.stderr.strip()}")
        subprocess.run([unmount, "--lazy", folder], check=True)
    return mount


FINDERS = {
    "postgresql": postgresql,
    "mariadb": mariadb,
    "redis": redis,
    "postgresql-server": postgresql_server,
    "mariadb-server": mariadb_server,
    "redis-server": redis_server,
    "chromium": chromium,
    "compose": compose,
    "small-disk": small_disk,
    "clean-root": clean_root,
}
