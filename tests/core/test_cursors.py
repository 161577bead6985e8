"""Cursors come back as they were given, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.core.cursors import Cursor
from trialogue.core.errors import ChatError

KEYS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1)


@given(st.lists(KEYS, min_size=1, max_size=3))
def test_a_cursor_gives_back_its_keys(keys: list[str]) -> None:
    assert Cursor.decode(Cursor.encode(*keys), len(keys)) == keys


@given(st.text())
def test_no_other_text_is_taken_for_a_cursor(text: str) -> None:
    with pytest.raises(ChatError) as refused:
        Cursor.decode(text, 1)
    assert (refused.value.code, refused.value.field) == ("invalid", "cursor")


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(ChatError):
        Cursor.decode(Cursor.encode("a", "b"), 1)
