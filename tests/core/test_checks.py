"""Arguments of Python callers: what is fit, in its kept form; what is not, with its name."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from trialogue import MessageStatus
from trialogue.core import checks
from trialogue.core.errors import ChatError

ID = "01a1fca0-6d4a-7ec3-8b4f-dc7d00000000"


def test_an_id_is_kept_in_one_form() -> None:
    assert checks.identifier(ID.upper(), "x") == ID
    assert checks.identifier(UUID(ID), "x") == ID


@pytest.mark.parametrize("wrong", ["", "x", "\0", 5, None, b"x", "x" * 10_000])
def test_what_is_no_id_is_named(wrong: object) -> None:
    with pytest.raises(ChatError, match="user_id must be an id") as refused:
        checks.identifier(wrong, "user_id")
    assert (refused.value.code, refused.value.field) == ("invalid", "user_id")
    assert len(refused.value.detail) < 150


@pytest.mark.parametrize("wrong", ["a\0b", "\ud800", 7, None, b"bytes"])
def test_text_that_no_database_keeps_is_refused(wrong: object) -> None:
    for check in (checks.text, checks.name, checks.client_id):
        with pytest.raises(ChatError):
            check(wrong, "content")


def test_names_are_trimmed_and_one_line() -> None:
    assert checks.name("  Ada ", "name") == "Ada"
    for wrong in ("", " ", "a\nb", "x" * 81):
        with pytest.raises(ChatError, match="name"):
            checks.name(wrong, "name")
    with pytest.raises(ChatError, match="at most 3"):
        checks.long_text("four", "name", 3)


def test_a_choice_is_a_word_or_an_enum() -> None:
    options = ("sent", "read")
    assert checks.choice(MessageStatus.READ, options, "status") == "read"
    assert checks.choice("READ", options, "status") == "read"
    for wrong in ("seen", None, 1, ["read"]):
        with pytest.raises(ChatError, match="one of sent, read"):
            checks.choice(wrong, options, "status")


def test_a_count_is_a_whole_number_from_0_on() -> None:
    assert checks.count(0, "limit") == 0
    for wrong in (-1, 1.5, "5", True, None, 2**63):
        with pytest.raises(ChatError, match="limit must be a whole number"):
            checks.count(wrong, "limit")


def test_a_moment_is_a_datetime_or_text() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert checks.moment(noon.astimezone(timezone(timedelta(hours=8))), "at") == noon
    assert checks.moment("2026-01-01T12:00:00Z", "at") == noon
    assert checks.moment("2026-01-01T20:00:00+08:00", "at") == noon
    local = datetime(2026, 1, 1, 12)  # without a zone it is local time
    assert checks.moment(local, "at") == local.astimezone(UTC)
    for wrong in ("yesterday", "2026-01-01T12:00:00", 5, None):
        with pytest.raises(ChatError, match="at"):
            checks.moment(wrong, "at")
