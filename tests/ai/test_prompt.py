"""Turns reach every provider in the one form that all accept: user first and last, in turn."""

import itertools
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from trialogue.ai.prompt import CONTINUE, Image, Prompt, Turn

TURNS = st.lists(
    st.builds(
        Turn,
        role=st.sampled_from(["user", "assistant"]),
        text=st.text(min_size=1, max_size=8),
        name=st.none() | st.sampled_from(["Ana", "Bo"]),
    ),
    max_size=12,
)


@given(TURNS, st.text(max_size=5))
def test_exchanges_take_turns_and_end_with_the_user(turns: list[Turn], prefill: str) -> None:
    last = Turn("user", "the question")
    exchanges = Prompt("", (*turns, last), prefill=prefill).exchanges()
    roles = [turn.role for turn in exchanges]
    assert roles[0] == roles[-1] == "user"
    assert all(one != next_ for one, next_ in itertools.pairwise(roles))
    assert "the question" in " ".join(turn.text for turn in exchanges)


@given(TURNS)
def test_nothing_that_a_user_said_is_lost(turns: list[Turn]) -> None:
    exchanges = Prompt("", (*turns, Turn("user", "q"))).exchanges()
    told = [turn.text for turn in exchanges if turn.role == "user"]
    for turn in turns:
        assert turn.role != "user" or any(turn.said in text for text in told)


def test_each_speaker_is_named_where_names_are_given() -> None:
    turns = (Turn("user", "Hi", "Ana"), Turn("user", "Hello", "Bo"), Turn("assistant", "Yes", "X"))
    exchanges = Prompt("", (*turns, Turn("user", "Why?"))).exchanges()
    assert [turn.text for turn in exchanges] == ["Ana: Hi\n\nBo: Hello", "Yes", "Why?"]


def test_pictures_stay_with_what_they_belong_to() -> None:
    one, two = Image(b"1", "image/png"), Image(b"2", "image/png")
    turns = (Turn("user", "a", images=(one,)), Turn("user", "b", images=(two,)))
    assert Prompt("", turns).exchanges()[0].images == (one, two)


def test_a_continuation_is_asked_for_in_words() -> None:
    exchanges = Prompt("", (Turn("user", "Count."),), prefill="1, 2, ").exchanges()
    assert exchanges[1] == Turn("assistant", "1, 2, ")
    assert exchanges[2] == Turn("user", CONTINUE)


def test_who_does_not_see_is_told_what_there_was() -> None:
    named, bare = Image(b"1", "image/png", "roof.png"), Image(b"2", "image/png")
    turns = (Turn("user", "", images=(named,)), Turn("user", "b", "Bo", images=(bare,)))
    seen = Prompt("", (*turns, Turn("assistant", "c"))).blind()
    assert [turn.text for turn in seen.turns] == ["[image: roof.png]", "b\n[image]", "c"]
    assert not any(turn.images for turn in seen.turns)


def test_many_turns_of_one_voice_are_joined_at_once() -> None:
    started = process_time()
    (turn,) = Prompt("", (Turn("user", "x" * 2_000),) * 4_000).exchanges()
    assert len(turn.text) == 4_000 * 2_002 - 2
    assert process_time() - started < 3  # one after the other takes seconds
