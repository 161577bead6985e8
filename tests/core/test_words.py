"""Words for search: how text and queries are cut."""

import re
import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.core import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, WORLD! snake_case", ["hello", "world", "snake", "case"]),
        ("你好吗", ["你好", "好吗", "吗"]),
        ("用GPT5写代码", ["用", "gpt5", "写代", "代码", "码"]),
        ("カタカナ", ["カタ", "タカ", "カナ", "ナ"]),
        ("한국어 말", ["한국", "국어", "어", "말"]),
        ("Ｆｕｌｌ ﾊﾝ", ["full", "ハン", "ン"]),
        ("STRASSE Straße", ["strasse"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("! … 🎉", []),
        ("a" * 40, ["a" * words.LONGEST]),
    ],
)
def test_a_text_is_cut_into_words_and_pairs(text: str, expected: list[str]) -> None:
    assert words.cut(text) == expected


def test_however_long_a_text_the_number_of_words_is_bounded() -> None:
    text = "".join(chr(0x4E00 + number % 9_000) + chr(0x5000 + number) for number in range(25_000))
    assert len(words.cut(text)) == words.MOST
    assert len(words.ask(text).words) <= words.MOST_ASKED


@given(st.text())
def test_whoever_asks_for_a_whole_text_finds_it(text: str) -> None:
    asked = words.ask(re.sub('["“”„«»「」『』]', " ", text))
    kept = words.cut(text)
    for word in asked.words:
        found = [word in kept, word in asked.prefixes and any(k.startswith(word) for k in kept)]
        assert any(found), (word, kept)
    assert asked.fits(text)


def test_words_are_letters_and_digits_so_that_none_is_an_operator() -> None:
    asked = words.ask("""NOT (a OR b*) -c "d" 'e & f' +g ~h <i> @j ^k : \\l""")
    assert all(word.isalnum() for word in asked.words)


def test_the_last_word_may_go_on_unless_it_is_short_or_quoted() -> None:
    assert words.ask("the meet").prefixes == {"meet"}
    assert words.ask("the me").prefixes == frozenset()
    assert words.ask('the "meet"').prefixes == frozenset()
    assert words.ask("the meet.").prefixes == frozenset()
    assert words.ask("好").prefixes == {"好"}


def test_a_phrase_must_stand_there_as_it_is() -> None:
    asked = words.ask('"Green  Tea" cup')
    assert set(asked.words) == {"green", "tea", "cup"}
    assert asked.fits("a cup of GREEN\ntea")
    assert not asked.fits("green cup, black tea")
    assert not words.ask("你好吗").fits("好吗？你好")


@given(st.lists(st.text(alphabet="ab你好é𠀀_", min_size=1), unique=True))
def test_coded_words_are_plain_and_different(plain: list[str]) -> None:
    coded = words.coded(plain)
    assert len(set(coded)) == len(plain)
    assert all(re.fullmatch("[a-z0-9_]{3,}", word) for word in coded)


def test_the_code_of_a_beginning_is_the_beginning_of_the_code() -> None:
    whole, part = words.coded(["naïve你", "naï"])
    assert whole.startswith(part)
    assert max(map(len, words.coded(words.cut("é" * 99)))) <= 84


def test_marks_without_end_are_folded_at_once() -> None:
    started = process_time()
    assert len(words.fold("a" + "\u0301\u0316" * 50_000)) <= 1 + words.HEAP
    assert process_time() - started < 5  # to sort them takes 10 s


@pytest.mark.parametrize("text", ["e" + "\u0301\u0316" * 15, "-" * 500, "⸺" * 99, "สวัสดีครับ" * 9])
def test_what_somebody_writes_is_folded_whole(text: str) -> None:
    assert words.fold(text) == unicodedata.normalize("NFKC", text).casefold()
