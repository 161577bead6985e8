"""What a model repeats when it continues is left out; all else is kept."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.ai.seam import Seam

BEFORE = "The harbour lies in the east of the town, and the old lighthouse"


def joined(before: str, pieces: list[str]) -> str:
    seam = Seam(before)
    return "".join(map(seam.take, pieces)) + seam.rest()


@given(st.integers(12, len(BEFORE)), st.integers(1, 9))
def test_a_repeated_end_is_said_once(length: int, step: int) -> None:
    answer = BEFORE[-length:] + " stands above it."
    pieces = [answer[at : at + step] for at in range(0, len(answer), step)]
    assert joined(BEFORE, pieces) == " stands above it."


@given(st.lists(st.text(max_size=6), max_size=8))
def test_a_text_that_repeats_nothing_is_kept_whole(pieces: list[str]) -> None:
    assert joined("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 3, [p.lower() for p in pieces]) == "".join(
        p.lower() for p in pieces
    )


@given(st.lists(st.text(max_size=6), max_size=8))
def test_without_a_text_before_every_piece_passes_at_once(pieces: list[str]) -> None:
    seam = Seam("")
    assert [seam.take(piece) for piece in pieces] == pieces


def test_what_is_alike_by_chance_is_kept() -> None:
    assert joined("So it was, and so it", [" was, and", " more."]) == " was, and more."


def test_a_row_of_dashes_may_go_on() -> None:
    assert joined("| a | b |\n|--------------", ["--------------", "|"]) == "--------------|"


def test_an_answer_that_begins_anew_is_said_once() -> None:
    assert joined(BEFORE, [BEFORE, " stands."]) == " stands."


def test_chinese_is_joined_too() -> None:
    before = "今天的会议讨论了三个问题,第一个是预算,第二个是人员安排"
    assert joined(before, ["第一个是预算,", "第二个是人员安排", ",第三个是时间。"]) == (
        ",第三个是时间。"
    )


@pytest.mark.parametrize("text", ["The harbour", "The"])
def test_what_was_held_back_is_given_at_the_end(text: str) -> None:
    assert joined(BEFORE, [text]) == text


def test_a_long_row_of_dashes_keeps_nobody_waiting() -> None:
    started = process_time()
    row = "-" * 20_000
    assert joined("| a |\n" + row, [row, "|"]) == row + "|"
    assert process_time() - started < 5  # to count the letters of each end takes 10 s
