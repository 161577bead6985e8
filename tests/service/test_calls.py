"""How calls fail: every error is a ValueError or a RuntimeError of ours, in plain words."""

import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from trialogue import ForbiddenError, StorageError, UnavailableError
from trialogue.core import wire
from trialogue.core.errors import ChatError
from trialogue.service.calls import every, spoken

FAILED = sqlite3.OperationalError("unable to open database file")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (PoolTimeout("QueuePool limit"), UnavailableError, "No connection"),
        (OperationalError("x", None, FAILED), UnavailableError, "unable to open"),
        (IntegrityError("x", None, Exception("a key")), StorageError, "a key"),
        (InvalidRequestError("closed"), StorageError, "closed"),
        (ModuleNotFoundError("no", name="psycopg"), StorageError, r"trialogue\[postgresql\]"),
        (ModuleNotFoundError("no", name="pymysql"), StorageError, r"trialogue\[mysql\]"),
    ],
)
def test_a_database_that_fails_is_a_runtime_error(
    error: Exception, kind: type[Exception], words: str
) -> None:
    with pytest.raises(RuntimeError, match=words) as told, spoken():
        raise error
    assert type(told.value) is kind
    assert told.value.__cause__ is error


def test_what_a_rule_refuses_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="No") as told, spoken():
        raise ChatError("edit_window_over", "No.")
    assert (type(told.value), told.value.code) == (ForbiddenError, "edit_window_over")


def test_other_errors_are_left_as_they_are() -> None:
    for error in (ZeroDivisionError(), ModuleNotFoundError("no", name="other")):
        with pytest.raises(type(error)) as told, spoken():
            raise error
        assert told.value is error


def test_every_page_of_a_list_is_read() -> None:
    pages = {None: wire.Page([1, 2], "a"), "a": wire.Page([3], "b"), "b": wire.Page([4], None)}
    assert every(lambda cursor: pages[cursor]) == [1, 2, 3, 4]
