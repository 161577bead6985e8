"""Ids sort by their making and never repeat; LIKE finds what is meant literally."""

from itertools import pairwise
from uuid import UUID

from trialogue.core.sql import escape_like, new_id


def test_ids_are_uuids_of_version_7_and_do_not_repeat() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert {UUID(one).version for one in ids} == {7}
    assert {UUID(one).variant for one in ids} == {"specified in RFC 4122"}


def test_ids_sort_by_their_making() -> None:
    ids = [new_id() for _ in range(1_000)]
    stamps = [one[:18] for one in ids]
    assert all(earlier <= later for earlier, later in pairwise(stamps))


def test_like_is_escaped() -> None:
    assert escape_like(r"50%_\ ") == r"50\%\_\\ "
