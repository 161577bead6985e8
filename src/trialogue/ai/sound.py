"""Makes a provider's text such as every database keeps: no NUL, no half of a character. Pure.

JSON may hold both. A character beyond the first 65,536 is a pair in it, which may come in halves.
"""


class Sound:
    """The text of one answer, piece by piece."""

    def __init__(self) -> None:
        self._half = ""

    def take(self, text: str) -> str:
        """A piece, maybe without its last half: that waits for the other one."""
        text = self._half + text.replace("\0", "")
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return _joined(text.removesuffix(self._half))


def _joined(text: str) -> str:
    """The same with its pairs joined; a half that is left alone becomes a replacement mark."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
