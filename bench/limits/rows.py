"""The raw limit of the library: the rows of a message by the plain driver, a transaction each.

No rule is looked at: numbers, ids and words come ready. Runs in the process that measures, in
threads with a connection each, as the library does.
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

import psycopg
import pymysql
from sqlalchemy import make_url

from tests.support import services
from trialogue.core.sql import new_id

# The counters of the room, which lock it, the message, its words, and the mark of its sender.
STATEMENTS = (
    """UPDATE chat_conversations SET last_seq = ?, last_rev = ?, last_message_at = ?,
        changed_at = ? WHERE id = ?""",
    """INSERT INTO chat_messages (id, conversation_id, seq, rev, session_id, sender_id, client_id,
        type, state, content, attempt, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'text', 'sent', ?, 1, ?)""",
    "INSERT INTO chat_search (message_id, conversation_id, seq, words) VALUES (?, ?, ?, ?)",
    "UPDATE chat_members SET read_seq = ? WHERE conversation_id = ? AND user_id = ?",
)
FTS5 = "INSERT INTO chat_search_index (rowid, words) VALUES (last_insert_rowid(), ?)"
_one_writer = threading.Lock()  # SQLite's; others would wait for it in the file system


class Room:
    """Where rows go, and the numbers that are next there."""

    def __init__(self, room_id: str, session_id: str, seq: int, rev: int) -> None:
        self.id = room_id
        self.session_id = session_id
        self._numbers = zip(count(seq + 1), count(rev + 1))

    def rows(self, sender_id: str, content: str, words: str) -> tuple[tuple[object, ...], ...]:
        """The values of `STATEMENTS` for the next message."""
        seq, rev = next(self._numbers)
        message_id = new_id()
        at = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        message = (message_id, self.id, seq, rev, self.session_id, sender_id, message_id)
        return (
            (seq, rev, at, at, self.id),
            (*message, content, at),
            (message_id, self.id, seq, words),
            (seq, self.id, sender_id),
        )


Writer = Callable[[Room, str, str, str], None]  # room, sender, content, words


def writer(url: str) -> Writer:
    """A connection of its own, that writes a message durably."""
    return WRITERS[make_url(url).get_backend_name()](url)


def _sqlite(url: str) -> Writer:
    file = sqlite3.connect(make_url(url).database or "", check_same_thread=False)
    file.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        file.execute(f"PRAGMA {pragma}")

    def write(room: Room, sender_id: str, content: str, words: str) -> None:
        with _one_writer:
            file.execute("BEGIN IMMEDIATE")
            values = room.rows(sender_id, content, words)
            for statement, row in zip(STATEMENTS[:3], values, strict=False):
                file.execute(statement, row)
            file.execute(FTS5, [words])
            file.execute(STATEMENTS[3], values[3])
            file.execute("COMMIT")

    return write


def _other(connection: Any) -> Writer:
    statements = [each.replace("?", "%s") for each in STATEMENTS]
    cursor = connection.cursor()

    def write(room: Room, sender_id: str, content: str, words: str) -> None:
        for statement, values in zip(statements, room.rows(sender_id, content, words), strict=True):
            cursor.execute(statement, values)
        connection.commit()

    return write


def _postgresql(url: str) -> Writer:
    return _other(psycopg.connect(url, options="-c timezone=UTC"))


def _mysql(url: str) -> Writer:
    connection: pymysql.Connection = services.connect_mariadb(url)
    connection.autocommit(False)
    return _other(connection)


WRITERS: Mapping[str, Callable[[str], Writer]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mysql,
}
