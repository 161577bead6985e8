"""Whatever a provider says can be stored, and nothing else of it is changed."""

import pytest

from trialogue.ai.sound import Sound

HIGH, LOW = "\ud83e", "\udd1d"  # of the handshake


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        (["A lease 🤝", " 租约"], "A lease 🤝 租约"),
        (["A\0B", "\0"], "AB"),
        ([f"A {HIGH}{LOW}"], "A 🤝"),
        ([f"A {HIGH}", f"{LOW} B"], "A 🤝 B"),
        ([HIGH, "\0", LOW], "🤝"),
        ([f"A {HIGH} B", LOW, "C"], "A \ufffd B\ufffdC"),
        (["A", HIGH], "A"),
    ],
)
def test_what_comes_out_can_be_stored(pieces: list[str], whole: str) -> None:
    sound = Sound()
    text = "".join(sound.take(piece) for piece in pieces)
    assert text == whole
    assert text.encode().decode() == whole
