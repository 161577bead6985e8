"""P6: what a page costs in a long history, and the list of somebody who is in 1 000 rooms.

One room has 1 000 000 messages, another 1 000; both are asked for their newest page in turns. The
raw limit reads the same rows by the plain driver, in the process that measures.
"""

import http.client
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import create_engine, insert, update
from sqlalchemy.orm import Session

from bench.population import Person, Population
from bench.processes import HOST, Running, trialogue
from bench.report import Budget, Figures, Result, Row, turns
from trialogue.core.models import Conversation, Message
from trialogue.core.sql import new_id
from trialogue.settings import Settings

MEASURES = "P6, the newest page at 1 000 000 messages, and a page of the list of 1 000 rooms"
RUNS = 5
LONG, SHORT = 1_000_000, 1_000
ROOMS = 1_000
MEMBERS = 8
PORTION = 10_000  # messages in one transaction
CONTENT = "A message of usual length, as people write them to each other all day long. " * 2
ASKED = 200  # times, in one run
PAGE_SQL = """SELECT m.*, u.username, u.display_name FROM chat_messages m
    JOIN chat_users u ON u.id = m.sender_id
    WHERE m.conversation_id = ? ORDER BY m.seq DESC LIMIT 50"""
LIST_SQL = """SELECT c.*, s.* FROM chat_members s JOIN chat_conversations c
    ON c.id = s.conversation_id WHERE s.user_id = ? AND s.left_at IS NULL
    ORDER BY c.last_message_at DESC LIMIT 50"""


def measure(runs: int) -> Result:
    """One server; questions one at a time, the rooms in turns."""
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as name:
        folder = Path(name)
        population = Population(folder)
        people = population.people(MEMBERS)
        rooms = population.rooms_of([people] * ROOMS)
        population.close()
        url = Settings(_env_file=None, data_dir=folder, secret_key=None).database
        _fill(url, people, rooms)
        with trialogue(folder, TRIALOGUE_RATE_LIMITS="off") as server:
            server.wait_healthy()
            file = sqlite3.connect(next(folder.glob("*.db")))
            found = [_run(server, file, people[0], rooms) for _ in turns(runs)]
    return _result(found)


def _fill(url: str, people: Sequence[Person], rooms: Sequence[str]) -> None:
    """The first room is long, the second short, each of the others has one message."""
    engine = create_engine(url)
    began = datetime.now(UTC) - timedelta(days=365)
    for room, count in zip(rooms, (LONG, SHORT, *[1] * (ROOMS - 2)), strict=True):
        for start in range(0, count, PORTION):
            seqs = range(start + 1, min(count, start + PORTION) + 1)
            rows = [_row(room, seq, people, began) for seq in seqs]
            with Session(engine) as db, db.begin():
                db.execute(insert(Message), rows)
        with Session(engine) as db, db.begin():
            counters = {"last_seq": count, "last_rev": MEMBERS + count, "last_message_at": began}
            db.execute(update(Conversation).where(Conversation.id == room).values(counters))
    engine.dispose()


def _row(room: str, seq: int, people: Sequence[Person], at: datetime) -> dict[str, object]:
    message_id = new_id()
    return {
        "id": message_id,
        "conversation_id": room,
        "seq": seq,
        "rev": MEMBERS + seq,
        "sender_id": people[seq % len(people)].user_id,
        "client_id": message_id,
        "type": "text",
        "state": "sent",
        "content": CONTENT,
        "attempt": 1,
        "created_at": at,
    }


def _run(
    server: Running, file: sqlite3.Connection, person: Person, rooms: Sequence[str]
) -> dict[str, Figures]:
    line = http.client.HTTPConnection(HOST, server.port)
    headers = {"Authorization": f"Bearer {person.token}"}

    def ask(path: str) -> Callable[[], object]:
        def go() -> object:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(body.decode())
            return body

        return go

    def read(statement: str, key: str) -> Callable[[], object]:
        return lambda: file.execute(statement, (key,)).fetchall()

    page = "/api/v1/conversations/{}/messages?limit=50"
    questions = {
        "server, long": ask(page.format(rooms[0])),
        "server, short": ask(page.format(rooms[1])),
        "server, list": ask("/api/v1/conversations?limit=50"),
        "raw, long": read(PAGE_SQL, rooms[0]),
        "raw, short": read(PAGE_SQL, rooms[1]),
        "raw, list": read(LIST_SQL, person.user_id),
    }
    took: dict[str, list[float]] = {name: [] for name in questions}
    for _ in range(ASKED):
        for name, question in questions.items():
            began = perf_counter()
            question()
            took[name].append((perf_counter() - began) * 1e3)
    return {
        name: {"p50_ms": median(each), "p99_ms": quantiles(each, n=100)[98]}
        for name, each in took.items()
    }


WHAT = {
    "long": f"newest page at {LONG} messages",
    "short": f"newest page at {SHORT} messages",
    "list": f"50 of {ROOMS} rooms in the list",
}


def _result(found: Sequence[dict[str, Figures]]) -> Result:
    rows = [
        Row.of(
            f"{what}, {figure}",
            "ms",
            [each[f"server, {name}"][figure] for each in found],
            [each[f"raw, {name}"][figure] for each in found],
        )
        for name, what in WHAT.items()
        for figure in ("p50_ms", "p99_ms")
    ]
    ratio = median(
        each["server, long"]["p50_ms"] / each["server, short"]["p50_ms"] for each in found
    )
    listed = median(each["server, list"]["p50_ms"] for each in found)
    return Result(
        name="history",
        measures=MEASURES,
        settings={
            "messages": {"long": LONG, "short": SHORT},
            "rooms": ROOMS,
            "room_members": MEMBERS,
            "content_characters": len(CONTENT),
            "questions_a_run": ASKED,
            "database": "SQLite, WAL, synchronous=FULL",
        },
        runs=found,
        rows=rows,
        budgets=[
            Budget(f"newest page at {LONG} messages against {SHORT}", ratio, "×", most=1.2),
            Budget(f"page of 50 of {ROOMS} rooms", listed, "ms", most=15),
        ],
    )
