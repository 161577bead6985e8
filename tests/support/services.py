"""Finds what the tests can use on this machine: databases and a browser.

Each finder returns an address, or raises `Missing` with the reason. What is missing is skipped,
and named in the closing summary; what `TRIALOGUE_TEST_REQUIRE` names (`postgresql,chromium`)
fails instead.
"""

import getpass
import os
import shutil
from functools import cache

import psycopg


class Missing(Exception):
    """A service is not within reach; the text says what was tried."""


def required() -> set[str]:
    """The services without which a run must fail."""
    names = os.environ.get("TRIALOGUE_TEST_REQUIRE", "").split(",")
    return {name.strip() for name in names} - {""}


def find(service: str) -> str:
    """The address of `postgresql` (a URL whose role may create databases) or `chromium` (a path).

    Raises `Missing` where there is none, with the reason.
    """
    return FINDERS[service]()


@cache
def postgresql() -> str:
    """`TRIALOGUE_TEST_POSTGRESQL_URL`, else the usual local address as oneself or `postgres`."""
    named = os.environ.get("TRIALOGUE_TEST_POSTGRESQL_URL")
    usual = [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in _local_roles()]
    reasons = []
    for url in [named] if named else usual:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            reasons.append(str(error).splitlines()[0])
        else:
            return url
    raise Missing(reasons[0])


def _local_roles() -> list[str]:
    return list(dict.fromkeys([getpass.getuser(), "postgres"]))


@cache
def chromium() -> str:
    """`CHROMIUM`, else the `chromium` of the system."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None or not os.access(path, os.X_OK):
        raise Missing("no program `chromium` on PATH, and CHROMIUM names none")
    return path


FINDERS = {"postgresql": postgresql, "chromium": chromium}
