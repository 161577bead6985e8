"""Finds the replies that nobody writes: those of dead nodes, and those a node lost hold of.

A node holds what it has claimed in its memory. Where nobody could say whether a claim was
committed, it stands in the database with nobody who knows of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from trialogue.core import runs
from trialogue.store.database import Database

FRESH = timedelta(seconds=2)  # for so long a claim may be on its way to who has made it


@dataclass(frozen=True, slots=True)
class Rescued:
    """The lanes in which promises wait; and whether to look again: what is `fresh` may be on its
    way to who has claimed it, or lost."""

    lanes: Sequence[tuple[str, str]]
    fresh: bool


async def rescue(
    database: Database, node: str, *, sole: bool, holds: Callable[[str], bool]
) -> Rescued:
    """Promise anew what `node` does not know to be its own, however old, and interrupt what dead
    nodes have left; `holds` says whether it knows."""
    fresh = False
    for reply_id, since in await database.read(runs.held, node):
        if holds(reply_id):
            continue
        if since < database.now() - FRESH:
            await database.write(runs.put_back, reply_id, node)
        else:
            fresh = True
    for reply_id in await database.read(runs.orphans, sole=sole):
        if not holds(reply_id):  # else its lease ran out while the database was away
            await database.write(runs.interrupt, reply_id, sole=sole)
    return Rescued(await database.read(runs.lanes), fresh)
