"""The stage of the tests that drive whole servers. Tests here may be coroutines."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from tests.support.assisted import assisted, assisted_pool
from tests.support.serving import (
    lone_server,
    make_nodes,
    make_server,
    pool,
    pytest_runtest_makereport,
    server,
)

__all__ = [
    "assisted",
    "assisted_pool",
    "lone_server",
    "make_nodes",
    "make_server",
    "pool",
    "pytest_runtest_makereport",
    "server",
]

LONGEST = 600  # seconds; a test that hangs must not hang all


@pytest.fixture(scope="module")
def unmeasured() -> Iterator[None]:
    """Processes that this module starts count no lines: it would cost two thirds of their time, and
    other tests run the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
            patch.delenv(name, raising=False)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine on an event loop of its own."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    given = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(test(**given), LONGEST))
    return True
