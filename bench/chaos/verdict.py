"""Whether a run has kept what is promised: nothing lost, nothing doubled, nothing out of order.

Pure: what the server holds in the end, against what its clients wrote down while it lasted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from bench.chaos.journal import Acknowledged, Heard, Refused

SHOWN = 20  # breaches of a kind that are told one by one


class Stored(NamedTuple):
    """A message that the server holds in the end."""

    client: int
    number: int
    seq: int
    message_id: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a run leaves behind.

    `quotas` tells how many messages each client had to post, `rooms` where; `stored` holds each
    room in the server's order, `heard` what those clients heard that follow their room.
    """

    quotas: Mapping[int, int]
    rooms: Mapping[int, str]
    stored: Mapping[str, Sequence[Stored]]
    acknowledged: Iterable[Acknowledged]
    heard: Mapping[int, Iterable[Heard]]
    refused: Iterable[Refused] = ()


def breaches(evidence: Evidence) -> list[str]:
    """What was not kept, in words; empty when all was. Of each kind the first twenty."""
    found: list[str] = []
    for kind in (_lost, _doubled, _numbers, _strange, _order, _followers):
        found += islice(kind(evidence), SHOWN)
    return found


def _lost(evidence: Evidence) -> Iterator[str]:
    """What was acknowledged is there as it was told, and each client has posted all it had to."""
    known = {one.message_id: one for room in evidence.stored.values() for one in room}
    counts = dict.fromkeys(evidence.quotas, 0)
    for told in evidence.acknowledged:
        kept = known.get(told.message_id)
        counts[told.client] += 1
        if kept is None:
            yield f"lost: {_name(told)} was acknowledged with number {told.seq}, and is not there"
        elif kept[:3] != told[:3]:
            yield f"lost: {_name(told)} was acknowledged with {told.seq}; there is {kept[:3]}"
    for client, quota in evidence.quotas.items():
        if counts[client] != quota:
            yield f"lost: client {client} had {counts[client]} of {quota} posts acknowledged"


def _doubled(evidence: Evidence) -> Iterator[str]:
    names: set[tuple[int, int]] = set()
    ids: set[bytes] = set()
    for room in evidence.stored.values():
        for one in room:
            if one[:2] in names or one.message_id in ids:
                yield f"doubled: {_name(one)} is there again with number {one.seq}"
            names.add(one[:2])
            ids.add(one.message_id)


def _numbers(evidence: Evidence) -> Iterator[str]:
    for room, messages in evidence.stored.items():
        for place, one in enumerate(messages, start=1):
            if one.seq != place:
                yield f"numbers: {one.seq} stands where {place} should, in room {room}"
                break


def _strange(evidence: Evidence) -> Iterator[str]:
    """Nobody has posted anything else, or elsewhere."""
    for room, messages in evidence.stored.items():
        for one in messages:
            if evidence.rooms.get(one.client) != room:
                yield f"strange: {_name(one)} is in room {room}"
            elif one.number >= evidence.quotas[one.client]:
                yield f"strange: {_name(one)} was never posted"


def _order(evidence: Evidence) -> Iterator[str]:
    """Each client posts in the order of its numbers, and again in that order after a break."""
    late = {tuple(one) for one in evidence.refused}
    for messages in evidence.stored.values():
        last: dict[int, int] = {}
        for one in messages:
            if one[:2] in late:
                continue
            if one.number < last.get(one.client, -1):
                yield f"out of order: {_name(one)} stands behind {one.client}-{last[one.client]}"
            last[one.client] = max(one.number, last.get(one.client, -1))


def _followers(evidence: Evidence) -> Iterator[str]:
    """Whoever came back, however often, has what one has who reads it all now."""
    for client, heard in evidence.heard.items():
        expected = evidence.stored[evidence.rooms[client]]
        count = last_rev = 0
        for count, one in enumerate(heard, start=1):
            if one.seq != count:
                wrong = "lost" if one.seq > count else "doubled or out of order"
                yield f"{wrong}: client {client} heard number {one.seq} where {count} should come"
                break
            if one.rev <= last_rev:
                yield f"out of order: client {client} heard rev {one.rev} after {last_rev}"
                break
            last_rev = one.rev
            if count > len(expected) or expected[count - 1][:3] != one[:3]:
                yield f"strange: client {client} heard {_name(one)} as number {one.seq}"
                break
        else:
            if count != len(expected):
                yield f"lost: client {client} knows {count} of {len(expected)} messages"


def _name(one: Collection[object]) -> str:
    client, number = list(one)[:2]
    return f"message {client}-{number}"
