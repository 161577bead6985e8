"""Read marks on their way: gathered for a tick, the latest of each member wins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from trialogue.core.events import Event, ReadMark


class Marks:
    """Events `read.marked` that have not been told yet."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str | None, str], Event] = {}

    def gather(self, event: Event) -> None:
        """Merge a mark with an earlier one. Marks only grow, in whatever order they come."""
        mark = cast(ReadMark, event.data)
        key = (event.conversation_id, mark.user_id)
        known = self._latest.get(key)
        if known is not None:
            event = replace(event, data=_later(cast(ReadMark, known.data), mark))
        self._latest[key] = event

    def take(self) -> Sequence[Event]:
        """What was gathered; begins anew."""
        marks, self._latest = self._latest, {}
        return list(marks.values())


def _later(one: ReadMark, other: ReadMark) -> ReadMark:
    further = one if one.read_seq > other.read_seq else other
    return replace(further, delivered_seq=max(one.delivered_seq, other.delivered_seq))
