"""Read marks on their way: gathered for a tick, the latest of each member wins."""

from collections.abc import Sequence
from typing import cast

from trialogue.core.events import Event, ReadMark


class Marks:
    """Events `read.marked` that have not been told yet."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str | None, str], Event] = {}

    def gather(self, event: Event) -> None:
        """Keep a mark in place of an earlier one. Marks only grow, so one that was published
        out of order is dropped."""
        mark = cast(ReadMark, event.data)
        key = (event.conversation_id, mark.user_id)
        known = self._latest.get(key)
        if known is None or cast(ReadMark, known.data).read_seq <= mark.read_seq:
            self._latest[key] = event

    def take(self) -> Sequence[Event]:
        """What was gathered; begins anew."""
        marks, self._latest = self._latest, {}
        return list(marks.values())
