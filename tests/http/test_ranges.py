"""Which part of a file is asked for (RFC 9110, section 14)."""

import pytest

from trialogue.http.ranges import Part, Unsatisfiable, chosen, is_known

WHOLE = Part(0, 100, partial=False)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", Part(0, 10, partial=True)),
        ("bytes=90-", Part(90, 100, partial=True)),
        ("bytes=-10", Part(90, 100, partial=True)),
        ("bytes=-1000", Part(0, 100, partial=True)),
        ("bytes=99-2000", Part(99, 100, partial=True)),
        ("bytes=0-" + "9" * 4_000, Part(0, 100, partial=True)),
        ("bytes=9-0", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=0-1,5-6", WHOLE),
        ("lines=0-1", WHOLE),
        ("bytes=a-b", WHOLE),
        ("", WHOLE),
    ],
)
def test_a_part_is_chosen_or_all_of_it(asked: str, part: Part) -> None:
    assert chosen({"range": asked}, 100, '"tag"') == part


@pytest.mark.parametrize(
    ("asked", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=-1", 0)]
)
def test_what_is_not_there_is_refused(asked: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        chosen({"range": asked}, size, '"tag"')


def test_a_part_of_an_older_file_is_not_mixed_with_this_one() -> None:
    asked = {"range": "bytes=0-9", "if-range": '"tag"'}
    assert chosen(asked, 100, '"tag"').partial
    assert chosen(asked, 100, '"other"') == WHOLE


def test_who_has_it_already_is_told_so() -> None:
    assert is_known({"if-none-match": 'W/"a", "tag"'}, '"tag"')
    assert is_known({"if-none-match": "*"}, '"tag"')
    assert not is_known({"if-none-match": '"other"'}, '"tag"')
    assert not is_known({}, '"tag"')
