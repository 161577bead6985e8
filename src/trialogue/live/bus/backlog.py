"""What waits to be sent to Redis: bounded in bytes, the oldest goes first.

What is dropped is not lost: its numbers are missing then, and nodes read what they miss.
"""

from collections import deque

ROOM = 16 * 1024 * 1024  # bytes


class Backlog:
    """Messages with their topics, in order. For one thread, or under its caller's lock."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._size = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, topic: str, data: bytes) -> None:
        """Let a message wait; the oldest ones make room for it."""
        self._waiting.append((topic, data))
        self._size += len(data)
        while self._size > self._room and len(self._waiting) > 1:
            self._size -= len(self._waiting.popleft()[1])
            self.dropped += 1

    def take(self, most: int) -> list[tuple[str, bytes]]:
        """The oldest messages, which wait no longer."""
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        self._size -= sum(len(data) for _, data in taken)
        return taken

    def clear(self) -> None:
        """Drop all."""
        self.dropped += len(self._waiting)
        self._waiting.clear()
        self._size = 0
