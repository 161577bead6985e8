"""`script/chaos`: fifty thousand posts under random kills are kept; and it would tell if not.

The judge is fed a sound run first, then the same one with a single thing wrong.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bench.chaos.journal import Acknowledged, Heard, Refused, acknowledged
from bench.chaos.run import Chaos, Measure, shake
from bench.chaos.verdict import Evidence, Stored, breaches
from tests.support.serving import Make

pytestmark = pytest.mark.usefixtures("unmeasured")

POSTS = 50_000
POSTERS = {0: "a", 1: "a", 2: "b"}  # clients, and their rooms
QUOTA = 5


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_fifty_thousand_posts_under_random_kills_are_kept(
    make_server: Make, tmp_path: Path
) -> None:
    measure = Measure(POSTS, "1", clients=24, processes=2, server_kills=4, client_kills=4)
    folder = tmp_path / "journals"
    folder.mkdir()
    figures = shake(measure, make_server(), folder)
    assert figures["kills of the server"] == 5  # one of them after the last post
    assert figures["kills of client processes"] == 4
    assert figures["resumes"] > measure.clients
    assert figures["lines cut by clients"] > 0


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_a_database_loses_or_exchanges_is_found(make_server: Make, tmp_path: Path) -> None:
    server = make_server()
    measure = Measure(400, "1", clients=4, processes=2, server_kills=0, client_kills=0)
    chaos = Chaos(measure, server, tmp_path)
    try:
        chaos.run()
    finally:
        chaos.discard()
    assert breaches(chaos.evidence()) == []
    server.stop()  # it keeps messages in memory
    with closing(sqlite3.connect(str(make_url(server.database_url).database))) as database:
        for before, after in ((7, 1_000), (8, 7), (1_000, 8)):
            swap = "UPDATE chat_messages SET seq = ? WHERE seq = ?"
            database.execute(swap, (after, before))
        database.execute("DELETE FROM chat_messages WHERE seq = 100")
        database.commit()
    server.start()
    found = breaches(chaos.evidence())
    assert len([one for one in found if one.startswith("lost: message")]) == 3, found
    assert [one for one in found if one.startswith("numbers: 101 stands where 100 should")]


# What the judge finds ---------------------------------------------------------------------------


def message_id(client: int, number: int) -> bytes:
    return bytes([client]) * 8 + bytes([number]) * 8


def sound() -> Evidence:
    """Three clients with five messages each, in two rooms; two of them follow."""
    stored: dict[str, list[Stored]] = {"a": [], "b": []}
    for number in range(QUOTA):
        for client, room in POSTERS.items():
            seq = len(stored[room]) + 1
            stored[room].append(Stored(client, number, seq, message_id(client, number)))
    return Evidence(
        quotas=dict.fromkeys(POSTERS, QUOTA),
        rooms=POSTERS,
        stored=stored,
        acknowledged=[Acknowledged(*one) for room in stored.values() for one in room],
        heard={
            client: [Heard(one.client, one.number, one.seq, one.seq + 2) for one in stored[room]]
            for client, room in {0: "a", 2: "b"}.items()
        },
    )


def renumbered(room: list[Stored]) -> list[Stored]:
    return [one._replace(seq=seq) for seq, one in enumerate(room, start=1)]


def with_room(evidence: Evidence, room: list[Stored]) -> Evidence:
    """Everyone agrees that this is room `a`."""
    told = {one.message_id: Acknowledged(*one) for one in [*room, *evidence.stored["b"]]}
    heard = [Heard(one.client, one.number, one.seq, one.seq + 2) for one in room]
    return replace(
        evidence,
        stored={**evidence.stored, "a": room},
        acknowledged=list(told.values()),
        heard={**evidence.heard, 0: heard},
    )


def stored_lost(evidence: Evidence) -> Evidence:
    """The last message of a room is gone, and nobody has heard of it."""
    found = with_room(evidence, list(evidence.stored["a"])[:-1])
    return replace(found, acknowledged=evidence.acknowledged)


def told_otherwise(evidence: Evidence) -> Evidence:
    one, *others = evidence.acknowledged
    return replace(evidence, acknowledged=[one._replace(seq=one.seq + 7), *others])


def never_acknowledged(evidence: Evidence) -> Evidence:
    return replace(evidence, acknowledged=list(evidence.acknowledged)[1:])


def doubled(evidence: Evidence) -> Evidence:
    """A message was stored again under another id."""
    room = list(evidence.stored["a"])
    return with_room(
        evidence, renumbered([*room, room[-1]._replace(message_id=b"another id of it")])
    )


def swapped(evidence: Evidence) -> Evidence:
    """The second message of a client stands before its first."""
    room = list(evidence.stored["a"])
    room[0], room[2] = room[2], room[0]
    return with_room(evidence, renumbered(room))


def gap(evidence: Evidence) -> Evidence:
    room = list(evidence.stored["a"])
    return with_room(evidence, [*room[:-1], room[-1]._replace(seq=room[-1].seq + 1)])


def unheard(evidence: Evidence, *places: int) -> Evidence:
    heard = [one for place, one in enumerate(evidence.heard[0]) if place not in places]
    return replace(evidence, heard={**evidence.heard, 0: heard})


def heard_in_order(evidence: Evidence, order: list[int]) -> Evidence:
    heard = list(evidence.heard[0])
    return replace(evidence, heard={**evidence.heard, 0: [heard[place] for place in order]})


def elsewhere(evidence: Evidence) -> Evidence:
    return replace(evidence, rooms={**evidence.rooms, 1: "b"})


BROKEN: dict[str, tuple[Callable[[Evidence], Evidence], str]] = {
    "a stored message is lost": (stored_lost, "lost: message 1-4 was acknowledged"),
    "it was told with another number": (told_otherwise, "lost: message 0-0 was acknowledged"),
    "one was never acknowledged": (never_acknowledged, "lost: client 0 had 4 of 5"),
    "a message is there twice": (doubled, "doubled: message 1-4"),
    "two stand in the wrong order": (swapped, "out of order: message 0-0 stands behind 0-1"),
    "a number is left out": (gap, "numbers: 11 stands where 10 should"),
    "a client missed the last one": (lambda run: unheard(run, 9), "lost: client 0 knows 9 of 10"),
    "a client missed one": (lambda run: unheard(run, 4), "lost: client 0 heard number 6"),
    "a client heard one twice": (
        lambda run: heard_in_order(run, [0, 1, 1, *range(2, 10)]),
        "doubled or out of order: client 0 heard number 2",
    ),
    "a client heard two in the wrong order": (
        lambda run: heard_in_order(run, [1, 0, *range(2, 10)]),
        "lost: client 0 heard number 2 where 1",
    ),
    "a message is in another room": (elsewhere, "strange: message 1-0 is in room a"),
}


def test_a_sound_run_is_not_complained_of() -> None:
    assert breaches(sound()) == []


@pytest.mark.parametrize("wrong", BROKEN)
def test_the_judge_finds_what_is_wrong(wrong: str) -> None:
    break_it, expected = BROKEN[wrong]
    found = breaches(break_it(sound()))
    assert [breach for breach in found if breach.startswith(expected)], found


def test_what_was_refused_once_may_stand_behind_later_ones() -> None:
    found = swapped(sound())
    assert breaches(replace(found, refused=[])) != []
    assert breaches(replace(found, refused=[Refused(0, 0), Refused(0, 1)])) == []


def test_a_record_that_was_cut_by_a_kill_was_never_written(tmp_path: Path) -> None:
    first, second = (
        Acknowledged(3, number, number + 1, message_id(3, number)) for number in (0, 1)
    )
    written = acknowledged(tmp_path, 3).open()
    written.write([first, second])
    written.path.write_bytes(written.path.read_bytes()[:-5])
    assert list(acknowledged(tmp_path, 3)) == [first]
    again = acknowledged(tmp_path, 3).open()
    again.write([second])
    assert list(again) == [first, second]
